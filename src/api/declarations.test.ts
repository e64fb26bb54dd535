// What must hold of all kinds and of every message in them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allMessages, declaredKinds as declared } from './all-messages.ts'
import { kinds } from './kinds.ts'

const all = allMessages()

test('every kind, message and field says what it is for', () => {
  const silent: string[] = []
  for (const { kind, doc } of declared) if (!/^[A-Z].*[.]$/s.test(doc)) silent.push(kind)
  for (const { name, doc, fields } of all.values()) {
    if (!/^[A-Z].*[.]$/s.test(doc)) silent.push(name)
    for (const [field, { doc: said }] of Object.entries(fields)) {
      if (!/^[A-Z$/].*[.]$/s.test(said) || said.includes('DOC:')) silent.push(`${name}.${field}: ${said}`)
    }
  }
  assert.deepEqual(silent, [])
})

test('protobuf numbers are unique in each message', () => {
  for (const { name, fields } of all.values()) {
    const seen = new Map<string, string>()
    for (const [field, { tag, embeddedAt }] of Object.entries(fields)) {
      if (tag === 0) continue // apiVersion and kind have none
      const id = [...(embeddedAt ?? []), tag].join('/')
      assert.equal(seen.get(id), undefined, `${name}: ${field} and ${seen.get(id)} have the same number ${tag}`)
      seen.set(id, field)
    }
    for (const [field, { embeddedAt }] of Object.entries(fields)) {
      if (embeddedAt === undefined) continue
      assert.equal(seen.get(embeddedAt.join('/')), undefined, `${name}: ${field} is embedded where a field stands`)
    }
  }
})

/** Upstream tells no age of these. */
const ageless: ReadonlySet<string> = new Set([
  'componentstatuses',
  'podtemplates',
  'csistoragecapacities.storage.k8s.io',
  'clustertrustbundles.certificates.k8s.io',
  'storageversionmigrations.storagemigration.k8s.io',
])

test('every listed kind has columns that begin with its name or tell of time', () => {
  for (const { resource, columns, verbs } of kinds) {
    // Without columns of its own a kind is shown by name and time of creation.
    if (!verbs.includes('list') || columns.length === 0) continue
    const names = columns.map(({ name }) => name)
    assert.ok(names.includes('Name'), `${resource} has no column Name`)
    const told = ['Age', 'Last Seen', 'Created At'].some((name) => names.includes(name))
    assert.equal(told, !ageless.has(resource), `${resource} has no age`)
    assert.equal(new Set(names).size, names.length, `${resource} has a column twice`)
  }
})

test('names of kinds are told apart', () => {
  const resources = kinds.map(({ resource, version }) => `${resource}/${version}`)
  assert.equal(new Set(resources).size, resources.length)
})
