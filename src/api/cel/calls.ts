// Calls of functions: straight to the overload where only one can be meant, else to the first that fits the values.

import { isObject } from './access.ts'
import { charge, type Run } from './frame.ts'
import type { Overload } from './functions.ts'
import type { Type } from './types.ts'
import {
  Duration,
  isMap,
  List,
  noSuchOverload,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './values.ts'

/** Is the value of this type, as far as an overload is told by it? */
function fits(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'int':
      return typeof value === 'bigint'
    case 'double':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'bool':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    case 'uint':
      return value instanceof Uint
    case 'bytes':
      return value instanceof Uint8Array
    case 'timestamp':
      return value instanceof Timestamp
    case 'duration':
      return value instanceof Duration
    case 'list':
      return value instanceof List
    case 'optional':
      return value instanceof Optional
    case 'type':
      return value instanceof TypeValue
    case 'map':
      return isObject(value) && isMap(value)
    case 'opaque':
      return value instanceof Opaque && value.typeName === type.name
    default:
      return true
  }
}

const known = (type: Type): boolean =>
  type.kind !== 'dyn' && type.kind !== 'param' && type.kind !== 'error' && type.kind !== 'null'

export function callOf(overloads: readonly Overload[], args: readonly Run[], types: readonly Type[]): Run {
  const [only] = overloads
  if (
    only &&
    overloads.length === 1 &&
    types.every((type, i) => known(type) || (only.params[i] as Type).kind === 'param')
  ) {
    return straight(only, args)
  }
  return (frame) => {
    const values = args.map((arg) => arg(frame))
    const overload = overloads.find(({ params }) => params.every((param, i) => fits(values[i] as Value, param)))
    if (!overload) throw noSuchOverload()
    const result = overload.run(...values)
    charge(frame, overload.cost ? overload.cost(result, ...values) : 1)
    return result
  }
}

function straight({ run, cost }: Overload, args: readonly Run[]): Run {
  const [a, b] = args as [Run, Run]
  if (args.length === 2 && !cost) {
    return (frame) => {
      const first = a(frame)
      const second = b(frame)
      charge(frame, 1)
      return run(first, second)
    }
  }
  if (args.length === 1 && !cost) {
    return (frame) => {
      const first = a(frame)
      charge(frame, 1)
      return run(first)
    }
  }
  return (frame) => {
    const values = args.map((arg) => arg(frame))
    const result = run(...values)
    charge(frame, cost ? cost(result, ...values) : 1)
    return result
  }
}
