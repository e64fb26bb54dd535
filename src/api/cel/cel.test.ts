// What expressions give, cost and are refused for; and that none of them can keep the process busy.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile, Environment, type Outcome } from './cel.ts'
import { type AuthorizationQuestion, AuthorizerValue } from './library-authorizer.ts'
import { typeOfJsonSchema } from './schema-types.ts'
import { Bool, Dyn, opaque } from './types.ts'
import { isMap, List, Optional, type Value } from './values.ts'

const plain = new Environment({ variables: { a: Dyn, b: Dyn } })

function run(expression: string, variables: Readonly<Record<string, unknown>> = {}, costLimit?: number): Outcome {
  const compiled = compile(expression, plain)
  assert.ok(compiled.program, compiled.program ? '' : compiled.text)
  return compiled.program.run(variables, costLimit === undefined ? {} : { costLimit })
}

function shown(value: Value | undefined): unknown {
  if (value instanceof List) return value.values().map(shown)
  if (value instanceof Optional) return value.value === undefined ? 'none' : ['some', shown(value.value)]
  if (typeof value === 'object' && value !== null && isMap(value)) {
    return Object.fromEntries(value.keys().map((key) => [String(key), shown(value.get(key))]))
  }
  return typeof value === 'bigint' ? Number(value) : value
}

const given: readonly (readonly [expression: string, value: unknown])[] = [
  ['[1, 2, 3].isSorted() && !["b", "a"].isSorted()', true],
  ['[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3 && [1.5, 2.0].sum() == 3.5', true],
  ['["a", "b", "a"].indexOf("a") == 0 && ["a", "b", "a"].lastIndexOf("a") == 2 && [1].indexOf(5) == -1', true],
  ['[duration("1m"), duration("30s")].sum() == duration("90s")', true],
  ['sets.contains([1, 2, 3], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])', true],
  ['"abc 123 de".find("[0-9]+")', '123'],
  ['"xabab".find("a|ab")', 'a'],
  ['"xabab".find("ab|a")', 'ab'],
  ['"abc".find("z")', ''],
  ['"123 abc 456".findAll("[0-9]+")', ['123', '456']],
  ['"123 abc 456".findAll("[0-9]+", 1)', ['123']],
  ['"aéb".findAll("\\\\b[a-z]\\\\b")', ['a', 'b']],
  ['"foo\\nbar".findAll("(?m)^[a-z]+$")', ['foo', 'bar']],
  ['"aaa".findAll("a*?")', ['', '', '', '']],
  ['url("https://example.com:80/path%20x?k=a&k=b").getHost()', 'example.com:80'],
  ['url("https://[::1]:80/").getHostname() + url("https://[::1]:80/").getPort()', '::180'],
  ['url("https://example.com/a b/").getEscapedPath()', '/a%20b/'],
  ['url("https://example.com/path?k1=a&k2=b&k2=c").getQuery()', { k1: ['a'], k2: ['b', 'c'] }],
  ['isURL("https://a.b/c") && isURL("/absolute") && !isURL("../relative") && !isURL("https://a:b:c/")', true],
  ['quantity("1.5Gi").compareTo(quantity("1536Mi"))', 0],
  ['quantity("50k").add(20).sub(quantity("20")) == quantity("50000")', true],
  [
    'quantity("50k").asInteger() == 50000 && quantity("500m").asApproximateFloat() == 0.5 && quantity("-1").sign() == -1',
    true,
  ],
  ['isQuantity("1.3G") && !isQuantity("1,3G") && !quantity("1.5").isInteger()', true],
  ['ip("127.0.0.1").isLoopback() && ip("::1").family() == 6 && ip("fe80::1").isLinkLocalUnicast()', true],
  ['ip("224.0.0.1").isLinkLocalMulticast() && ip("8.8.8.8").isGlobalUnicast() && ip("0.0.0.0").isUnspecified()', true],
  ['isIP("1.2.3.4") && !isIP("1.2.3.04") && !isIP("::ffff:1.2.3.4") && !isIP("fe80::1%eth0")', true],
  ['ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD")', true],
  ['string(ip("2001:db8:0:0:1:0:0:1"))', '2001:db8::1:0:0:1'],
  ['cidr("192.168.0.0/24").containsIP("192.168.0.1") && !cidr("192.168.0.0/24").containsIP(ip("192.168.1.1"))', true],
  ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.0.0.0/8").containsCIDR(cidr("10.0.0.0/7"))', true],
  ['string(cidr("192.168.1.5/24").masked()) + string(cidr("10.0.0.1/8").ip())', '192.168.1.0/2410.0.0.1'],
  ['cidr("2001:db8::/32").prefixLength()', 32],
  ['isCIDR("10.0.0.0/8") && !isCIDR("10.0.0.0/33") && !isCIDR("10.0.0.0/08")', true],
  ['format.dns1123Label().validate("good-name")', 'none'],
  ['format.named("dns1123Label").value().validate("Bad").hasValue()', true],
  [
    'format.named("unheard").hasValue() || format.uuid().validate("x").value() == ["does not match the UUID format"]',
    true,
  ],
  [
    'format.date().validate("2024-02-30").hasValue() && !format.datetime().validate("2024-02-29T00:00:00Z").hasValue()',
    true,
  ],
  ['semver("1.2.3").isLessThan(semver("1.10.0")) && semver("1.0.0-alpha").isLessThan(semver("1.0.0"))', true],
  ['semver("v01.2", true).minor() == 2 && !isSemver("v1.0") && isSemver("v1.0", true)', true],
  ['jsonpatch.escapeKey("k8s.io/my~label")', 'k8s.io~1my~0label'],
  ['"%s is %d (%.2f)".format(["x", 3, 1.5])', 'x is 3 (1.50)'],
  ['"TacoCat".lowerAscii() + "tacoCat".substring(4) + "  x ".trim()', 'tacocatCatx'],
  ['"a,b,c".split(",", 2).join("|") + "hello".replace("l", "L", 1)', 'a|b,cheLlo'],
  ['{"a": 1}.?b.orValue(2) + [1, 2][?0].orValue(0)', 3],
  ['optional.of(2).optMap(x, x * 2)', ['some', 4]],
  ['{"a": 1, "b": 2}.transformList(k, v, k + string(v))', ['a1', 'b2']],
  ['[1, 2].transformMap(i, v, v * 10)', { 0: 10, 1: 20 }],
  ['{"a": "x"}.transformMapEntry(k, v, {v: k})', { x: 'a' }],
  ['[1, 2, 3].all(i, v, v == i + 1) && [1, 2].existsOne(i, v, v == 2)', true],
  ['timestamp("2024-03-10T10:00:00Z").getHours("America/New_York")', 6],
]

