// The language's own conformance cases. Left out, each with its reason, is what Kubernetes has no use for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tests as suite } from '@bufbuild/cel-spec/testdata/conformance.js'
import { compile, Environment } from './cel.ts'
import { fn, type Overload } from './functions.ts'
import { kubernetesLibraries } from './libraries.ts'
import { parseDuration, parseTimestamp } from './time.ts'
import {
  Bool,
  Bytes,
  Double,
  DurationType,
  Dyn,
  Int,
  listOf,
  mapOf,
  Null,
  opaque,
  optionalOf,
  Text,
  TimestampType,
  type Type,
  typeOf,
  typeText,
  UintType,
} from './types.ts'
import { equals, isMap, List, LiteralMap, TypeValue, typeName, Uint, type Value } from './values.ts'

// biome-ignore lint/suspicious/noExplicitAny: the cases are protobuf messages as JSON
type Json = any
interface Case {
  readonly path: string
  readonly original: Json
}

function cases(node: Json, path: string): Case[] {
  const own = (node.tests ?? []).map(({ original }: Json) => ({ path: `${path}/${original.name}`, original }))
  return [
    ...own,
    ...(node.suites ?? []).flatMap((child: Json) => cases(child, path === '' ? child.name : `${path}/${child.name}`)),
  ]
}

const skippedSuites: Readonly<Record<string, string>> = {
  block_ext: 'cel.block is for generated expressions',
  encoders_ext: 'base64 is not among the libraries of Kubernetes',
  enums: 'protobuf enums',
  math_ext: 'math is not among the libraries of Kubernetes',
  proto2: 'protobuf messages',
  proto2_ext: 'protobuf extensions',
  proto3: 'protobuf messages',
  wrappers: 'protobuf messages',
}

const skippedTexts: readonly (readonly [RegExp, string])[] = [
  [/TestAllTypes|NestedMessage|proto[23]\b|TestAny/, 'protobuf messages'],
  [
    /google\.protobuf\.\w+(?:Value|Any|Struct)|google\.protobuf\.(?:Struct|Any|Value|ListValue)/,
    'protobuf wrappers and JSON messages',
  ],
  [/NullValue\.NULL_VALUE|GlobalEnum/, 'protobuf enums'],
]

const skippedCases: Readonly<Record<string, string>> = {
  'namespace/namespace/self_eval_container_lookup': 'expressions in Kubernetes stand in no container',
  'namespace/namespace/self_eval_container_lookup_unchecked': 'expressions in Kubernetes stand in no container',
}

function skipReason({ path, original }: Case): string | undefined {
  const inSuite = Object.keys(skippedSuites).find((prefix) => path.startsWith(`${prefix}/`))
  if (inSuite) return skippedSuites[inSuite]
  const text = JSON.stringify([
    original.expr,
    original.typeEnv,
    original.bindings,
    original.value,
    original.typedResult,
  ])
  return skippedTexts.find(([pattern]) => pattern.test(text))?.[1] ?? skippedCases[path]
}

function value(json: Json): Value {
  const [[kind, content] = ['', undefined]] = Object.entries(json) as [string, Json][]
  switch (kind) {
    case 'int64Value':
      return BigInt(content)
    case 'uint64Value':
      return new Uint(BigInt(content))
    case 'doubleValue':
      return Number(content)
    case 'stringValue':
    case 'boolValue':
      return content
    case 'bytesValue':
      return new Uint8Array(Buffer.from(content, 'base64'))
    case 'nullValue':
      return null
    case 'typeValue':
      return new TypeValue(content)
    case 'listValue':
      return new List((content.values ?? []).map(value))
    case 'mapValue': {
      const map = new LiteralMap()
      for (const entry of content.entries ?? []) map.add(value(entry.key), value(entry.value))
      return map
    }
    case 'objectValue': {
      const text = content.value
      return String(content['@type']).endsWith('.Duration') ? parseDuration(text) : parseTimestamp(text)
    }
    default:
      throw new Error(`cannot read ${JSON.stringify(json)}`)
  }
}

const primitives: Readonly<Record<string, Type>> = {
  BOOL: Bool,
  INT64: Int,
  UINT64: UintType,
  DOUBLE: Double,
  STRING: Text,
  BYTES: Bytes,
}

