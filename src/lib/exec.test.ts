import assert from 'node:assert/strict'
import { test } from 'node:test'
import { output, run } from './exec.ts'

test('run() gives output, errors and exit code, and passes input', async () => {
  const done = await run('sh', ['-c', 'cat; echo no >&2; exit 3'], { input: 'hello' })
  assert.deepEqual(done, { stdout: 'hello', stderr: 'no\n', code: 3 })
})

test('run() passes arguments as they are, without a shell', async () => {
  assert.equal((await run('printf', ['%s', '$(id); *'])).stdout, '$(id); *')
})

test('run() rejects when the program is not there', async () => {
  await assert.rejects(run('no-such-program-here', []), /Cannot run "no-such-program-here"/)
})

test('run() kills a program that takes too long', async () => {
  await assert.rejects(run('sleep', ['60'], { timeoutMs: 20 }), /ended by SIGKILL/)
})

test('run() kills the program when the signal aborts, and rejects with its reason', async () => {
  const reason = new Error('enough')
  const abort = new AbortController()
  const done = run('sleep', ['60'], { signal: abort.signal })
  abort.abort(reason)
  await assert.rejects(done, reason)
})

test('run() refuses output without bound', async () => {
  await assert.rejects(run('yes', [], { maxOutputBytes: 1000 }), /exceeds 1000 bytes/)
})

test('output() throws with what the program said when it fails', async () => {
  await assert.rejects(output(run, 'sh', ['-c', 'echo bad table >&2; exit 1']), /exited with 1: bad table/)
  assert.equal(await output(run, 'echo', ['ok']), 'ok\n')
})
