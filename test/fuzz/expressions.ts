// CEL: whatever is written is a program or has problems with their places; whatever a program runs on, it gives a value
// or an error, the same each time, and no more work than its limit allows.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compile, Environment } from '#api/cel/cel.ts'
import { Dyn, Int, listOf, mapOf, Text } from '#api/cel/types.ts'
import { type Area, area } from './law.ts'
import { mutatedText, strangeKey, strangeValue } from './values.ts'

const plain = new Environment({ variables: { a: Dyn, b: Dyn, s: Text, n: Int, l: listOf(Dyn), m: mapOf(Text, Dyn) } })

/** Of which all others are made: expressions of the libraries, of the documentation's kind. */
const good = [
  'a.size() > 0 && has(b.x) || !(n in [1, 2, 3])',
  'l.all(x, x > 0) ? l.map(x, x * 2) : l.filter(x, x % 2 == 0)',
  's.matches("^[a-z]+([0-9]*)$") && s.find("[0-9]+") == "1"',
  "'%s is %d'.format([s, n])",
  'm.all(k, v, k.startsWith("a") && v != null)',
  'm.transformMap(k, v, k != "", v).size() == 1',
  'l.transformList(i, v, i > 0, v)',
  'quantity("1Gi").add(quantity("5Mi")).isGreaterThan(quantity(s))',
  'url("https://a.b:80/c?d=e").getHost() == s',
  'ip("10.0.0.1").family() == 4 && cidr("10.0.0.0/8").containsIP(s)',
  'duration("1h") + duration(s) > duration("90m")',
  'timestamp("2024-01-01T00:00:00Z").getFullYear() > n',
  'optional.of(a).orValue(b) == a.?x.orValue(1)',
  'sets.intersects(l, [1, 2]) && sets.contains(l, [a])',
  's.split(",").map(x, x.trim()).join("-").lowerAscii()',
  'l.sum() + l.max() - l.min() * l.indexOf(n)',
  's.substring(0, n).replace("a", "b", 2).charAt(0)',
  'semver("1.2.3").compareTo(semver(s)) < 0',
  'format.dns1123Label().validate(s).hasValue()',
  '[1, 2, 3].exists_one(x, x == n) == l.exists(y, y == a)',
  'cel.bind(x, s + s, x + x)',
  '{"a": [1, 2.0, 3u], "b": {"c": b"x"}}[s][n]',
  'type(a) == int && int(s) + int(1.5) == n / 0 - -9223372036854775808',
  'dyn(a).flatten().distinct().reverse().slice(0, 1).sort()',
  'base64.encode(b"x") == s && math.greatest(1, n, 3) > math.abs(n)',
  'l.map(x, l.map(y, l.map(z, l.map(w, s + s))))',
  's.matches("(((a*)*)*)*b") || s.matches(s)',
]

const pieces = good.flatMap((text) => text.match(/\w+|"[^"]*"|[^\s\w]/g) ?? [])

const source = fc.oneof(
  { weight: 3, arbitrary: mutatedText(fc.constantFrom(...good)) },
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((words) => words.join(' ')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...good), fc.constantFrom('&&', '+', '==', '?', ','), fc.constantFrom(...good))
      .map(([x, op, y]) => (op === '?' ? `(${x}) ? (${y}) : (${x})` : `[(${x}) ${op} (${y})]`)),
  },
  { weight: 1, arbitrary: fc.constantFrom(...good) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('(', '[', '{"a":', '!', '-', 'a.', 'a?', '"', '.map(x,', 'a&&'),
        fc.constantFrom(10, 300, 20_000),
      )
      .map(([open, times]) => open.repeat(times)),
  },
)

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom('', 'a'.repeat(2000), '1Gi', '1h', '10.0.0.1', '(a+)+$', '\ud800', '9'.repeat(30), 'a,b,c'),
)
const values = fc.oneof(strangeValue, fc.jsonValue())
const variables = fc.record({
  a: values,
  b: values,
  s: texts,
  n: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1, -1, 2 ** 53)),
  l: fc.oneof(fc.array(values, { maxLength: 5 }), fc.constant(Array.from({ length: 200 }, (_, i) => i))),
  m: fc.dictionary(fc.oneof(strangeKey, fc.string()), values, { maxKeys: 4, noNullPrototype: true }),
})

const limit = 100_000

export const expressions = async (): Promise<Area> =>
  area([
    {
      name: 'CEL compiles or says where it does not, and runs within its limit',
      runs: 300,
      property: fc.property(source, variables, (text, given) => {
        const compiled = compile(text, plain)
        if (!compiled.program) {
          assert.ok(compiled.problems.length > 0 && compiled.text.length > 0)
          for (const { at } of compiled.problems) assert.ok(at >= 0 && at <= text.length + 1, `a place at ${at}`)
          return
        }
        const { min, max } = compiled.program.estimate()
        assert.ok(min >= 0 && max >= min, `an estimate from ${min} to ${max}`)
        const first = compiled.program.run(given, { costLimit: limit })
        assert.ok(Number.isFinite(first.cost) && first.cost >= 0)
        const second = compiled.program.run(given, { costLimit: limit })
        assert.deepEqual([second.cost, second.error], [first.cost, first.error])
      }),
    },
  ])
