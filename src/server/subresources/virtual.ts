// Resources that are served and never stored: what is posted to them is a request in the form of an object, or they are
// answered from elsewhere. They are discovered as kinds, without a place in the store. One line each.

import { Binding } from '#api/core/binding.ts'
import { Pod } from '#api/core/pod.ts'
import type { AnyKind } from '#api/kind.ts'
import type { KindCall } from '../call.ts'
import { answerMetrics, metricsKinds } from '../metrics-api/metrics-api.ts'
import type { ApiResponse } from '../request.ts'
import { podBinding } from './pod-binding.ts'

export interface VirtualResource {
  readonly kind: AnyKind
  /** The verb is one of the kind's. */
  readonly answer: (call: KindCall) => Promise<ApiResponse>
}

const bindPod = (call: KindCall): Promise<ApiResponse> =>
  podBinding({ ...call, kind: Pod, registry: call.core.registries.of(Pod) })

export const virtualResources: readonly VirtualResource[] = [
  { kind: { ...Binding, verbs: ['create'] }, answer: bindPod },
  ...metricsKinds.map((kind) => ({ kind, answer: answerMetrics })),
]

export const virtualKinds: readonly AnyKind[] = virtualResources.map(({ kind }) => kind)
