import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastWords } from './last-words.ts'

const entry = (fields: object): string => JSON.stringify({ level: 'info', time: '2030-01-01T00:00:00Z', ...fields })

for (const [what, log, expected] of [
  ['nothing', '', ''],
  ['a plain error', 'error: the port is taken\n', 'the port is taken'],
  [
    'an error behind entries',
    `${entry({ msg: 'Ready' })}\nerror: no\nRead: pinnace --help\n`,
    'no\nRead: pinnace --help',
  ],
  ['entries', `${entry({ msg: 'Ready' })}\n${entry({ msg: 'Stopping' })}\n`, 'Stopping'],
  [
    'an entry with an error',
    entry({ msg: 'Cannot write', error: { message: 'disk full' } }),
    'Cannot write: disk full',
  ],
  ['an entry with the text of an error', entry({ msg: 'Cannot write', error: 'disk full' }), 'Cannot write: disk full'],
  ['a stack', 'a\nb\nc\nd\n', 'b\nc\nd'],
  ['a line that only begins like an entry', '{ no json', '{ no json'],
] as const) {
  test(`lastWords() of ${what}`, () => assert.equal(lastWords(log), expected))
}
