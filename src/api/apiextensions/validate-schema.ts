// What the schema of a custom kind may be like beside being structural: the parts of JSON Schema that are known here,
// lists with keys, and rules in CEL as far as their form goes.

import { own } from '#lib/json.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { fieldPathProblem } from './field-path.ts'
import type { JSONSchemaProps, ValidationRule } from './json-schema.ts'
import { checkSchema } from './schema-check.ts'
import { itemsOf, unsupported, validateStructural, valuesOf } from './validate-structural.ts'

/** With a status of its own, its schema is taken out of the whole; nothing else may speak of it. */
const rootFields: ReadonlySet<string> = new Set([
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
])
const rootFieldsInGo =
  '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]'

/** `path` is that of the field that holds the schema. */
export function validateSchema(
  schema: JSONSchemaProps,
  path: Path,
  hasStatus: boolean,
  before: JSONSchemaProps | undefined,
  errors: FieldErrors,
): void {
  const found = errors.all.length
  const at = path.child('openAPIV3Schema')
  if (hasStatus) validateRoot(schema, at, errors)
  if (schema.nullable) errors.forbidden(at.child('nullable'), 'nullable cannot be true at the root')
  const why = unsupported(schema)
  if (why === undefined) validateStructural(schema, at, errors)
  validateProps(schema, at, atRoot, errors)
  if (errors.all.length > found) return
  if (why === undefined) checkSchema({ schema, path: at, before }, errors)
  else errors.invalid(at, '', why)
}

function validateRoot(schema: JSONSchemaProps, path: Path, errors: FieldErrors): void {
  if (schema.type && schema.type !== 'object') {
    const text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    errors.invalid(path.child('type'), schema.type, text)
    return
  }
  if (Object.entries(schema).some(([field, value]) => value !== undefined && !rootFields.has(field))) {
    const text = `only ${rootFieldsInGo} fields are allowed at the root of the schema if the status subresource is enabled`
    errors.invalid(path, schema, text)
  }
}

/** Where a schema stands, as far as the rules depend on it. */
interface Place {
  readonly root: boolean
  /** Inside of the metadata, apiVersion or kind of an object. */
  readonly meta: boolean
  /** Why no default may stand there. */
  readonly noDefault: string | undefined
}

const atRoot: Place = { root: true, meta: false, noDefault: undefined }
const metaFields: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion'])
const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

function validateProps(schema: JSONSchemaProps, path: Path, given: Place, errors: FieldErrors): void {
  validateKeywords(schema, path, given, errors)
  const place = { ...given, root: false }
  const values = valuesOf(schema)
  if (schema.additionalProperties !== undefined) {
    const at = path.child('additionalProperties')
    if (Object.keys(schema.properties ?? {}).length > 0 && schema.additionalProperties !== true) {
      errors.forbidden(at, 'additionalProperties and properties are mutual exclusive')
    }
    const reason = 'inside additionalProperties applying to object metadata'
    if (values) validateProps(values, at, place.meta ? { ...place, noDefault: reason } : place, errors)
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isMeta = (given.root || schema['x-kubernetes-embedded-resource'] === true) && metaFields.has(name)
    const below = {
      ...place,
      meta: place.meta || isMeta,
      noDefault: given.root && isMeta ? `in top-level ${name}` : place.noDefault,
    }
    validateProps(property, path.child('properties').key(name), below, errors)
  }
  if (schema.not) validateProps(schema.not, path.child('not'), place, errors)
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
    schema[junctor]?.forEach((one, i) => {
      validateProps(one, path.child(junctor).index(i), place, errors)
    })
  }
  const items = itemsOf(schema)
  if (items) validateProps(items, path.child('items'), place, errors)
  validateListType(schema, path, errors)
  schema['x-kubernetes-validations']?.forEach((rule, i) => {
    validateRule(rule, schema, path.child('x-kubernetes-validations').index(i), errors)
  })
}

