// Every type of upstream's release 1.37 is declared here with the same fields, numbers, types and keys: what
// upstream-fields.txt lists, a line for each type. `f=3:?[]string,patch=merge` is field f with the protobuf number 3
// (`2/1` for one that is embedded), `*` or `?` as it is left out when unset or empty, its type, and how it is merged.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { allMessages } from './all-messages.ts'
import { type AnyField, type AnySchema, type Message, resolved } from './schema.ts'

const upstream = new Map(
  readFileSync(new URL('upstream-fields.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' '))
    .map(([name = '', ...fields]) => [name, fields]),
)

const typeOf = (schema: AnySchema): string => {
  const shape = resolved(schema)
  if (shape.type === 'list') return `[]${typeOf(shape.of)}`
  if (shape.type === 'map') return `{}${typeOf(shape.of)}`
  return shape.type === 'message' || shape.type === 'either' ? shape.name : shape.type
}

const marks = { always: '', pointer: '*', omitempty: '?' } as const

function fieldText(name: string, { tag, embeddedAt = [], schema }: AnyField): string {
  const { patchStrategy, patchMergeKey, listType, listMapKeys = [], mapType } = schema.rules
  const rules = [
    ...(patchStrategy ? [`patch=${patchStrategy.replace(',', '+')}`] : []),
    ...(patchMergeKey ? [`key=${patchMergeKey}`] : []),
    ...(listType ? [`list=${listType}`] : []),
    ...listMapKeys.toSorted().map((key) => `by=${key}`),
    ...(mapType === 'atomic' ? ['map=atomic'] : []),
  ]
  const type = typeOf(schema)
  // A point in time that is not set is written as null, whatever Go is told to leave out.
  const isTime = type === 'time' || type === 'microTime'
  const mark = isTime && schema.presence !== 'pointer' ? '' : marks[schema.presence]
  return `${name}=${[...embeddedAt, tag].join('/')}:${[mark + type, ...rules].join(',')}`
}

const fieldsOf = ({ fields }: Message): string[] =>
  Object.entries(fields)
    .filter(([, { tag }]) => tag !== 0)
    .map(([name, field]) => fieldText(name, field))
    .sort()

const declared = allMessages()

for (const [name, fields] of upstream) {
  test(`${name} is declared as upstream has it`, () => {
    const message = declared.get(name)
    assert.ok(message, 'it is not declared')
    assert.deepEqual(fieldsOf(message), fields.toSorted())
  })
}
