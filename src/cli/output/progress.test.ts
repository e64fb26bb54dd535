import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { paint, quietProgress, terminalProgress } from './progress.ts'

function screen(isTty: boolean, colour = false) {
  const clock = new VirtualClock()
  let text = ''
  const write = (more: string) => {
    text += more
  }
  return { clock, progress: terminalProgress({ isTty, colour, write }, clock), text: () => text }
}

/** What a terminal shows in the end: what is written over is gone. */
const shown = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r\x1b[K') + 1).replace('\x1b[K', ''))
    .join('\n')

test('a step is one plain line when it is done, where there is no terminal', async () => {
  const { clock, progress, text } = screen(false)
  const answer = await progress.step('Starting', async (update) => {
    update('1 of 2')
    await clock.advance(1_500)
    return 'https://here'
  })
  assert.equal(answer, 'https://here')
  assert.equal(text(), '✓ Starting  https://here  1.5 s\n')
})

test('on a terminal the line at work shows how far it is, and gives way to the line when done', async () => {
  const { clock, progress, text } = screen(true)
  await progress.step('Waiting', async (update) => {
    update('1 of 2')
    await clock.advance(2_000)
    assert.match(shown(text()), /^. Waiting {2}1 of 2 {2}[12]\.\d s$/)
  })
  assert.equal(shown(text()), '✓ Waiting  2.0 s\n')
  assert.equal(clock.pendingTimers, 0)
})

test('a step that fails is marked, and its error goes on', async () => {
  const { progress, text } = screen(false)
  await assert.rejects(
    progress.step('Trying', async () => {
      throw new Error('no')
    }),
    /^Error: no$/,
  )
  assert.equal(text(), '✗ Trying  0.0 s\n')
})

test('colour is put on only where it is wanted', async () => {
  assert.equal(paint(false, 'red', 'x'), 'x')
  assert.equal(paint(true, 'red', 'x'), '\x1b[31mx\x1b[0m')
  const { progress, text } = screen(false, true)
  progress.warn('careful')
  progress.note('well')
  assert.equal(text(), '\x1b[33m!\x1b[0m careful\nwell\n')
})

test('quiet progress works and says nothing', async () => {
  assert.equal(await quietProgress.step('x', async () => 3), 3)
  quietProgress.note('x')
  quietProgress.warn('x')
})
