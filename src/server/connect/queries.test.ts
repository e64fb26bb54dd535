import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logQuery, streamQuery } from './queries.ts'

for (const [asked, expected] of [
  ['stdin=true&stdout=1&command=a&command=b+c', 'input=1&output=1&command=a&command=b+c'],
  // As Python writes them.
  ['stdin=False&stdout=True&stderr=True&tty=False&command=sh', 'output=1&error=1&command=sh'],
  ['stdin=0&stdout=false&tty=', 'tty=1'],
  ['container=c', ''],
] as const) {
  test(`the agent is asked to run a command with ${asked}`, () =>
    assert.equal(`${streamQuery(new URLSearchParams(asked))}`, expected))
}

for (const [asked, expected] of [
  ['container=c&tailLines=3', 'tailLines=3'],
  ['follow=True&timestamps=False&previous=0', 'follow=true'],
  ['follow=1&timestamps=&sinceSeconds=5', 'follow=true&timestamps=true&sinceSeconds=5'],
] as const) {
  test(`the agent is asked for a log with ${asked}`, () =>
    assert.equal(`${logQuery(new URLSearchParams(asked))}`, expected))
}
