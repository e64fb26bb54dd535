// A CustomResourceDefinition as kinds: one for each version that is served, all of the same objects, which are stored
// in one version and converted as they are read. A change of the definition makes new kinds; these never change.
//
// Where a webhook converts, the server asks it (server/custom/converter.ts); what comes here is of the right version.

import { equalJson, isObject, own, put } from '#lib/json.ts'
import type { CustomResourceDefinition } from '../apiextensions/custom-resource-definition.ts'
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
} from '../apiextensions/custom-resource-definition-types.ts'
import { ageColumn, nameColumn, since } from '../columns.ts'
import { decodeAs } from '../decode.ts'
import { applyDeclared } from '../defaults.ts'
import {
  type AnyKind,
  type ApiObject,
  allMetadata,
  allVerbs,
  type Column,
  type ConversionWebhook,
  type Kind,
  type ScaleSubresource,
} from '../kind.ts'
import { ObjectMeta } from '../meta/object-meta.ts'
import { MessageSchema, message, string } from '../schema.ts'
import './defaults-check.ts'
import { jsonPath } from './json-path.ts'
import { objectCheck } from './object-check.ts'
import './rules-check.ts'
import { fieldsOf } from './schema.ts'
import { type Structural, structuralOf } from './structural.ts'

export interface CustomKindOptions {
  /** The names that were accepted. */
  readonly names: CustomResourceDefinitionNames
  /** The definition is being deleted: nothing new is made of it. */
  readonly terminating?: boolean
}

type Version = CustomResourceDefinitionVersion

export function customKinds(definition: CustomResourceDefinition, options: CustomKindOptions): readonly AnyKind[] {
  const { versions } = definition.spec
  const storage = versions.find((version) => version.storage)
  if (!storage) return []
  const stored = storedKind(definition, options, storage.name)
  const declared = declaredVersions(definition, options)
  return versions
    .filter(({ served }) => served)
    .sort((a, b) => compareVersions(a.name, b.name))
    .map((version) => customKind(definition, options, version, { stored, declared }))
}

/** What all versions share. */
interface Storage {
  readonly stored: Kind
  readonly declared: Declared
}

/** An object as its own version declares it, without what that does not know and, unless `bare`, with defaults. The
 *  same one where nothing is known of its version. */
type Declared = (object: ApiObject, bare?: boolean) => ApiObject

function declaredVersions(definition: CustomResourceDefinition, options: CustomKindOptions): Declared {
  const schemas = new Map<string, ReturnType<typeof rootSchema>>()
  const schemaOf = (apiVersion: string): ReturnType<typeof rootSchema> | undefined => {
    const known = schemas.get(apiVersion)
    if (known) return known
    const version = definition.spec.versions.find(({ name }) => `${definition.spec.group}/${name}` === apiVersion)
    if (!version) return undefined
    const root = structuralOf(version.schema?.openAPIV3Schema ?? {})
    const made = rootSchema(root, identityOf(definition, options, version.name))
    schemas.set(apiVersion, made)
    return made
  }
  return (object, bare = false) => {
    const schema = schemaOf(object.apiVersion)
    if (!schema) return object
    const fresh = decodeAs<ApiObject>(schema, object).object
    if (!bare) applyDeclared(schema, fresh)
    return fresh
  }
}

function webhookOf({ spec }: CustomResourceDefinition, declared: Declared): ConversionWebhook | undefined {
  const { strategy, webhook } = spec.conversion ?? {}
  if (strategy !== 'Webhook' || !webhook?.clientConfig) return undefined
  return { clientConfig: webhook.clientConfig, reviewVersions: webhook.conversionReviewVersions, declared }
}

const version = /^v(\d+)(?:(alpha|beta)(\d+))?$/

/** The best first: stable ones before beta before alpha, the newer first; others after them by name. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [version.exec(a), version.exec(b)]
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : a > b ? 1 : 0
  const rank = (match: RegExpExecArray) => (match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0)
  return rank(y) - rank(x) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0)
}

function identityOf({ spec }: CustomResourceDefinition, { names }: CustomKindOptions, name: string) {
  const { group } = spec
  return {
    group,
    version: name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? '',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    apiVersion: `${group}/${name}`,
    resource: `${names.plural}.${group}`,
    custom: true,
    subresources: [],
  }
}

/** What knows where the objects are, and those of a version as they are written; nobody is served by it. */
export function storedKind(definition: CustomResourceDefinition, options: CustomKindOptions, version: string): Kind {
  return {
    ...identityOf(definition, options, version),
    doc: '',
    verbs: [],
    schema: message('custom/v1.Stored', '', {}),
    storedAs: undefined,
    status: false,
    scale: undefined,
    columns: [],
    selectableFields: {},
    strategy: {},
  }
}

function customKind(
  definition: CustomResourceDefinition,
  options: CustomKindOptions,
  declared: Version,
  storage: Storage,
): Kind {
  const identity = identityOf(definition, options, declared.name)
  const root = structuralOf(declared.schema?.openAPIV3Schema ?? {})
  const schema = rootSchema(root, identity)
  const check = objectCheck(root)
  const { subresources = {}, selectableFields = [] } = declared
  const warning = deprecationOf(definition, declared)
  const webhook = webhookOf(definition, storage.declared)
  return {
    ...identity,
    doc: root.source.description ?? '',
    verbs: allVerbs,
    ...(options.terminating ? { terminating: true } : {}),
    schema,
    storedAs: {
      kind: storage.stored,
      toStored: (object) => toStored(object, identity.apiVersion, storage),
      fromStored: (object, bare) => shown(schema, identity, object, bare),
      ...(webhook ? { webhook } : {}),
    },
    ...(warning === undefined ? {} : { deprecated: warning }),
    status: subresources.status !== undefined,
    scale: subresources.scale && scaleOf(subresources.scale),
    columns: columnsOf(declared.additionalPrinterColumns),
    selectableFields: Object.fromEntries(selectableFields.map(({ jsonPath: path }) => selectable(path))),
    strategy: {
      // As upstream's: an update of a custom resource must say which one it is about.
      unconditionalUpdate: false,
      statusKeeps: allMetadata,
      validateCreate: (object, errors) => check.errors(object, undefined, errors),
      validateUpdate: (next, old, errors) => check.errors(next, old, errors),
      validateStatusUpdate: (next, old, errors) => check.errors(next, old, errors),
      warnings: (object, old) => check.warnings(object, old),
    },
  }
}

