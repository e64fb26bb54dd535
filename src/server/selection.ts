// Which objects a request is about: a namespace, a label selector and a field selector, decided on what the
// store keeps beside the bytes, so that nothing is decoded for it.

import { checkFieldSelector, FieldSelector, parseFieldSelector } from '#api/field-selector.ts'
import type { AnyKind } from '#api/kind.ts'
import { parseSelector, type Selector } from '#api/labels.ts'
import { badRequest } from '#api/status-error.ts'
import type { StoredObject, StoreEvent, Term } from '#store/store.ts'

/** The bucket of watchers that look at everything. */
export const everything = '*'

/** Fields by whose value watchers are kept apart: a node's agent must not be woken by other nodes' pods. */
const bucketFields: readonly string[] = ['spec.nodeName']

const namespaceOf = (key: string): string => key.slice(key.indexOf('/') + 1, key.lastIndexOf('/'))
const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

/** The buckets whose watchers a change can concern. */
export function bucketsOf(event: StoreEvent): Set<string> {
  const { key, object, previous } = event
  const buckets = new Set([everything, `ns:${namespaceOf(key)}`, `name:${nameOf(key)}`])
  for (const field of bucketFields) {
    for (const state of [object, previous]) {
      const value = state?.index.fields[field]
      if (value !== undefined) buckets.add(`${field}:${value}`)
    }
  }
  return buckets
}

/** Operators of label requirements that name the values. */
const positive: ReadonlySet<string> = new Set(['=', '==', 'in'])
/** Fields that are read from the key, not from the index. */
const inKey: ReadonlySet<string> = new Set(['metadata.name', 'metadata.namespace'])

export interface SelectionInput {
  readonly namespace: string
  readonly labelSelector?: string | null
  readonly fieldSelector?: string | null
  /** From the path of a watch on one object. */
  readonly name?: string
}

export class Selection {
  readonly namespace: string
  readonly labels: Selector | undefined
  readonly fields: FieldSelector

  constructor(namespace: string, labels: Selector | undefined, fields: FieldSelector) {
    this.namespace = namespace
    this.labels = labels
    this.fields = fields
  }

  /** True when a selector narrows it beside the namespace. */
  get filters(): boolean {
    return this.labels !== undefined || !this.fields.matchesEverything
  }

  /** The one name that can match. */
  get name(): string | undefined {
    return this.fields.exactValue('metadata.name')
  }

  get bucket(): string {
    const name = this.name
    if (name !== undefined) return `name:${name}`
    for (const field of bucketFields) {
      const value = this.fields.exactValue(field)
      if (value !== undefined) return `${field}:${value}`
    }
    return this.namespace === '' ? everything : `ns:${this.namespace}`
  }

  /** What the store may look it up by. */
  get terms(): readonly Term[] {
    const terms: Term[] = []
    for (const { key, operator, values } of this.labels?.requirements ?? [])
      if (positive.has(operator)) terms.push({ part: 'labels', name: key, values })
    for (const { field, operator, value } of this.fields.requirements)
      if (operator === '=' && value !== '' && !inKey.has(field))
        terms.push({ part: 'fields', name: field, values: [value] })
    return terms
  }

  matches(stored: StoredObject): boolean {
    return this.#inNamespace(stored.key) && this.matchesSelectors(stored)
  }

  #inNamespace(key: string): boolean {
    if (this.namespace === '') return true
    const at = key.indexOf('/') + 1
    return key.startsWith(this.namespace, at) && key[at + this.namespace.length] === '/'
  }

  /** For objects that are known to be in the namespace. */
  matchesSelectors(stored: StoredObject): boolean {
    for (const { field, operator, value } of this.fields.requirements) {
      if ((fieldValue(stored, field) === value) !== (operator === '=')) return false
    }
    return this.labels === undefined || this.labels.matches(stored.index.labels)
  }
}

function fieldValue(stored: StoredObject, field: string): string {
  if (field === 'metadata.name') return nameOf(stored.key)
  if (field === 'metadata.namespace') return namespaceOf(stored.key)
  return stored.index.fields[field] ?? ''
}

/** Parses what the query says; bad selectors are a 400 with upstream's texts. */
export function selectionOf(kind: AnyKind, input: SelectionInput): Selection {
  const labels = input.labelSelector ? parsed(parseSelector, input.labelSelector) : undefined
  let fields = input.fieldSelector ? parsed(parseFieldSelector, input.fieldSelector) : FieldSelector.everything
  checkFieldSelector(kind, fields)
  if (input.name) {
    const named = { field: 'metadata.name', operator: '=', value: input.name } as const
    fields = new FieldSelector([named, ...fields.requirements])
  }
  return new Selection(input.namespace, labels?.matchesEverything ? undefined : labels, fields)
}

function parsed<T>(parse: (text: string) => T, text: string): T {
  try {
    return parse(text)
  } catch (error) {
    throw badRequest((error as Error).message)
  }
}
