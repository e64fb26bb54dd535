// Definitions of custom kinds: names, versions, of which one is stored, conversion, and what was stored once. Where
// all versions agree, errors are told of spec.validation and its neighbours, since upstream holds them there.

import { isConditionTrue } from '../conditions.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1035Label, dns1123Subdomain } from '../names.ts'
import { caBundleProblem, validateClientConfig } from '../validate-webhook.ts'
import type {
  CustomResourceColumnDefinition,
  CustomResourceConversion,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionStatus,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  SelectableField,
} from './custom-resource-definition-types.ts'
import { fieldPathProblem } from './field-path.ts'
import type { JSONSchemaProps } from './json-schema.ts'
import { validateSchema } from './validate-schema.ts'
import { unsupported } from './validate-structural.ts'

export interface Definition {
  readonly metadata: { readonly annotations?: Record<string, string> | undefined }
  readonly spec: CustomResourceDefinitionSpec
  readonly status: CustomResourceDefinitionStatus
}

const path = Path.of('spec')
const join = (complaints: readonly string[]): string => complaints.join(',')

export const isEstablished = ({ status }: Definition): boolean => isConditionTrue(status.conditions, 'Established')

/** `old` is what stands there now, in a change. */
export function validateDefinition(definition: Definition, old: Definition | undefined, errors: FieldErrors): void {
  validateSpec(definition.spec, old, errors)
  validateNames(definition.status.acceptedNames, Path.of('status').child('acceptedNames'), errors)
  validateStoredVersions(definition, errors)
  validateApproval(definition, old, errors)
  if (definition.spec.preserveUnknownFields) {
    const text =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
    errors.invalid(path.child('preserveUnknownFields'), true, text)
  }
}

function validateSpec(spec: CustomResourceDefinitionSpec, old: Definition | undefined, errors: FieldErrors): void {
  validateGroup(spec.group ?? '', errors)
  if (!spec.scope) errors.required(path.child('scope'))
  else if (!scopes.includes(spec.scope)) errors.notSupported(path.child('scope'), spec.scope, scopes)
  validateVersions(spec, old?.spec, errors)
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if (!spec.names[field]) errors.required(path.child('names').child(field))
  }
  validateNames(spec.names, path.child('names'), errors)
  if (spec.conversion) validateConversion(spec.conversion, old, errors)
}

const scopes = ['Cluster', 'Namespaced']

function validateGroup(group: string, errors: FieldErrors): void {
  const at = path.child('group')
  const wrong = dns1123Subdomain(group)
  if (group === '') errors.required(at)
  else if (wrong.length > 0) errors.invalid(at, group, join(wrong))
  else if (!group.includes('.')) errors.invalid(at, group, 'should be a domain with at least one dot')
}

type PerVersion = Pick<
  CustomResourceDefinitionVersion,
  'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'
>

/** What all versions agree about stands once, the rest with each of them. */
function places(versions: readonly CustomResourceDefinitionVersion[]) {
  const agreed = (field: keyof PerVersion): boolean =>
    versions.every((version) => sameValue(version[field], versions[0]?.[field]))
  const top = { schema: 'validation' } as Record<string, string>
  return (field: keyof PerVersion, i: number): Path | undefined => {
    if (!agreed(field)) return path.child('versions').index(i).child(field)
    return i === 0 ? path.child(top[field] ?? field) : undefined
  }
}

