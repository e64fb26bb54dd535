import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { StorageVersionMigration } from './storage-version-migration.ts'

const sent = (resource: object = { group: 'example.com', resource: 'widgets' }) => ({ spec: { resource } })

test('a migration says of what', () => {
  assert.deepEqual(problems(StorageVersionMigration, sent()), [])
  assert.deepEqual(problems(StorageVersionMigration, sent({})), [
    'spec.resource.resource: Required value: resource is required to be set',
  ])
  assert.match(
    problems(StorageVersionMigration, sent({ group: 'A', resource: 'B' })).join(),
    /spec.resource.resource.*spec.resource.group/,
  )
})

test('what is migrated never changes', () => {
  assert.deepEqual(changeProblems(StorageVersionMigration, sent(), sent({ group: '', resource: 'pods' })), [
    'spec: Invalid value: {"resource":{"group":"","resource":"pods"}}: field is immutable',
  ])
})

const is = (type: string) => ({
  type,
  status: 'True',
  reason: 'Because',
  message: '',
  lastTransitionTime: '2024-01-01T00:00:00Z',
})
const status = (resourceVersion: string, ...types: string[]) => ({
  ...sent(),
  status: { resourceVersion, conditions: types.map(is) },
})

test('an end is not taken back, and there is only one', () => {
  const change = (before: object, after: object) => changeProblems(StorageVersionMigration, before, after, 'status')
  assert.deepEqual(change(status('5', 'Running'), status('5', 'Succeeded')), [])
  const texts = change(status('5', 'Succeeded'), status('6', 'Failed', 'Running'))
  assert.deepEqual(
    texts.map((text) => text.replace(/Invalid value: .*: /, '')),
    [
      'status.resourceVersion: field is immutable',
      'status.conditions: Running condition cannot be true when failed condition is true',
      'status.conditions: Success condition cannot be set to false once it is true',
    ],
  )
})

test('conditions are whole', () => {
  const after = { ...sent(), status: { conditions: [{ type: 'a b', status: 'Yes', reason: '1', message: '' }] } }
  const texts = changeProblems(StorageVersionMigration, sent(), after, 'status')
  assert.deepEqual(
    texts.map((text) => text.split(': ').slice(0, 2).join(': ')),
    [
      'status.conditions[0].type: Invalid value',
      'status.conditions[0].status: Unsupported value',
      'status.conditions[0].lastTransitionTime: Required value',
      'status.conditions[0].reason: Invalid value',
    ],
  )
})

test('the table names the resource in full', () => {
  const cells = StorageVersionMigration.columns.map(({ value }) => value(made(StorageVersionMigration, sent()), 0))
  assert.deepEqual(cells, ['a', 'widgets.example.com'])
})
