// A structural schema, read once from what a definition says, and what follows from it for a value: which fields are
// kept. Nothing is coerced: a value of the wrong type stays as it is, and validate-value.ts refuses it.

import { isObject, own, put } from '#lib/json.ts'
import type { JSONSchemaProps } from '../apiextensions/json-schema.ts'
import { itemsOf, valuesOf } from '../apiextensions/validate-structural.ts'
import { decodeAs } from '../decode.ts'
import { ObjectMeta } from '../meta/object-meta.ts'

export interface Structural {
  /** As it stands in the definition: what clients are shown, and where the rules on values are. */
  readonly source: JSONSchemaProps
  /** Empty: any; that of an int-or-string too. */
  readonly type: string
  readonly intOrString: boolean
  readonly nullable: boolean
  /** Fields that are not declared are kept. */
  readonly preserves: boolean
  /** An object of the API in its own right, or the whole custom resource. */
  readonly embedded: boolean
  readonly properties: ReadonlyMap<string, Structural>
  /** What the values of a map are; `true`: anything. */
  readonly values: Structural | true | undefined
  readonly items: Structural | undefined
  readonly allOf: readonly Structural[]
  readonly anyOf: readonly Structural[]
  readonly oneOf: readonly Structural[]
  readonly not: Structural | undefined
}

export function structuralOf(source: JSONSchemaProps): Structural {
  const values = valuesOf(source)
  const items = itemsOf(source)
  const all = (schemas: readonly JSONSchemaProps[] = []) => schemas.map(structuralOf)
  return {
    source,
    type: source.type ?? '',
    intOrString: source['x-kubernetes-int-or-string'] === true,
    nullable: source.nullable === true,
    preserves: source['x-kubernetes-preserve-unknown-fields'] === true,
    embedded: source['x-kubernetes-embedded-resource'] === true,
    properties: new Map(Object.entries(source.properties ?? {}).map(([name, of]) => [name, structuralOf(of)])),
    values: values ? structuralOf(values) : source.additionalProperties === true ? true : undefined,
    items: items && structuralOf(items),
    allOf: all(source.allOf),
    anyOf: all(source.anyOf),
    oneOf: all(source.oneOf),
    not: source.not && structuralOf(source.not),
  }
}

/** From the value that is decoded to what is told of; the last is the name of a field. */
export type Steps = readonly (string | number)[]

export type OnUnknown = (steps: Steps) => void

/** A fresh value with declared fields only, and without nulls where none may be. */
export function pruned(node: Structural, value: unknown, onUnknown?: OnUnknown): unknown {
  const path: (string | number)[] = []
  return prune(node, value, path, onUnknown && ((name) => onUnknown([...path, name])))
}

type Told = ((name: string) => void) | undefined

function prune(node: Structural, value: unknown, path: (string | number)[], told: Told): unknown {
  if (Array.isArray(value)) {
    const { items } = node
    if (!items) return value
    return value.map((item, i) => below(items, item, i, path, told))
  }
  if (!isObject(value) || (node.type !== 'object' && node.type !== '')) return value
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(value).sort()) {
    const field = value[name]
    if (field === undefined) continue
    if (node.embedded && (name === 'apiVersion' || name === 'kind' || name === 'metadata')) {
      put(out, name, name === 'metadata' && isObject(field) ? embeddedMetadata(field, told) : field)
      continue
    }
    const of = node.properties.get(name) ?? node.values
    if (of === undefined) {
      if (node.preserves) put(out, name, field)
      else told?.(name)
    } else if (of === true) put(out, name, field)
    // A default takes the place of a null, and nothing does where there is none.
    else if (field !== null || of.nullable || holdsAnything(of)) put(out, name, below(of, field, name, path, told))
  }
  return out
}

function embeddedMetadata(metadata: object, told: Told): unknown {
  const { object, warnings } = decodeAs(ObjectMeta, metadata, told && [])
  for (const text of warnings) told?.(`metadata.${JSON.parse(text.slice(text.indexOf('"')))}`)
  return object
}

/** A value of which nothing is said may be null too. */
const holdsAnything = (node: Structural): boolean => node.type === '' && !node.intOrString && node.preserves

function below(node: Structural, value: unknown, step: string | number, path: (string | number)[], told: Told) {
  if (typeof value !== 'object' || value === null) return value
  path.push(step)
  const result = prune(node, value, path, told)
  path.pop()
  return result
}

/** Undefined where the value has none. */
export const fieldOf = (value: unknown, name: string): unknown => (isObject(value) ? own(value, name) : undefined)
