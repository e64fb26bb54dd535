// Whether the expressions that policies, webhooks and device classes keep may stand there: what they may refer to at
// each place, and what they must give. Objects are dyn, since a policy may be about several kinds.

import type { CelCheck, CelEnvironment, CelVariables } from '#api/cel-problems.ts'
import { compile, Environment } from './cel.ts'
import type { StructType } from './check.ts'
import { Constructed } from './constructed.ts'
import { objectType } from './schema-types.ts'
import {
  assignable,
  Bool,
  Dyn,
  listOf,
  mapOf,
  Null,
  type ObjectType,
  opaque,
  Text,
  type Type,
  typeText,
} from './types.ts'
import { type Convert, ObjectValue, type Value } from './values.ts'

const versioned = (fields: readonly string[]): Type =>
  objectType(`kubernetes.${fields.join('')}`, Object.fromEntries(fields.map((field) => [field, Text])))

/** The variable `request` of admission. */
export const requestType: ObjectType = objectType('kubernetes.AdmissionRequest', {
  kind: versioned(['group', 'version', 'kind']),
  resource: versioned(['group', 'version', 'resource']),
  subResource: Text,
  requestKind: versioned(['group', 'version', 'kind']),
  requestResource: versioned(['group', 'version', 'resource']),
  requestSubResource: Text,
  name: Text,
  namespace: Text,
  operation: Text,
  userInfo: objectType('kubernetes.UserInfo', {
    username: Text,
    uid: Text,
    groups: listOf(Text),
    extra: mapOf(Text, listOf(Text)),
  }),
  dryRun: Bool,
  options: Dyn,
})

const authorizer = {
  authorizer: opaque('kubernetes.authorization.Authorizer'),
  'authorizer.requestResource': opaque('kubernetes.authorization.ResourceCheck'),
}

/** `Object{...}`, `Object.spec{...}`: what applyConfiguration makes; any field of any type. */
const anyObject = (name: string): StructType => ({
  type: opaque(name),
  field: () => Dyn,
  make: (fields) => new Constructed(name, fields),
})

const patchFields: ReadonlyMap<string, Type> = new Map([
  ['op', Text],
  ['path', Text],
  ['from', Text],
  ['value', Dyn],
])
const jsonPatch: StructType = {
  type: opaque('JSONPatch'),
  field: (name) => patchFields.get(name),
  make: (fields) => new Constructed('JSONPatch', fields),
}

/** The messages that mutations are made of, by name. */
export const mutationStructs = (name: string): StructType | undefined =>
  name === 'JSONPatch' ? jsonPatch : name === 'Object' || name.startsWith('Object.') ? anyObject(name) : undefined

/** What `variables` holds are values already, of whichever type each expression gives. */
function variablesReader(names: readonly string[]): Convert {
  const fields = new Map(names.map((name) => [name, { name, convert: (value: unknown) => value as Value }]))
  const shape = { name: 'kubernetes.variables', fields }
  return (values) => new ObjectValue(values as Readonly<Record<string, Value>>, shape)
}

/** Where an expression of an admission policy or webhook stands. */
export function admissionEnvironment(options: {
  readonly params: boolean
  readonly variables: Readonly<Record<string, Type>> | undefined
  readonly authorizer?: boolean
}): Environment {
  return new Environment({
    variables: {
      object: Dyn,
      oldObject: Dyn,
      request: requestType,
      namespaceObject: Dyn,
      ...(options.params ? { params: Dyn } : {}),
      ...(options.variables ? { variables: objectType('kubernetes.variables', options.variables) } : {}),
      ...(options.authorizer === false ? {} : authorizer),
    },
    ...(options.variables ? { converters: { variables: variablesReader(Object.keys(options.variables)) } } : {}),
    struct: mutationStructs,
  })
}

const deviceEnvironment = new Environment({
  variables: {
    device: objectType('kubernetes.DRADevice', {
      driver: Text,
      attributes: mapOf(Text, mapOf(Text, Dyn)),
      capacity: mapOf(Text, mapOf(Text, opaque('kubernetes.Quantity'))),
      allowMultipleAllocations: Bool,
    }),
  },
})

/** What an expression must give at each place. */
export const results: Readonly<Record<CelEnvironment['use'], readonly Type[]>> = {
  matchCondition: [Bool],
  validation: [Bool],
  auditAnnotation: [Text, Null],
  message: [Text],
  variable: [],
  applyConfiguration: [opaque('Object')],
  jsonPatch: [listOf(opaque('JSONPatch'))],
  device: [Bool],
}

const fit = (type: Type, wanted: Type): boolean =>
  (type.kind !== 'null' || wanted.kind === 'null') && assignable(type, wanted, new Map())
const named = (type: Type): string => (type.kind === 'null' ? 'null_type' : typeText(type))

/** Tells of every place that asks, each problem as the detail of a field error. */
export const checkStoredExpression: CelCheck = (expression, environment) => {
  const wanted = results[environment.use]
  const compiled = compile(expression, environmentOf(environment))
  if (!compiled.program) return [compiled.text]
  const { type } = compiled.program
  // An empty list is a list of anything, but null is not any message.
  const fits = wanted.length === 0 || wanted.some((one) => fit(type, one))
  if (fits) return []
  const [first] = wanted
  return [
    wanted.length === 1 && first
      ? `must evaluate to ${named(first)}`
      : `must evaluate to one of [${wanted.map(named).join(' ')}]`,
  ]
}

function environmentOf(environment: CelEnvironment): Environment {
  if (environment.use === 'device') return deviceEnvironment
  const before = 'variables' in environment ? typesOf(environment.variables, environment.params) : undefined
  return admissionEnvironment({
    params: environment.params,
    variables: before,
    authorizer: environment.use !== 'message',
  })
}

/** What the variables before this one give; one that is bad itself may be anything. */
function typesOf(variables: CelVariables, params: boolean): Record<string, Type> {
  const types: Record<string, Type> = {}
  for (const { name, expression } of variables) {
    const compiled = compile(expression, admissionEnvironment({ params, variables: types }))
    types[name] = compiled.program?.type ?? Dyn
  }
  return types
}