function validateVersions(
  { versions = [] }: CustomResourceDefinitionSpec,
  old: CustomResourceDefinitionSpec | undefined,
  errors: FieldErrors,
): void {
  const at = path.child('versions')
  versions.forEach(({ schema }, i) => {
    if (schema?.openAPIV3Schema) return
    errors.required(at.index(i).child('schema').child('openAPIV3Schema'), 'schemas are required')
  })
  const placeOf = places(versions)
  const anyStatus = versions.some(({ subresources }) => subresources?.status)
  versions.forEach((version, i) => {
    const wrong = dns1035Label(version.name ?? '')
    if (wrong.length > 0) errors.invalid(at.index(i).child('name'), version.name ?? '', join(wrong))
    validateDeprecation(version, at.index(i).child('deprecationWarning'), errors)
    const before = old?.versions.find(({ name }) => name === version.name)?.schema?.openAPIV3Schema
    validateVersion(version, anyStatus, before, (field) => placeOf(field, i), errors)
  })
  if (new Set(versions.map(({ name }) => name)).size < versions.length) {
    errors.invalid(at, versions, 'must contain unique version names')
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.invalid(at, versions, 'must have exactly one version marked as storage version')
  }
}

function validateVersion(
  version: CustomResourceDefinitionVersion,
  anyStatus: boolean,
  before: JSONSchemaProps | undefined,
  place: (field: keyof PerVersion) => Path | undefined,
  errors: FieldErrors,
): void {
  const schema = version.schema?.openAPIV3Schema
  const schemaAt = place('schema')
  const hasStatus = place('subresources') ? version.subresources?.status !== undefined : anyStatus
  if (schema && schemaAt) validateSchema(schema, schemaAt, hasStatus, before, errors)
  const subresourcesAt = place('subresources')
  if (subresourcesAt) validateScale(version.subresources, subresourcesAt, errors)
  const columnsAt = place('additionalPrinterColumns')
  version.additionalPrinterColumns?.forEach((column, i) => {
    if (columnsAt) validateColumn(column, columnsAt.index(i), errors)
  })
  const selectableAt = place('selectableFields')
  if (selectableAt && version.selectableFields?.length) {
    validateSelectable(version.selectableFields, schema, selectableAt, errors)
  }
}

const maxWarningBytes = 256

