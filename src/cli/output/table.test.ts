import assert from 'node:assert/strict'
import { test } from 'node:test'
import { table } from './table.ts'

test('table() lines columns up with three blanks between and nothing behind the last', () => {
  const text = table(
    ['NODE', 'READY', 'WHY'],
    [
      ['a', 'True', ''],
      ['long-name', 'False', 'no network'],
    ],
  )
  assert.equal(text, 'NODE        READY   WHY\na           True\nlong-name   False   no network\n')
})

test('table() without rows is its header', () => assert.equal(table(['A', 'B'], []), 'A   B\n'))

test('colour does not move a column, and is left out where none is wanted', () => {
  const rows = [[{ text: 'ok', colour: 'green' }, 'x']] as const
  assert.equal(table(['STATE', 'B'], rows), 'STATE   B\nok      x\n')
  assert.equal(table(['STATE', 'B'], rows, true), 'STATE   B\n\x1b[32mok\x1b[0m      x\n')
})