function type(json: Json): Type {
  if (json.primitive) return primitives[json.primitive] as Type
  if (json.wellKnown)
    return ({ DURATION: DurationType, TIMESTAMP: TimestampType } as Record<string, Type>)[json.wellKnown] ?? Dyn
  if (json.listType) return listOf(type(json.listType.elemType ?? { dyn: {} }))
  if (json.mapType) return mapOf(type(json.mapType.keyType), type(json.mapType.valueType))
  if (json.typeParam) return { kind: 'param', name: json.typeParam }
  if (json.null !== undefined) return Null
  if (json.type) return typeOf(Object.keys(json.type).length === 0 ? undefined : type(json.type))
  if (json.abstractType?.name === 'optional_type') return optionalOf(type(json.abstractType.parameterTypes[0]))
  if (json.abstractType) return opaque(json.abstractType.name)
  return Dyn
}

function environment({ original }: Case): Environment {
  const variables: Record<string, Type> = {}
  const functions: Overload[] = []
  for (const { name, ident, function: declared } of original.typeEnv ?? []) {
    if (ident) variables[name] = type(ident.type)
    for (const { params = [], resultType, isInstanceFunction = false } of declared?.overloads ?? []) {
      functions.push({
        ...fn(name, '() -> int', () => null),
        member: isInstanceFunction,
        params: params.map(type),
        result: type(resultType),
      })
    }
  }
  return new Environment({
    variables,
    functions: [...kubernetesLibraries, ...functions],
    homogeneous: false,
    unchecked: original.disableCheck ?? false,
  })
}

function same(a: Value, b: Value): boolean {
  if (typeof a === 'number' && Number.isNaN(a)) return typeof b === 'number' && Number.isNaN(b)
  if (typeName(a) !== typeName(b)) return false
  if (a instanceof List && b instanceof List)
    return a.size === b.size && a.values().every((item, i) => same(item, b.at(i)))
  return equals(a, b)
}

const shown = (found: Value): string =>
  found instanceof List
    ? `[${found.values().map(shown)}]`
    : typeof found === 'object' && found !== null && isMap(found)
      ? `{${found.keys().map((key) => `${shown(key)}: ${shown(found.get(key) as Value)}`)}}`
      : `${typeName(found)} ${found instanceof Uint ? found.value : found instanceof TypeValue ? found.name : String(found)}`

/** What is wrong, or undefined. */
function outcome(one: Case): string | undefined {
  const { original } = one
  const compiled = compile(original.expr, environment(one))
  const wantsError = original.evalError !== undefined
  if (!compiled.program) return wantsError ? undefined : `does not compile: ${compiled.text}`
  const deduced = original.typedResult?.deducedType
  if (deduced && typeText(compiled.program.type) !== typeText(type(deduced))) {
    return `is a ${typeText(compiled.program.type)}, not a ${typeText(type(deduced))}`
  }
  if (original.checkOnly) return undefined
  const variables: Record<string, Value> = {}
  for (const [name, bound] of Object.entries<Json>(original.bindings ?? {})) variables[name] = value(bound.value)
  const result = compiled.program.run(variables)
  if (wantsError) return result.error === undefined ? `gives ${shown(result.value)}, not an error` : undefined
  if (result.error !== undefined) return `fails: ${result.error}`
  const wanted = value(original.value ?? original.typedResult?.result ?? { boolValue: true })
  return same(result.value, wanted) ? undefined : `gives ${shown(result.value)}, not ${shown(wanted)}`
}

const all = cases(suite, '')

test('the conformance cases are all there', () => {
  assert.ok(all.length >= 2344)
})

for (const name of new Set(all.map(({ path }) => path.split('/')[0] as string))) {
  const mine = all.filter(({ path }) => path.startsWith(`${name}/`))
  const running = mine.filter((one) => skipReason(one) === undefined)
  if (running.length === 0) continue
  test(`conformance: ${name}, ${running.length} of ${mine.length} cases`, () => {
    const wrong = running.flatMap((one) => {
      const problem = outcome(one)
      return problem === undefined ? [] : [`${one.path}: ${one.original.expr} ${problem}`]
    })
    assert.deepEqual(wrong, [])
  })
}

test('every case that is left out by name is one that fails', () => {
  const passing = all.filter((one) => skippedCases[one.path] !== undefined && outcome(one) === undefined)
  assert.deepEqual(
    passing.map(({ path }) => path),
    [],
  )
})
