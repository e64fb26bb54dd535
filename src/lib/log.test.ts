import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { errorText, jsonLog, silentLog, terminalLog } from './log.ts'

const clock = new VirtualClock(Date.UTC(2030, 0, 1, 10, 15, 2, 5))

test('jsonLog() writes one object per line, with level, time and fields', () => {
  const lines: string[] = []
  const log = jsonLog((line) => lines.push(line), clock).child({ component: 'kubelet' })
  log.info('Started container', { pod: 'a/b' })
  log.debug('not shown')
  assert.equal(lines.length, 1)
  assert.match(lines[0]!, /\n$/)
  assert.deepEqual(JSON.parse(lines[0]!), {
    level: 'info',
    time: '2030-01-01T10:15:02.005Z',
    component: 'kubelet',
    pod: 'a/b',
    msg: 'Started container',
  })
})

test('jsonLog() writes the message and the stack of an error', () => {
  const lines: string[] = []
  jsonLog((line) => lines.push(line), clock).error('Cannot start', { error: new Error('no such file') })
  const { error } = JSON.parse(lines[0]!)
  assert.equal(error.message, 'no such file')
  assert.match(error.stack, /log\.test\.ts/)
})

test('terminalLog() writes time, level, component, text and fields, from its level on', () => {
  const lines: string[] = []
  const log = terminalLog((line) => lines.push(line), clock, 'warn').child({ component: 'proxy' })
  log.info('not shown')
  log.warn('Cannot apply rules', { service: 'a/b', error: new Error('busy'), text: 'two words', ports: [1, 2] })
  log.error('Gone')
  assert.deepEqual(lines, [
    '10:15:02 warn  proxy: Cannot apply rules service=a/b error="busy" text="two words" ports=[1,2]\n',
    '10:15:02 error proxy: Gone\n',
  ])
})

test('silentLog takes everything and its children too', () => {
  silentLog.child({ a: 1 }).error('nothing')
})

test('errorText() names every cause', () => {
  assert.equal(errorText(new Error('Cannot bind', { cause: new Error('conflict') })), 'Cannot bind: conflict')
  assert.equal(errorText('text'), 'text')
})