for (const [expression, value] of given) {
  test(`${expression} gives ${JSON.stringify(value)}`, () => {
    const result = run(expression)
    assert.equal(result.error, undefined)
    assert.deepEqual(shown(result.value), value)
  })
}

const failures: readonly (readonly [expression: string, error: RegExp])[] = [
  ['{"a": 1}.b', /^no such key: b$/],
  ['[1][1]', /^index out of bounds: 1$/],
  ['1 / 0', /^division by zero$/],
  ['9223372036854775807 + 1', /^integer overflow$/],
  ['dyn("a") + 1', /^no such overload$/],
  ['a.b', /^no such attribute\(s\): a$/],
  ['[].min()', /^min called on empty list$/],
  ['ip("1.2.3")', /parse error during conversion from string/],
  ['quantity("x")', /^quantities must match/],
  ['optional.none().value()', /^optional.none\(\) dereference$/],
  ['"a".matches("(")', /missing closing/],
]

for (const [expression, error] of failures) {
  test(`${expression} fails with ${error}`, () => {
    assert.match(run(expression).error ?? 'nothing', error)
  })
}

test('an error is forgotten where the other side of a logical operator settles the matter', () => {
  assert.equal(run('1 / 0 > 0 || true').value, true)
  assert.equal(run('[0, 1].exists(x, 1 / x == 1)').value, true)
  assert.equal(run('1 / 0 > 0 || false').error, 'division by zero')
})

