// Every message that is declared anywhere, for the tests that hold of all of them.

import { ConversionReview } from './apiextensions/conversion-review.ts'
import { TokenRequest } from './authentication/token-request.ts'
import { Scale } from './autoscaling/scale.ts'
import { Binding } from './core/binding.ts'
import type { AnyKind } from './kind.ts'
import { kinds } from './kinds.ts'
import { Status } from './meta/status.ts'
import { NodeMetrics } from './metrics/node-metrics.ts'
import { PodMetrics } from './metrics/pod-metrics.ts'
import { Eviction } from './policy/eviction.ts'
import { type AnySchema, type Message, resolved } from './schema.ts'

export const declaredKinds: readonly AnyKind[] = [
  ...new Set([...kinds, Binding, Eviction, Scale, TokenRequest, NodeMetrics, PodMetrics]),
]

/** By their names, as in `core/v1.PodSpec`. */
export function allMessages(): ReadonlyMap<string, Message> {
  const found = new Map<string, Message>()
  for (const { schema } of declaredKinds) collect(schema, found)
  collect(Status, found)
  collect(ConversionReview, found)
  return found
}

function collect(schema: AnySchema, found: Map<string, Message>): void {
  const shape = resolved(schema)
  if (shape.type === 'list' || shape.type === 'map') collect(shape.of, found)
  if (shape.type === 'either') for (const form of Object.values(shape.forms)) collect(form.schema, found)
  if (shape.type !== 'message' || found.has(shape.name)) return
  found.set(shape.name, shape)
  for (const field of Object.values(shape.fields)) collect(field.schema, found)
}