function validateDeprecation(version: CustomResourceDefinitionVersion, at: Path, errors: FieldErrors): void {
  const { deprecated, deprecationWarning: warning } = version
  if (warning === undefined) return
  if (!deprecated) {
    errors.invalid(at, warning, 'can only be set for deprecated versions')
    return
  }
  if (Buffer.byteLength(warning) > maxWarningBytes) errors.invalid(at, warning, 'must be <= 256 characters long')
  if (warning === '') errors.invalid(at, warning, 'must not be an empty string')
  const control = /[^\P{C}]|[\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.exec(warning)
  if (!control) return
  const index = Buffer.byteLength(warning.slice(0, control.index))
  const text = `must only contain printable UTF-8 characters; non-printable character found at index ${index}`
  errors.invalid(at, warning, text)
}

/** Of the status as well, where a name that is not there is not yet accepted. */
export function validateNames(names: CustomResourceDefinitionNames, at: Path, errors: FieldErrors): void {
  for (const field of ['plural', 'singular'] as const) {
    const wrong = dns1035Label(names[field] ?? '')
    if (names[field] && wrong.length > 0) errors.invalid(at.child(field), names[field], join(wrong))
  }
  for (const field of ['kind', 'listKind'] as const) {
    const wrong = dns1035Label((names[field] ?? '').toLowerCase())
    if (!names[field] || wrong.length === 0) continue
    errors.invalid(at.child(field), names[field], `may have mixed case, but should otherwise match: ${join(wrong)}`)
  }
  const validateList = (field: 'shortNames' | 'categories'): void => {
    names[field]?.forEach((name, i) => {
      const wrong = dns1035Label(name)
      if (wrong.length > 0) errors.invalid(at.child(field).index(i), name, join(wrong))
    })
  }
  validateList('shortNames')
  if (names.kind && names.kind === names.listKind) {
    errors.invalid(at.child('listKind'), names.listKind, 'kind and listKind may not be the same')
  }
  validateList('categories')
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

function validateColumn(column: CustomResourceColumnDefinition, at: Path, errors: FieldErrors): void {
  const { name, type, format, jsonPath } = column
  if (!name) errors.required(at.child('name'))
  const oneOf = `must be one of ${columnTypes.join(',')}`
  if (!type) errors.required(at.child('type'), oneOf)
  else if (!columnTypes.includes(type)) errors.invalid(at.child('type'), type, oneOf)
  if (format && !columnFormats.includes(format)) {
    errors.invalid(at.child('format'), format, `must be one of ${columnFormats.join(',')}`)
  }
  if (!jsonPath) errors.required(at.child('JSONPath'))
  else validateSimplePath(jsonPath, at.child('JSONPath'), errors)
}

function validateSimplePath(value: string, at: Path, errors: FieldErrors): boolean {
  if (value.startsWith('.')) return true
  errors.invalid(at, value, 'must be a simple json path starting with .')
  return false
}

function validateScale(
  subresources: CustomResourceSubresources | undefined,
  subresourcesAt: Path,
  errors: FieldErrors,
): void {
  const scale = subresources?.scale
  if (!scale) return
  const at = subresourcesAt.child('scale')
  for (const part of ['spec', 'status'] as const) {
    const field = `${part}ReplicasPath` as const
    const value = scale[field]
    if (!value) errors.required(at.child(field))
    else if (validateSimplePath(value, at.child(field), errors) && !value.startsWith(`.${part}.`)) {
      errors.invalid(at.child(field), value, `should be a json path under .${part}`)
    }
  }
  const selector = scale.labelSelectorPath
  const selectorAt = at.child('labelSelectorPath')
  if (!selector || !validateSimplePath(selector, selectorAt, errors)) return
  if (selector.startsWith('.spec.') || selector.startsWith('.status.')) return
  errors.invalid(selectorAt, selector, 'should be a json path under either .spec or .status')
}

const maxSelectableFields = 8
const selectableTypes: readonly unknown[] = ['string', 'boolean', 'integer']

function validateSelectable(
  fields: readonly SelectableField[],
  schema: JSONSchemaProps | undefined,
  at: Path,
  errors: FieldErrors,
): void {
  // The schema is told to be wanted already.
  if (!schema || unsupported(schema) !== undefined) return
  const seen = new Set<string>()
  fields.forEach(({ jsonPath }, i) => {
    const pathAt = at.index(i).child('jsonPath')
    if (!jsonPath) {
      errors.required(pathAt)
      return
    }
    const { problem, steps, schema: found } = fieldPathProblem(jsonPath, schema, false)
    if (problem !== undefined) {
      errors.invalid(pathAt, jsonPath, `is an invalid path: ${problem}`)
      return
    }
    if (steps[0] === 'metadata') errors.invalid(pathAt, jsonPath, 'must not point to fields in metadata')
    if (!selectableTypes.includes(found?.type)) {
      const text =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
      errors.invalid(pathAt, jsonPath, text)
    }
    const key = steps.join('.')
    if (seen.has(key)) errors.duplicate(pathAt, jsonPath)
    seen.add(key)
  })
  if (seen.size > maxSelectableFields) errors.tooMany(at, seen.size, maxSelectableFields)
}

const strategies = ['None', 'Webhook']
const reviewVersions = ['v1', 'v1beta1']
const isKnown = (versions: readonly string[]): boolean => versions.some((version) => reviewVersions.includes(version))

function validateConversion(
  { strategy, webhook }: CustomResourceConversion,
  old: Definition | undefined,
  errors: FieldErrors,
): void {
  const at = path.child('conversion')
  const configAt = at.child('webhookClientConfig')
  const versionsAt = at.child('conversionReviewVersions')
  if (!strategy) errors.required(at.child('strategy'))
  else if (!strategies.includes(strategy)) errors.notSupported(at.child('strategy'), strategy, strategies)
  if (strategy !== 'Webhook') {
    const text = 'should not be set when strategy is not set to Webhook'
    if (webhook?.clientConfig) errors.forbidden(configAt, text)
    if (webhook?.conversionReviewVersions?.length) errors.forbidden(versionsAt, text)
    return
  }
  const config = webhook?.clientConfig
  if (!config) errors.required(configAt, 'required when strategy is set to Webhook')
  else {
    validateClientConfig(config, configAt, errors)
    const problem = config.caBundle && !mayBeBroken(old) ? caBundleProblem(config.caBundle) : undefined
    if (problem !== undefined) errors.invalid(configAt.child('caBundle'), config.caBundle, problem)
  }
  const before = old?.spec.conversion?.webhook?.conversionReviewVersions ?? []
  const versions = webhook?.conversionReviewVersions ?? []
  validateReviewVersions(versions, before.length === 0 || isKnown(before), versionsAt, errors)
}

/** The certificates are often filled in later, by somebody who waits for the definition. */
function mayBeBroken(old: Definition | undefined): boolean {
  if (!old || !isEstablished(old)) return true
  const bundle = old.spec.conversion?.webhook?.clientConfig?.caBundle
  return bundle !== undefined && bundle !== '' && caBundleProblem(bundle) !== undefined
}

function validateReviewVersions(versions: readonly string[], known: boolean, at: Path, errors: FieldErrors): void {
  if (versions.length === 0) {
    errors.required(at)
    return
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.invalid(at.index(i), version, 'duplicate version')
    else errors.invalidEach(at.index(i), version, dns1035Label(version))
  })
  if (known && !isKnown(versions)) {
    errors.invalid(at, versions, `must include at least one of ${reviewVersions.join(', ')}`)
  }
}

function validateStoredVersions({ spec, status }: Definition, errors: FieldErrors): void {
  const at = Path.of('status').child('storedVersions')
  const stored = status.storedVersions ?? []
  if (stored.length === 0) {
    errors.invalid(at, stored, 'must have at least one stored version')
    return
  }
  for (const { name, storage } of spec.versions ?? []) {
    if (storage && !stored.includes(name)) errors.invalid(at, stored, `must have the storage version ${name}`)
  }
  stored.forEach((version, i) => {
    if (spec.versions?.some(({ name }) => name === version)) return
    const text = `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`
    errors.invalid(at.index(i), version, text)
  })
}

const approval = 'api-approved.kubernetes.io'
const isProtected = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group)

