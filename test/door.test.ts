// Guards the door: time, chance and timers come in through src/lib only, as a Clock and a Random that are passed in.
// Otherwise the program could not run on a virtual clock, and no run could be repeated.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sources, withoutComments } from './sources.ts'

const forbidden: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now: take a Clock'],
  [/\bnew Date\(\s*\)/, 'new Date(): take a Clock'],
  [/\bperformance\.now\b|\bprocess\.hrtime\b/, 'performance.now: take a Clock, it has monotonic()'],
  [/(?<![.\w])(setTimeout|setInterval|setImmediate)\(/, 'a timer: take a Clock, it has after() and sleep()'],
  [/['"](node:)?timers(\/promises)?['"]/, 'node:timers: take a Clock'],
  [/\bAbortSignal\.timeout\(/, 'AbortSignal.timeout: take a Clock'],
  [/\bMath\.random\b/, 'Math.random: take a Random'],
  [/\brandomUUID\b/, 'randomUUID: use uuid() of a Random'],
]

/** Adapters to the outside world that cannot do without, each with its reason. */
const allowed: Readonly<Record<string, string>> = {}

function offences(path: string, text: string): readonly string[] {
  const code = withoutComments(text)
  return forbidden.filter(([pattern]) => pattern.test(code)).map(([, what]) => `\`${path}\` uses ${what}`)
}

for (const code of [
  'const now = Date.now()',
  'const now = new Date()',
  'const start = performance.now()',
  'setTimeout(work, 5)',
  'const timer = setInterval(work, 5)',
  "import { setTimeout as sleep } from 'node:timers/promises'",
  'fetch(url, { signal: AbortSignal.timeout(5) })',
  'const r = Math.random()',
  "import { randomUUID } from 'node:crypto'",
]) {
  test(`\`${code}\` does not come through the door`, () => assert.equal(offences('x.ts', code).length, 1))
}

test('a given date, a socket method and a comment may pass', () => {
  assert.deepEqual(offences('x.ts', 'new Date(ms)\nsocket.setTimeout(5)\n// not Date.now()\n/* Math.random() */'), [])
})

test('no file outside src/lib reaches for time or chance by itself', () => {
  const found = sources()
    .filter(({ path }) => !path.startsWith('lib/') && !(path in allowed))
    .flatMap(({ path, text }) => offences(path, text))
  assert.deepEqual(found, [])
})

test('what is allowed to pass still needs to', () => {
  const bySource = new Map(sources().map(({ path, text }) => [path, text]))
  const needless = Object.keys(allowed).filter((path) => offences(path, bySource.get(path) ?? '').length === 0)
  assert.deepEqual(needless, [])
})