const refusals: readonly (readonly [expression: string, text: string])[] = [
  ['x.y', "ERROR: <input>:1:1: undeclared reference to 'x' (in container '')\n | x.y\n | ^"],
  ['"1" +\n "é" + x', "ERROR: <input>:2:8: undeclared reference to 'x' (in container '')\n |  \"é\" + x\n | .......^"],
  [
    '1 + "a"',
    "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + \"a\"\n | ..^",
  ],
  ['self.c', "ERROR: <input>:1:5: undefined field 'c'\n | self.c\n | ....^"],
  ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
  ['"a".foo()', "ERROR: <input>:1:8: undeclared reference to 'foo' (in container '')\n | \"a\".foo()\n | .......^"],
  ['has(self)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(self)\n | ....^'],
  ['(1', "ERROR: <input>:1:3: Syntax error: mismatched input '<EOF>' expecting ')'\n | (1\n | ..^"],
  ['for', 'ERROR: <input>:1:1: reserved identifier: for\n | for\n | ^'],
]

const self = typeOfJsonSchema({ type: 'object', properties: { b: { type: 'integer' } } })
const typed = new Environment({ variables: { self: self ?? Dyn } })

for (const [expression, text] of refusals) {
  test(`${JSON.stringify(expression)} is refused with its place`, () => {
    const compiled = compile(expression, typed)
    assert.equal(compiled.program ? 'nothing' : compiled.text, `compilation failed: ${text}`)
  })
}

test('an expression of another type than is wanted is refused', () => {
  const compiled = compile('self.b', typed, [Bool])
  assert.equal(compiled.program ? 'nothing' : compiled.text, 'must evaluate to bool')
})

test('costs are those of upstream: names and fields 1, a list 10, a map 30, calls what they go over', () => {
  const costs: readonly (readonly [string, number])[] = [
    ['1 == 1', 1],
    ['a', 1],
    ['[1, 2].size() == 2', 12],
    ['{"x": 1}.x == 1', 32],
    [`"${'x'.repeat(100)}".startsWith("x")`, 10],
    [`"${'x'.repeat(99)}".matches("${'x'.repeat(8)}")`, 20],
    ['true || 1 / 0 == 1', 0],
  ]
  for (const [expression, cost] of costs) assert.equal(run(expression, { a: 1 }).cost, cost, expression)
})

test('a run ends when it has cost too much', () => {
  const many = { a: Array.from({ length: 1000 }, (_, i) => i) }
  assert.equal(run('a.all(x, x >= 0)', many, 100).error, 'operation cancelled: actual cost limit exceeded')
  assert.equal(run('a.all(x, x >= 0)', many).value, true)
  // Neither a logical operator nor a macro may swallow that.
  assert.equal(run('true || a.all(x, x >= 0)', many, 10).value, true)
  assert.equal(run('a.all(x, x >= 0) || true', many, 10).error, 'operation cancelled: actual cost limit exceeded')
})

test('what a hostile expression does is limited where its cost is not known', () => {
  const variables = { a: Array.from({ length: 3000 }, (_, i) => `item ${i}`), b: 'a'.repeat(200_000) }
  const hostile = [
    'a.map(x, a + a + a + a).size() > 0',
    'a.all(x, a.all(y, a == a))',
    'a.all(x, a.all(y, a.all(z, x != y || y == z || true)))',
    'b.matches("(a*)*(a*)*(a*)*(a|aa)+$")',
    'b.find("(a+)+(a+)+b") == ""',
    'b.findAll("a*?b").size() == 0',
    'b.replace("", b).size() > 0',
    'a.map(x, b.replace("a", b)).size() > 0',
    'a.map(x, b.split("")).size() > 0',
    'a.map(x, a.map(y, {x: y, "k": [x, y]})).size() > 0',
  ]
  for (const expression of hostile) {
    const { cost } = run(expression, variables)
    assert.ok(cost < 11_000_000, expression)
  }
})

