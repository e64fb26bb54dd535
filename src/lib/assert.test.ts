import nodeAssert from 'node:assert/strict'
import { test } from 'node:test'
import { assert, Bug, unreachable } from './assert.ts'

test('assert() lets what holds pass, and throws a Bug that says what does not', () => {
  assert(1, 'one is something')
  nodeAssert.throws(() => assert(0, 'a bound pod has a node name'), {
    name: 'Bug',
    message: 'Bug: a bound pod has a node name',
  })
})

test('unreachable() throws a Bug that shows the value', () => {
  nodeAssert.throws(
    () => unreachable('odd' as never),
    (error) => error instanceof Bug && /"odd"/.test(error.message),
  )
})