/** As `com.example/v1.Widget`, which is how its OpenAPI definition is called. */
function rootSchema(root: Structural, { group, version, kind }: Pick<AnyKind, 'group' | 'version' | 'kind'>) {
  const name = `${group.split('.').reverse().join('.')}/${version}.${kind}`
  const { apiVersion: _a, kind: _k, metadata: _m, ...fields } = fieldsOf(root, name)
  return new MessageSchema({
    type: 'message',
    name,
    doc: root.source.description ?? '',
    fields: {
      kind: string.at(0, 'The kind of this object.'),
      apiVersion: string.at(0, 'The group and version of this object.'),
      metadata: ObjectMeta.at(0, 'Name, labels and the rest that all objects have.'),
      ...fields,
    },
    ...(root.preserves ? { open: true } : {}),
  })
}

/** What the version that is stored does not declare is not stored. */
function toStored(object: ApiObject, from: string, { stored, declared }: Storage): ApiObject {
  const { apiVersion, kind } = stored
  const next = { ...object, apiVersion, kind }
  return from === apiVersion ? next : declared(next, true)
}

/** A stored object as this version shows it: with its apiVersion, without what is no longer declared, and with
 *  defaults that have come since. The same one where that changes nothing. */
function shown(
  schema: ReturnType<typeof rootSchema>,
  { kind, apiVersion }: Pick<AnyKind, 'kind' | 'apiVersion'>,
  object: ApiObject,
  bare = false,
): ApiObject {
  const fresh = decodeAs<ApiObject>(schema, object).object
  fresh.kind = kind
  fresh.apiVersion = apiVersion
  if (!bare) applyDeclared(schema, fresh)
  return equalJson(fresh, object) ? object : fresh
}

function deprecationOf({ spec }: CustomResourceDefinition, declared: Version): string | undefined {
  if (!declared.deprecated) return undefined
  if (declared.deprecationWarning !== undefined) return declared.deprecationWarning
  const better = spec.versions
    .filter(({ served, deprecated, name }) => served && !deprecated && compareVersions(name, declared.name) < 0)
    .sort((a, b) => compareVersions(a.name, b.name))[0]
  const text = `${spec.group}/${declared.name} ${spec.names.kind} is deprecated`
  return better ? `${text}; use ${spec.group}/${better.name} ${spec.names.kind}` : text
}

function selectable(path: string): [string, (object: ApiObject) => string] {
  const find = jsonPath(path)
  const valueOf = (object: ApiObject): string => {
    const [value] = find?.(object) ?? []
    return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
  }
  return [path.replace(/^\./, ''), valueOf]
}

type ScalePaths = NonNullable<NonNullable<Version['subresources']>['scale']>

function scaleOf({ specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths): ScaleSubresource<ApiObject> {
  const at = (path: string) => jsonPath(path) ?? (() => [])
  const [wanted, there, labels] = [at(specReplicasPath), at(statusReplicasPath), at(labelSelectorPath ?? '')]
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0)
  const steps = specReplicasPath.replace(/^\./, '').split('.')
  return {
    specReplicas: (object) => count(wanted(object)[0]),
    statusReplicas: (object) => count(there(object)[0]),
    selector: (object) => {
      const [text] = labelSelectorPath ? labels(object) : []
      return typeof text === 'string' ? text : ''
    },
    setSpecReplicas: (object, replicas) => setAt(object, steps, replicas),
  }
}

function setAt(object: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  let target = object
  for (const step of steps.slice(0, -1)) {
    const next = own(target, step)
    const inside = isObject(next) ? (next as Record<string, unknown>) : {}
    if (inside !== next) put(target, step, inside)
    target = inside
  }
  put(target, steps.at(-1) ?? '', value)
}

function columnsOf(declared: readonly CustomResourceColumnDefinition[] | undefined): readonly Column<ApiObject>[] {
  if (!declared?.length) return [nameColumn, { ...ageColumn, type: 'date' }]
  return [nameColumn, ...declared.map(columnOf)]
}

function columnOf({ name, type, format, description, priority, jsonPath: path }: CustomResourceColumnDefinition) {
  const find = jsonPath(path)
  return {
    name,
    type: type as NonNullable<Column<ApiObject>['type']>,
    format: (format ?? '') as '',
    description: description || `Custom resource definition column (in JSONPath format): ${path}`,
    priority: (priority ?? 0) as 0 | 1,
    value: (object: ApiObject, nowMs: number) => {
      const found = find?.(object) ?? []
      return found.length === 0 ? undefined : cell(type, found[0], nowMs)
    },
  }
}

/** What does not fit the column's type is left empty. */
function cell(type: string, value: unknown, nowMs: number): string | number | boolean | undefined {
  switch (type) {
    case 'integer':
      // Written as it is, though no number of ours could hold it.
      if (typeof value === 'bigint') return value as unknown as number
      return typeof value === 'number' ? Math.trunc(value) : undefined
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'date':
      if (typeof value !== 'string') return undefined
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : since(value, nowMs)
    default:
      if (value === null || value === undefined) return undefined
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}