function validateKeywords(schema: JSONSchemaProps, path: Path, { meta, noDefault }: Place, errors: FieldErrors): void {
  if (schema.type && !types.includes(schema.type)) errors.notSupported(path.child('type'), schema.type, types)
  if (schema.default !== undefined && noDefault !== undefined) {
    errors.forbidden(path.child('default'), `must not be set ${noDefault}`)
  }
  if (schema.id) errors.forbidden(path.child('id'), 'id is not supported')
  for (const field of ['additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const) {
    if (schema[field] !== undefined) errors.forbidden(path.child(field), `${field} is not supported`)
  }
  if (schema.type === 'null') {
    errors.forbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative')
  }
  if (Array.isArray(schema.items)) {
    errors.forbidden(path.child('items'), 'items must be a schema object and not an array')
  }
  if (meta && schema['x-kubernetes-embedded-resource']) {
    errors.forbidden(path.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta')
  }
  if (schema.uniqueItems) {
    const text = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.forbidden(path.child('uniqueItems'), text)
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined')
  }
  const mapType = schema['x-kubernetes-map-type']
  if (mapType === undefined) return
  requireType(schema, 'object', 'x-kubernetes-map-type', path, errors)
  if (mapType !== 'atomic' && mapType !== 'granular') {
    errors.notSupported(path.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular'])
  }
}

function requireType(schema: JSONSchemaProps, type: string, extension: string, path: Path, errors: FieldErrors): void {
  if (schema.type === type) return
  const text = `must be ${type} if ${extension} is specified`
  if (schema.type) errors.invalid(path.child('type'), schema.type, text)
  else errors.required(path.child('type'), text)
}

const listTypes = ['atomic', 'set', 'map']

function validateListType(schema: JSONSchemaProps, path: Path, errors: FieldErrors): void {
  const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] } = schema
  const items = itemsOf(schema)
  const typeAt = path.child('x-kubernetes-list-type')
  if (type !== undefined && schema.type !== 'array') {
    requireType(schema, 'array', 'x-kubernetes-list-type', path, errors)
  } else if (type === 'set' && items) validateSetItems(items, path.child('items'), errors)
  if (type !== undefined && !listTypes.includes(type)) errors.notSupported(typeAt, type, listTypes)
  if (keys.length > 0 && type !== 'map') {
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty'
    if (type === undefined) errors.required(typeAt, text)
    else errors.invalid(typeAt, type, text)
  }
  if (type === 'map') validateMapKeys(schema, keys, path, errors)
  if (!items || (type !== 'set' && type !== 'map')) return
  if (items.nullable) {
    const text = `cannot be nullable when x-kubernetes-list-type is ${type}`
    errors.forbidden(path.child('items').child('nullable'), text)
  }
  if (type === 'map') validateKeysPresent(items, keys, path.child('items').child('properties'), errors)
}

/** What is told apart as a whole must be changed as a whole. */
function validateSetItems(items: JSONSchemaProps, path: Path, errors: FieldErrors): void {
  const text = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items['x-kubernetes-list-type']
  const mapType = items['x-kubernetes-map-type']
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    errors.invalid(path.child('x-kubernetes-list-type'), listType, text)
  }
  if (items.type === 'object' && mapType !== 'atomic') {
    errors.invalid(path.child('x-kubernetes-map-type'), mapType ?? null, text)
  }
}

function validateMapKeys(schema: JSONSchemaProps, keys: readonly string[], path: Path, errors: FieldErrors): void {
  const keysAt = path.child('x-kubernetes-list-map-keys')
  const itemsAt = path.child('items')
  const items = itemsOf(schema)
  if (keys.length === 0) errors.required(keysAt, 'must not be empty if x-kubernetes-list-type is map')
  if (schema.items === undefined) errors.required(itemsAt, 'must have a schema if x-kubernetes-list-type is map')
  if (Array.isArray(schema.items)) {
    errors.invalid(itemsAt, schema.items, 'must only have a single schema if x-kubernetes-list-type is map')
  }
  if (!items) return
  if (items.type !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map"
    errors.invalid(itemsAt.child('type'), items.type ?? '', text)
    return
  }
  keys.forEach((key, i) => {
    const property = own(items.properties ?? {}, key)
    if (!property) errors.invalid(keysAt, keys, 'entries must all be names of item properties')
    else if (property.type === 'array' || property.type === 'object') {
      const text = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.invalid(itemsAt.child('properties').key(key).child('type'), items.type, text)
    }
    if (keys.indexOf(key) < i) errors.invalid(keysAt, keys, 'must not contain duplicate entries')
  })
}

function validateKeysPresent(
  items: JSONSchemaProps,
  keys: readonly string[],
  properties: Path,
  errors: FieldErrors,
): void {
  const because = 'this property is in x-kubernetes-list-map-keys, so it'
  for (const key of keys) {
    const property = own(items.properties ?? {}, key)
    if (!property) continue
    if (!items.required?.includes(key) && property.default === undefined) {
      errors.required(properties.key(key).child('default'), `${because} must have a default or be a required property`)
    }
    if (property.nullable) errors.forbidden(properties.key(key).child('nullable'), `${because} cannot be nullable`)
  }
}

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const lineBreak = /[\n\r]/

function validateRule(rule: ValidationRule, schema: JSONSchemaProps, path: Path, errors: FieldErrors): void {
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule
  const expression = (rule.rule ?? '').trim()
  const said = message.trim()
  const messageAt = path.child('message')
  if (expression === '') errors.required(path.child('rule'), 'rule is not specified')
  else if (message !== '' && said === '') errors.invalid(messageAt, message, 'message must be non-empty if specified')
  else if (lineBreak.test(said)) errors.invalid(messageAt, message, 'message must not contain line breaks')
  else if (lineBreak.test(expression) && said === '') {
    errors.required(messageAt, 'message must be specified if rule contains line breaks')
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.required(path.child('messageExpression'), 'messageExpression must be non-empty if specified')
  }
  if (reason !== undefined && !reasons.includes(reason)) errors.notSupported(path.child('reason'), reason, reasons)
  if (fieldPath === '') return
  const at = path.child('fieldPath')
  if (fieldPath.trim() === '') errors.invalid(at, fieldPath, 'fieldPath must be non-empty if specified')
  if (lineBreak.test(fieldPath)) errors.invalid(at, fieldPath, 'fieldPath must not contain line breaks')
  if (unsupported(schema) === undefined && fieldPathProblem(fieldPath, schema).problem !== undefined) {
    errors.invalid(at, fieldPath, 'fieldPath must be a valid path')
  }
}
