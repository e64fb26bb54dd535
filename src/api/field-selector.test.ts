import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFieldSelector, parseFieldSelector } from './field-selector.ts'
import { kind } from './kind.ts'
import { string } from './schema.ts'

const thing = kind({
  group: '',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  scope: 'Namespaced',
  doc: 'A thing.',
  fields: { colour: string.at(2, 'Its colour.') },
  selectableFields: { colour: (t) => t.colour ?? '' },
})
const plain = kind({
  group: '',
  version: 'v1',
  kind: 'Plain',
  plural: 'plains',
  scope: 'Namespaced',
  doc: 'Plain.',
  fields: {},
})

const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'n', namespace: 'ns' }, colour: 'a,b' }

test('a field selector matches the fields that the kind declares', () => {
  for (const [text, matches] of [
    ['', true],
    ['metadata.name=n', true],
    ['metadata.name==n,metadata.namespace!=other', true],
    ['metadata.name!=n', false],
    ['colour=a\\,b', true],
    ['colour=', false],
    [',,metadata.name=n,', true],
  ] as const) {
    assert.equal(parseFieldSelector(text).matches(thing, object), matches, text)
  }
})

test('bad field selectors are refused in the words of upstream', () => {
  assert.throws(() => parseFieldSelector('a'), { message: "invalid selector: 'a'; can't understand 'a'" })
  assert.throws(() => parseFieldSelector('a=b=c'), {
    message: 'invalid field selector: unescaped character in value: 61',
  })
  assert.throws(() => parseFieldSelector('a=b\\c'), { message: 'invalid field selector: invalid escape sequence: \\c' })
  assert.throws(() => checkFieldSelector(thing, parseFieldSelector('x=y')), {
    message: 'field label not supported: x',
    code: 400,
  })
  assert.throws(() => checkFieldSelector(plain, parseFieldSelector('x=y')), {
    message: '"x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  })
  checkFieldSelector(thing, parseFieldSelector('colour=red,metadata.name=a'))
})

test('exactValue() finds what an index can use', () => {
  assert.equal(parseFieldSelector('metadata.name=n,colour!=red').exactValue('metadata.name'), 'n')
  assert.equal(parseFieldSelector('metadata.name!=n').exactValue('metadata.name'), undefined)
})