test('expressions too large or too deep are refused, however they are so', () => {
  const deep = [
    `${'('.repeat(5000)}1${')'.repeat(5000)}`,
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    Array(5000).fill('1').join('+'),
    `a${'.b'.repeat(5000)}`,
    `a${'[0]'.repeat(5000)}`,
    `${'true ? '.repeat(5000)}1`,
    `"${'a'.repeat(100_001)}"`,
  ]
  for (const expression of deep) assert.match((compile(expression, plain) as { text: string }).text, /limit|expecting/)
  assert.ok(compile(Array(5000).fill('true').join(' && '), plain).program)
  assert.ok(compile(`${'!'.repeat(5000)}true`, plain).program)
})

test('an authorizer is asked what the expression says', () => {
  const asked: AuthorizationQuestion[] = []
  const authorizer = new AuthorizerValue((question) => {
    asked.push(question)
    return { allowed: question.verb === 'get', reason: 'because' }
  })
  const environment = new Environment({ variables: { authorizer: opaque('kubernetes.authorization.Authorizer') } })
  const expression =
    'authorizer.serviceAccount("ns", "sa").group("apps").resource("deployments").name("x").check("get").allowed()'
  const compiled = compile(expression, environment)
  const result = compiled.program?.run({ authorizer })
  assert.equal(result?.value, true)
  assert.equal(result?.cost, 350_006)
  assert.deepEqual(asked, [
    {
      serviceAccount: { namespace: 'ns', name: 'sa' },
      group: 'apps',
      resource: 'deployments',
      subresource: '',
      namespace: '',
      name: 'x',
      verb: 'get',
    },
  ])
})

test('whatever is written, compiling gives a program or problems, and running a value or an error', () => {
  const word = fc.constantFrom(
    ...'a b 1 2u 1.5 "x" b"y" r"z" true null ( ) [ ] { } . , : ? + - * / % ! == != < && || in has(a.b) .size() .map(x, .all(x, .exists(x, x) .? [? ` " \' \n // int type dyn( .format( matches( timestamp( duration( string( optional.of( .orValue( .find( quantity( \\'.split(
      ' ',
    ),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 25 }), fc.jsonValue(), fc.jsonValue(), (words, a, b) => {
      for (const glue of ['', ' ']) {
        const compiled = compile(words.join(glue), plain)
        if (compiled.program) {
          compiled.program.estimate()
          compiled.program.run({ a, b }, { costLimit: 10_000 })
        } else assert.ok(compiled.text.length > 0)
      }
    }),
    { numRuns: 1500 },
  )
})

test('well-formed expressions over any JSON give a value or an error', () => {
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.constantFrom('a', 'b', '1', '-1', '"x"', '1.5', '2u', 'null', 'true', '[]', '{}', 'duration("1s")', 'b"x"'),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('+', '-', '*', '/', '%', '==', '<', '&&', '||', 'in'),
          tie('expression'),
        )
        .map(([x, op, y]) => `(${x} ${op} ${y})`),
      fc
        .tuple(tie('expression'), fc.constantFrom('all', 'exists', 'map', 'filter', 'exists_one'), tie('expression'))
        .map(([x, macro, y]) => `dyn(${x}).${macro}(a, ${y})`),
      fc
        .tuple(tie('expression'), fc.constantFrom('size', 'string', 'type', 'int', 'double', 'dyn', 'bool'))
        .map(([x, name]) => `${name}(dyn(${x}))`),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom(
            '.x',
            '.?x',
            '[0]',
            '["x"]',
            '[?0]',
            '.size()',
            '.isSorted()',
            '.sum()',
            '.split("")',
            '.join()',
          ),
        )
        .map(([x, tail]) => `dyn(${x})${tail}`),
    ),
  }))
  fc.assert(
    fc.property(expression, fc.jsonValue(), fc.jsonValue(), (text, a, b) => {
      const compiled = compile(text, plain)
      if (!compiled.program) return
      const first = compiled.program.run({ a, b }, { costLimit: 50_000 })
      assert.ok(first.cost >= 0)
      assert.equal(compiled.program.run({ a, b }, { costLimit: 50_000 }).cost, first.cost)
    }),
    { numRuns: 1500 },
  )
})
