// What a request for a log means: which run of the container, and which part of its log. Pure; the sentences are
// upstream's (validateContainerLogStatus).

import type { PodStatus } from '#api/core/pod-status.ts'
import type { LogOptions } from './logs.ts'

/** The runtime's id of the container whose log is meant; a text says why there is none. */
export function logContainer(
  status: PodStatus | undefined,
  pod: string,
  container: string,
  previous: boolean,
): { readonly id: string } | string {
  const all = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ]
  const found = all.find((s) => s.name === container)
  if (!found) return `container "${container}" in pod "${pod}" is not available`
  const { state, lastState } = found
  const idOf = (text: string | undefined) => ({ id: (text ?? '').split('//')[1] ?? '' })
  if (previous)
    return lastState.terminated?.containerID
      ? idOf(lastState.terminated.containerID)
      : `previous terminated container "${container}" in pod "${pod}" not found`
  if (state.running) return idOf(found.containerID)
  if (state.terminated?.containerID) return idOf(state.terminated.containerID)
  if (lastState.terminated?.containerID) return idOf(lastState.terminated.containerID)
  if (!state.waiting) return `container "${container}" in pod "${pod}" is not available`
  const why = state.waiting.reason === 'ErrImagePull' ? "image can't be pulled" : (state.waiting.reason ?? '')
  const verb =
    state.waiting.reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : `waiting to start: ${why}`
  return `container "${container}" in pod "${pod}" is ${verb}`
}

const numberOf = (text: string | null): number | undefined => (text === null || text === '' ? undefined : Number(text))

/** The API server has checked the values. */
export function logOptions(query: URLSearchParams, nowMs: number): LogOptions {
  const sinceSeconds = numberOf(query.get('sinceSeconds'))
  const sinceTime = query.get('sinceTime')
  const stream = query.get('stream')
  return {
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines: numberOf(query.get('tailLines')),
    limitBytes: numberOf(query.get('limitBytes')),
    sinceMs: sinceSeconds !== undefined ? nowMs - sinceSeconds * 1000 : sinceTime ? Date.parse(sinceTime) : undefined,
    stream: stream === 'Stdout' ? 'stdout' : stream === 'Stderr' ? 'stderr' : undefined,
  }
}
