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
import { type Convert, type ObjectField, ObjectValue, type Value } from './values.ts'

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
const mutationStructs = (name: string): StructType | undefined =>
  name === 'JSONPatch' ? jsonPatch : name === 'Object' || name.startsWith('Object.') ? anyObject(name) : undefined

/** The type of `variables`, as far as they are known at a place: they are added one by one, and all share one table. */
export class VariablesType implements ObjectType {
  readonly kind = 'object'
  readonly name = 'kubernetes.variables'
  readonly #known: Map<string, { readonly index: number; readonly type: Type }>
  readonly #count: number

  constructor(known: Map<string, { readonly index: number; readonly type: Type }> = new Map(), count = 0) {
    this.#known = known
    this.#count = count
  }

  field(name: string): Type | undefined {
    const found = this.#known.get(name)
    return found && found.index < this.#count ? found.type : undefined
  }

  /** With one more; to be asked of the last one only. */
  with(name: string, type: Type): VariablesType {
    if (!this.#known.has(name)) this.#known.set(name, { index: this.#count, type })
    return new VariablesType(this.#known, this.#count + 1)
  }
}

/** What `variables` holds are values already, of whichever type each expression gives. */
class AnyField extends Map<string, ObjectField> {
  override get(name: string): ObjectField {
    return { name, convert: (value) => value as Value }
  }
}
const variablesShape = { name: 'kubernetes.variables', fields: new AnyField() }
const readVariables: Convert = (values) => new ObjectValue(values as Readonly<Record<string, Value>>, variablesShape)

/** Where an expression of an admission policy or webhook stands. */
export function admissionEnvironment(options: {
  readonly params: boolean
  readonly variables: VariablesType | undefined
  readonly authorizer?: boolean
}): Environment {
  return new Environment({
    variables: {
      object: Dyn,
      oldObject: Dyn,
      request: requestType,
      namespaceObject: Dyn,
      ...(options.params ? { params: Dyn } : {}),
      ...(options.variables ? { variables: options.variables } : {}),
      ...(options.authorizer === false ? {} : authorizer),
    },
    converters: { variables: readVariables },
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
  const { params } = environment
  if (!('variables' in environment)) return admissionEnvironment({ params, variables: undefined })
  const scopes = scopesOf(environment.variables, params)
  const after = environment.use === 'variable' ? environment.index : environment.variables.length
  return environment.use === 'message' ? scopes.forMessages : scopes.after(after)
}

/** Where the expressions of one policy stand: each variable is compiled once, when an expression after it is met. */
class Scopes {
  readonly #variables: CelVariables
  readonly #params: boolean
  /** What is known before each variable, and after the last one that has been looked at. */
  readonly #types: VariablesType[] = [new VariablesType()]
  /** The last one asked for: most stand behind all variables. */
  #last: { readonly count: number; readonly environment: Environment } | undefined
  #forMessages: Environment | undefined

  constructor(variables: CelVariables, params: boolean) {
    this.#variables = variables
    this.#params = params
  }

  /** Where the first so many variables are known. A bad one may be anything. */
  after(count: number): Environment {
    for (let i = this.#types.length - 1; i < count; i++) {
      const { name, expression } = this.#variables[i]!
      const { program } = compile(expression ?? '', this.#environment(i))
      this.#types.push(this.#types[i]!.with(name ?? '', program?.type ?? Dyn))
    }
    return this.#environment(count)
  }

  get forMessages(): Environment {
    const count = this.#variables.length
    this.after(count)
    this.#forMessages ??= admissionEnvironment({
      params: this.#params,
      variables: this.#types[count],
      authorizer: false,
    })
    return this.#forMessages
  }

  #environment(count: number): Environment {
    if (this.#last?.count === count) return this.#last.environment
    const environment = admissionEnvironment({ params: this.#params, variables: this.#types[count] })
    this.#last = { count, environment }
    return environment
  }
}

/** By the list of variables, which is the same for all expressions of a policy that is checked. */
const known = { withParams: new WeakMap<CelVariables, Scopes>(), plain: new WeakMap<CelVariables, Scopes>() }

function scopesOf(variables: CelVariables, params: boolean): Scopes {
  const all = params ? known.withParams : known.plain
  let scopes = all.get(variables)
  if (!scopes) {
    scopes = new Scopes(variables, params)
    all.set(variables, scopes)
  }
  return scopes
}
