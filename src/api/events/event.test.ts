import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Event as CoreEvent } from '../core/event.ts'
import { changeProblems, made, problems } from '../testing.ts'
import { Event } from './event.ts'

const core = {
  metadata: { name: 'a.1' },
  involvedObject: { kind: 'Pod', name: 'a', namespace: 'default', fieldPath: 'spec.containers{app}' },
  reason: 'Started',
  message: 'Started container\n',
  source: { component: 'kubelet', host: 'n1' },
  firstTimestamp: '2030-01-01T00:00:00Z',
  lastTimestamp: '2030-01-01T00:01:00Z',
  count: 2,
  type: 'Normal',
}
const nowMs = Date.parse('2030-01-01T00:02:00Z')

test('both faces of an event are the same object', () => {
  const stored = made(CoreEvent, core)
  const event = Event.storedAs!.fromStored(stored)
  assert.equal(event.apiVersion, 'events.k8s.io/v1')
  assert.equal(event.note, core.message)
  assert.equal(event.regarding.name, 'a')
  assert.equal(event.deprecatedCount, 2)
  assert.deepEqual(Event.storedAs!.toStored(event), stored)
})

test('both faces are shown alike', () => {
  const stored = made(CoreEvent, core)
  const event = Event.storedAs!.fromStored(stored)
  const row = CoreEvent.columns.map(({ value }) => value(stored, nowMs))
  assert.deepEqual(row, [
    '60s',
    'Normal',
    'Started',
    'pod/a',
    'spec.containers{app}',
    'kubelet, n1',
    'Started container',
    '2m',
    2,
    'a.1',
  ])
  assert.deepEqual(
    Event.columns.map(({ value }) => value(event, nowMs)),
    row,
  )
})

test('an event of the newer form is told by its series', () => {
  const event = made(CoreEvent, {
    involvedObject: { kind: 'Node', name: 'n1' },
    reportingComponent: 'example.com/x',
    reportingInstance: 'x-1',
    eventTime: '2030-01-01T00:00:00.000000Z',
    series: { count: 7, lastObservedTime: '2030-01-01T00:01:30.000000Z' },
  })
  const cells = Object.fromEntries(CoreEvent.columns.map(({ name, value }) => [name, value(event, nowMs)]))
  assert.deepEqual(
    [cells['Last Seen'], cells['First Seen'], cells.Count, cells.Source],
    ['30s', '2m', 7, 'example.com/x, x-1'],
  )
})

test('an event lies where what it is about lies', () => {
  const about = (namespace: string, more: object = {}) => ({
    metadata: { name: 'a.1', namespace },
    involvedObject: { kind: 'Pod', name: 'a', namespace: 'shop' },
    ...more,
  })
  assert.deepEqual(problems(CoreEvent, about('shop')), [])
  assert.deepEqual(problems(CoreEvent, about('other')), [
    'involvedObject.namespace: Invalid value: "shop": does not match event.namespace',
  ])
  assert.deepEqual(problems(CoreEvent, about('shop', { eventTime: '2030-01-01T00:00:00.000000Z' })), [
    'reportingComponent: Required value',
    'reportingInstance: Required value',
    'action: Required value',
    'reason: Required value',
  ])
})

const strict = {
  metadata: { name: 'a.1', namespace: 'default' },
  regarding: { kind: 'Pod', name: 'a', namespace: 'default' },
  eventTime: '2030-01-01T00:00:00.000000Z',
  reportingController: 'example.com/x',
  reportingInstance: 'x-1',
  action: 'Do',
  reason: 'Test',
  type: 'Normal',
  note: 'Something',
}

test('events.k8s.io takes nothing of the older form', () => {
  const { action, type, ...without } = strict
  assert.deepEqual(problems(Event, strict), [])
  assert.deepEqual(problems(Event, { ...without, deprecatedCount: 1, deprecatedSource: { component: 'x' } }), [
    'action: Required value',
    'type: Invalid value: "": has invalid value: ',
    'count: Invalid value: "": needs to be unset',
    'source: Invalid value: "": needs to be unset',
  ])
})

test('of an event in events.k8s.io only the series changes; the core group takes any change', () => {
  const series = { count: 2, lastObservedTime: '2030-01-01T00:01:30.000000Z' }
  assert.deepEqual(changeProblems(Event, strict, { ...strict, series }), [])
  assert.deepEqual(changeProblems(Event, strict, { ...strict, note: 'Else', reportingController: 'example.com/y' }), [
    'message: Invalid value: "Else": field is immutable',
    'reportingController: Invalid value: "example.com/y": field is immutable',
  ])
  assert.deepEqual(changeProblems(CoreEvent, core, { ...core, message: 'Else' }), [])
})
