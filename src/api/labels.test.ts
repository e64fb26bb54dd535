import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Labels, parseSelector, scaleSelector, selectorOf, selectorOfLabels } from './labels.ts'

test('a label selector matches as upstream says', () => {
  const cases: readonly [selector: string, labels: Labels, matches: boolean][] = [
    ['', {}, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a=b', {}, false],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a in (b,c)', { a: 'c' }, true],
    ['a in (b, c), d', { a: 'c' }, false],
    ['a notin (b,c)', {}, true],
    ['a notin (b,c)', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['! a', {}, true],
    ['a=', { a: '' }, true],
    ['a in ()', { a: '' }, true],
    ['a in (b,)', { a: '' }, true],
    ['a>5', { a: '6' }, true],
    ['a<5', { a: '6' }, false],
    ['a<5', { a: 'x' }, false],
    ['in in (in)', { in: 'in' }, true],
    ['toString', {}, false],
    ['x/y=z,a=b', { a: 'b', 'x/y': 'z' }, true],
  ]
  for (const [text, labels, matches] of cases) assert.equal(parseSelector(text).matches(labels), matches, text)
})

test('a bad label selector is refused in the words of upstream', () => {
  for (const [text, message] of [
    ['a=b,', "found '', expected: identifier after ','"],
    ['=b', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    [
      'a>b',
      `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ] as const) {
    assert.throws(() => parseSelector(text), { message }, text)
  }
  assert.throws(
    () => parseSelector('a=-'),
    /^SelectorError: unable to parse requirement: values\[0\]\[a\]: Invalid value: "-": a valid label must be/,
  )
  assert.throws(
    () => parseSelector('-a'),
    /^SelectorError: unable to parse requirement: <nil>: Invalid value: "-a": name part must consist/,
  )
})

test('an absent LabelSelector matches nothing, an empty one everything', () => {
  assert.equal(selectorOf(undefined).matches({}), false)
  assert.equal(selectorOf({}).matches({}), true)
  assert.equal(selectorOfLabels({ a: 'b' }).matches({ a: 'b', c: 'd' }), true)
  const selector = { matchLabels: { b: 'c' }, matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['y', 'x'] }] }
  assert.equal(selectorOf(selector).toString(), 'a notin (x,y),b in (c)')
  assert.equal(scaleSelector(selector), 'a notin (x,y),b=c')
  assert.throws(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'Like' }] }), {
    message: '"Like" is not a valid label selector operator',
  })
})

const key = fc.stringMatching(/^[a-z]([a-z0-9-]{0,5}[a-z0-9])?$/)
const term = fc.oneof(
  fc.tuple(key, fc.constantFrom('=', '!=', '=='), key).map((t) => t.join('')),
  fc
    .tuple(key, fc.constantFrom(' in ', ' notin '), fc.array(key, { minLength: 1 }))
    .map(([k, op, v]) => `${k}${op}(${v})`),
  key.map((k) => `!${k}`),
  key,
)

test('the text of a parsed selector parses to the same', () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
      const once = parseSelector(terms.join(','))
      const twice = parseSelector(once.toString())
      assert.deepEqual(twice.requirements, once.requirements)
    }),
  )
})

test('parseSelector() ends on any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', ',', '=', '!', '(', ')', 'in', '<', 'notin') }), (text) => {
      try {
        parseSelector(text)
      } catch (error) {
        assert.equal((error as Error).name, 'SelectorError')
      }
    }),
  )
})
