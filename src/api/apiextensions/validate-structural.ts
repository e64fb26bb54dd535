// Whether a schema is structural: what values are made of is said once and outside of every allOf, anyOf, oneOf and
// not; these only say which values are good. Without that nobody could say which fields to keep.

import { patternProblem } from '../custom/pattern.ts'
import { sameValue } from '../equal.ts'
import { FieldErrors, type Path } from '../field-errors.ts'
import type { JSONSchemaProps } from './json-schema.ts'

type Level = 'root' | 'item' | 'field'

const levelTexts: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** The schema of items and of values of a map, where there is one. */
export const itemsOf = ({ items }: JSONSchemaProps): JSONSchemaProps | undefined =>
  Array.isArray(items) ? undefined : items
export const valuesOf = ({ additionalProperties: values }: JSONSchemaProps): JSONSchemaProps | undefined =>
  typeof values === 'object' ? values : undefined

/** What stands in the way of reading the schema as a structural one; undefined if nothing does. */
export function unsupported(schema: JSONSchemaProps): string | undefined {
  const of = (name: string) => `OpenAPIV3Schema '${name}' is not supported`
  if (schema.id) return of('id')
  if (schema.$schema) return of('schema')
  if (schema.$ref) return of('$ref')
  if (Object.keys(schema.patternProperties ?? {}).length > 0) return of('patternProperties')
  if (Object.keys(schema.dependencies ?? {}).length > 0) return of('dependencies')
  if (schema.additionalItems !== undefined) return of('additionalItems')
  if (Object.keys(schema.definitions ?? {}).length > 0) return of('definitions')
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array"
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
  }
  for (const below of subschemas(schema)) {
    const found = unsupported(below)
    if (found !== undefined) return found
  }
  return undefined
}

/** The schemas directly below one that may be read. */
export function* subschemas(schema: JSONSchemaProps): Iterable<JSONSchemaProps> {
  for (const one of [itemsOf(schema), valuesOf(schema), schema.not]) if (one) yield one
  for (const list of [schema.allOf, schema.anyOf, schema.oneOf]) yield* list ?? []
  yield* Object.values(schema.properties ?? {})
}

/** Adds the errors in the order of their texts, as upstream does. */
export function validateStructural(schema: JSONSchemaProps, path: Path, errors: FieldErrors): void {
  const found = new FieldErrors()
  validateInvariants(schema, 'root', path, found)
  validateCompleteness(schema, schema, path, path, found)
  const text = ({ field, message }: { field: string; message: string }) => `${field}: ${message}`
  for (const { reason, field, message } of [...found.all].sort((a, b) => (text(a) < text(b) ? -1 : 1))) {
    errors.add(reason, field, message)
  }
}

function validateInvariants(s: JSONSchemaProps, level: Level, path: Path, errors: FieldErrors): void {
  const items = itemsOf(s)
  const values = valuesOf(s)
  const embedded = s['x-kubernetes-embedded-resource'] === true
  const keepsUnknown = s['x-kubernetes-preserve-unknown-fields'] === true
  if (s.type === 'array' && !items) errors.required(path.child('items'), 'must be specified')
  if (items) validateInvariants(items, 'item', path.child('items'), errors)
  for (const [name, property] of Object.entries(s.properties ?? {})) {
    validateInvariants(property, 'field', path.child('properties').key(name), errors)
  }
  if (s.additionalProperties !== undefined) {
    const at = path.child('additionalProperties')
    if (level === 'root') errors.forbidden(at, 'must not be used at the root')
    if (values) validateInvariants(values, 'field', at, errors)
  }
  if (s['x-kubernetes-int-or-string']) {
    const text = 'must be false if x-kubernetes-int-or-string is true'
    if (keepsUnknown) errors.invalid(path.child('x-kubernetes-preserve-unknown-fields'), true, text)
    if (embedded) errors.invalid(path.child('x-kubernetes-embedded-resource'), true, text)
  }
  validateJunctors(s, { anyOf: isIntOrString(s.anyOf), firstOfAllOf: isIntOrString(s.allOf?.[0]?.anyOf) }, path, errors)
  validateType(s, level, path, errors)
  if (embedded && s.additionalProperties !== undefined) {
    const text = 'must not be used if x-kubernetes-embedded-resource is set'
    errors.forbidden(path.child('additionalProperties'), text)
  }
  validateMetadata(s, level, path, errors)
  if (embedded && !keepsUnknown && Object.keys(s.properties ?? {}).length === 0) {
    const text =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.required(path.child('properties'), text)
  }
}

