import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settle } from '#lib/clock.ts'
import type { LogFile } from './log-file.ts'
import { type AuditMode, sinkOf, together } from './mode.ts'

/** Whoever waits is told by `answer`. */
function fileOf() {
  const made: object[] = []
  const { promise, resolve: answer } = Promise.withResolvers<boolean>()
  const file: LogFile = {
    written: 0,
    dropped: 0,
    offer: (make) => made.push(make()) < 0,
    keep: (make) => {
      made.push(make())
      return promise
    },
    close: async () => undefined,
  }
  return { file, made, answer }
}

describe('sinkOf()', () => {
  for (const [mode, kept, expected] of [
    ['batch', true, 'at once: true'],
    ['batch', false, 'at once: true'],
    ['blocking', true, 'later: true'],
    ['blocking', false, 'later: true'],
    ['blocking-strict', true, 'later: true'],
    ['blocking-strict', false, 'later: false'],
  ] as const)
    test(`${mode}, of a record that is ${kept ? 'kept' : 'lost'}: ${expected}`, async () => {
      const { file, made, answer } = fileOf()
      const taken = sinkOf(file, mode).take(() => ({}))
      assert.equal(made.length, 1)
      answer(kept)
      assert.equal(`${taken instanceof Promise ? 'later' : 'at once'}: ${await taken}`, expected)
    })
})

describe('together()', () => {
  const both = (modes: readonly AuditMode[]) => {
    const files = modes.map(fileOf)
    const sink = together(files.map(({ file }, i) => sinkOf(file, modes[i]!)))
    return { files, sink }
  }

  test('makes a record once for all', () => {
    let times = 0
    const { files, sink } = both(['batch', 'batch'])
    assert.equal(
      sink.take(() => ({ n: ++times })),
      true,
    )
    assert.deepEqual(
      files.map(({ made }) => made),
      [[{ n: 1 }], [{ n: 1 }]],
    )
  })

  test('waits for those that want it, and refuses what one refuses', async () => {
    const { files, sink } = both(['batch', 'blocking', 'blocking-strict'])
    let taken: boolean | undefined
    void Promise.resolve(sink.take(() => ({}))).then((value) => {
      taken = value
    })
    files[1]!.answer(true)
    await settle()
    assert.equal(taken, undefined)
    files[2]!.answer(false)
    await settle()
    assert.equal(taken, false)
  })
})
