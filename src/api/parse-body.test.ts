import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { kind } from './kind.ts'
import { BodyError, decodeBody, parseJson, parseYamlBody } from './parse-body.ts'
import { map, string } from './schema.ts'

const Thing = kind({
  group: '',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  scope: 'Namespaced',
  doc: 'A thing.',
  fields: { data: map(string).at(2, '') },
})

test('broken JSON is refused in the words of Go', () => {
  for (const [text, why] of [
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['tru!', "invalid character '!' in literal true (expecting 'e')"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\n"', "invalid character '\\n' in string literal"],
    ['['.repeat(100_000), 'exceeded max depth'],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, 'exceeded max depth'],
  ] as const) {
    assert.throws(() => parseJson(text), new BodyError(why), text.slice(0, 20))
  }
})

test('a body that is no object is refused with its first bytes', () => {
  assert.throws(() => decodeBody(Thing, '{"kind":"Thing","apiVersion":"v1",,}'), {
    code: 400,
    message: `the object provided is unrecognized (must be of type Thing): couldn't get version/kind; json parse error: invalid character ',' looking for beginning of object key string ({"kind":"Thing","apiVersion":" ...)`,
  })
  assert.throws(() => decodeBody(Thing, '[]'), { message: /json: cannot unmarshal array into Go value .* \(5b5d\)$/ })
})

test('keys that stand twice are told with their paths, unless nobody asks', () => {
  const text = '{"data":{"a":"1","b:{":"\\"","a":"2"},"metadata":{"name":"x","name":"y"}}'
  assert.deepEqual(parseJson(text, true).duplicates, ['duplicate field "data.a"', 'duplicate field "metadata.name"'])
  assert.deepEqual(parseJson(text).duplicates, [])
  assert.throws(() => decodeBody(Thing, text, { strictness: 'Strict' }), {
    message: /strict decoding error: duplicate field "data.a", duplicate field "metadata.name"$/,
  })
  assert.equal(decodeBody(Thing, text, { strictness: 'Warn' }).warnings.length, 2)
})

test('YAML is read as kubectl reads it', () => {
  const text = 'a: yes\nb: 0777\nc: 0o777\nd: 1_000\ne: 1:30\nf: 2020-01-01\ng: &x {p: 1}\nh: {<<: *x, q: off}\n'
  assert.deepEqual(parseYamlBody(text).value, {
    a: true,
    b: 511,
    c: 511,
    d: 1000,
    e: '1:30',
    f: '2020-01-01',
    g: { p: 1 },
    h: { p: 1, q: false },
  })
})

test('bad YAML is refused, duplicates are told', () => {
  assert.throws(() => parseYamlBody('a: [1'), /error converting YAML to JSON: yaml: line 1: /)
  assert.throws(() => parseYamlBody('a: &a [x]\nb: *b'), /error converting YAML to JSON: yaml: /)
  assert.deepEqual(parseYamlBody('a: 1\nb: 2\na: 3', true).duplicates, ['line 3: key "a" already set in map'])
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
  for (let i = 1; i < 9; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    )
  assert.throws(() => parseYamlBody(bomb.join('\n')), /Excessive alias count/)
})

test('half a surrogate pair is no character, as for Go', () => {
  const read = { '\ufffdk': ['\ufffd', '😀', '\ufffd\ufffd'] }
  const text = '{"\\ud800k":["\\uDFFF","\\ud83d\\ude00","\\udfff\\ud800"]}'
  assert.deepEqual(parseJson(text).value, read)
  assert.deepEqual(parseYamlBody(text).value, read)
  assert.deepEqual(parseYamlBody('"\\ud800k": ["\\uDFFF", "\\ud83d\\ude00", "\\udfff\\ud800"]').value, read)
  assert.equal(JSON.stringify(parseJson('{"__proto__":"\\ud800"}').value), '{"__proto__":"\ufffd"}')
})

test('a list as a key in YAML makes the process not warn', () => {
  let warned = 0
  const count = () => warned++
  const { emitWarning } = process
  process.emitWarning = count
  try {
    parseYamlBody('[a, b]: c')
  } finally {
    process.emitWarning = emitWarning
  }
  assert.equal(warned, 0)
})

test('any JSON is read as it is written, and has no duplicates', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      const parsed = parseJson(text, true)
      assert.deepEqual(parsed.duplicates, [])
      assert.equal(JSON.stringify(parsed.value), text)
    }),
  )
})

test('whatever JSON.parse refuses is refused with a sentence', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.nat(),
      fc.constantFrom('', ',', '}', '"', '\\', 'x', '0', '\n'),
      (value, n, insert) => {
        const good = JSON.stringify(value, null, 1)
        const at = n % (good.length + 1)
        const text = good.slice(0, at) + insert + good.slice(at + 1)
        let parses = true
        try {
          JSON.parse(text)
        } catch {
          parses = false
        }
        if (parses) parseJson(text, true)
        else assert.throws(() => parseJson(text), /^BodyError: (invalid character|unexpected end of JSON input)/)
      },
    ),
  )
})