function validateType(s: JSONSchemaProps, level: Level, path: Path, errors: FieldErrors): void {
  const at = path.child('type')
  const type = s.type ?? ''
  if (s['x-kubernetes-embedded-resource'] && type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true'
    if (type === '') errors.required(at, text)
    else errors.invalid(at, type, text)
  } else if (type === '' && !s['x-kubernetes-int-or-string'] && !s['x-kubernetes-preserve-unknown-fields']) {
    errors.required(at, levelTexts[level])
  }
  if (level === 'root' && type !== '' && type !== 'object') errors.invalid(at, type, 'must be object at the root')
}

/** What every object has is known already; only its name can be narrowed. */
function validateMetadata(s: JSONSchemaProps, level: Level, path: Path, errors: FieldErrors): void {
  const properties = path.child('properties')
  const check = level === 'root' || s['x-kubernetes-embedded-resource'] === true
  for (const name of ['kind', 'apiVersion']) {
    const type = s.properties?.[name] && (s.properties[name].type ?? '')
    if (check && type !== undefined && type !== 'string') {
      errors.invalid(properties.key(name).child('type'), type, 'must be string')
    }
  }
  const metadata = s.properties?.metadata
  if (!metadata) return
  const at = properties.key('metadata')
  if (check && metadata.type !== 'object') errors.invalid(at.child('type'), metadata.type ?? '', 'must be object')
  if (level !== 'root') return
  const { type: _type, default: _default, properties: names = {}, externalDocs: _docs, example: _e, ...rest } = metadata
  const onlyNames = Object.keys(names).every((name) => name === 'name' || name === 'generateName')
  if (!onlyNames || Object.values(rest).some((value) => value !== undefined)) {
    const text = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    errors.forbidden(at, text)
  }
}

const intOrString = [{ type: 'integer' }, { type: 'string' }]
const isIntOrString = (anyOf: readonly JSONSchemaProps[] | undefined): boolean => sameValue(anyOf, intOrString)

/** Where types may stand although nothing else may: the two ways to write a number or a text. */
interface Exceptions {
  readonly anyOf: boolean
  readonly firstOfAllOf: boolean
}
const noExceptions: Exceptions = { anyOf: false, firstOfAllOf: false }

function validateJunctors(s: JSONSchemaProps, except: Exceptions, path: Path, errors: FieldErrors): void {
  if (!except.anyOf) {
    s.anyOf?.forEach((one, i) => {
      validateNested(one, noExceptions, path.child('anyOf').index(i), errors)
    })
  }
  s.allOf?.forEach((one, i) => {
    const skip = { anyOf: except.firstOfAllOf && i === 0, firstOfAllOf: false }
    validateNested(one, skip, path.child('allOf').index(i), errors)
  })
  s.oneOf?.forEach((one, i) => {
    validateNested(one, noExceptions, path.child('oneOf').index(i), errors)
  })
  if (s.not) validateNested(s.not, noExceptions, path.child('not'), errors)
  if (s.pattern) {
    const problem = patternProblem(s.pattern)
    const text = `must be a valid regular expression, but isn't: ${problem}`
    if (problem !== undefined) errors.invalid(path.child('pattern'), s.pattern, text)
  }
}

/** What would say what a value is made of, and so may not stand below a junctor. */
const forbidden: readonly (readonly [keyof JSONSchemaProps, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

function validateNested(s: JSONSchemaProps, except: Exceptions, path: Path, errors: FieldErrors): void {
  validateJunctors(s, except, path, errors)
  const items = itemsOf(s)
  if (items) validateNested(items, noExceptions, path.child('items'), errors)
  for (const [name, property] of Object.entries(s.properties ?? {})) {
    validateNested(property, noExceptions, path.child('properties').key(name), errors)
  }
  for (const [field, text] of forbidden) if (s[field] !== undefined) errors.forbidden(path.child(field), text)
  if (s.properties?.metadata) {
    errors.forbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context')
  }
}

/** Whatever a junctor speaks of must be declared outside of it. `v` stands at `at`, what is declared at `path`. */
function validateCompleteness(v: JSONSchemaProps, s: JSONSchemaProps, path: Path, at: Path, errors: FieldErrors): void {
  if (v.not) validateDeclared(v.not, s, path, at.child('not'), errors)
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const) {
    v[junctor]?.forEach((one, i) => {
      validateDeclared(one, s, path, at.child(junctor).index(i), errors)
    })
  }
}

function validateDeclared(
  v: JSONSchemaProps,
  s: JSONSchemaProps | undefined,
  path: Path,
  at: Path,
  errors: FieldErrors,
): void {
  if (!s) {
    errors.required(path, `because it is defined in ${at}`)
    return
  }
  validateCompleteness(v, s, path, at, errors)
  const items = itemsOf(v)
  if (items) validateDeclared(items, itemsOf(s), path.child('items'), at.child('items'), errors)
  for (const [name, property] of Object.entries(v.properties ?? {})) {
    const place = at.child('properties').key(name)
    validateDeclared(property, s.properties?.[name], path.child('properties').key(name), place, errors)
  }
}
