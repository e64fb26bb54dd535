// Keeps the folder honest: every file is a behaviour of the list, stands where its name says, and docs/conformance.md
// counts what there is.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { list } from './list.ts'
import { loadBehaviours, pathOf } from './load.ts'
import { tableOf } from './table.ts'

const behaviours = await loadBehaviours()

test('the list has each behaviour once, each with a file name of its own', () => {
  assert.equal(list.length, 462)
  assert.equal(new Set(list.map(pathOf)).size, list.length)
  for (const { name, since } of list) assert.ok(name !== '' && /^1\.\d+(,1\.\d+)*$/.test(since), name)
})

for (const { path, group, name, since } of behaviours) {
  test(`conformance/${path} is the behaviour of the list that it says`, () => {
    const listed = list.find((each) => each.group === group && each.name === name)
    assert.ok(listed, `the list has no "${name}" in ${group}`)
    assert.equal(since, listed.since)
    assert.equal(path, pathOf(listed))
  })
}

test('the table of docs/conformance.md is what is here (UPDATE=1 rewrites it)', () => {
  const path = join(import.meta.dirname, '../docs/conformance.md')
  const text = readFileSync(path, 'utf8')
  const expected = text.replace(/^\| group[\s\S]*?\n(?=\n)/m, tableOf(behaviours))
  if (process.env.UPDATE === '1') writeFileSync(path, expected)
  else assert.equal(text, expected)
})