/** Missing, or of no known form; undefined if it is good. */
function approvalProblem(value: string): 'missing' | 'invalid' | undefined {
  if (value === '') return 'missing'
  return value.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.test(value) ? undefined : 'invalid'
}

function validateApproval({ metadata, spec }: Definition, old: Definition | undefined, errors: FieldErrors): void {
  if (!isProtected(spec.group ?? '')) return
  const value = metadata.annotations?.[approval] ?? ''
  const problem = approvalProblem(value)
  if (problem === undefined) return
  if (old && approvalProblem(old.metadata.annotations?.[approval] ?? '') === problem) return
  const at = Path.of('metadata').child('annotations').key(approval)
  const needed = `protected groups must have approval annotation "${approval}"`
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  if (problem === 'missing') errors.required(at, `${needed}, ${see}`)
  else errors.invalid(at, value, `${needed} with either a URL or a reason starting with "unapproved", ${see}`)
}

const immutable = 'field is immutable'

export function validateDefinitionUpdate({ spec }: Definition, old: Definition, errors: FieldErrors): void {
  const same = (next: unknown, before: unknown, at: Path): void => {
    if (next !== before) errors.invalid(at, next ?? '', immutable)
  }
  const names = path.child('names')
  if (isEstablished(old)) {
    same(spec.scope, old.spec.scope, path.child('scope'))
    same(spec.names.kind, old.spec.names.kind, names.child('kind'))
  }
  same(spec.group, old.spec.group, path.child('group'))
  same(spec.names.plural, old.spec.names.plural, names.child('plural'))
}
