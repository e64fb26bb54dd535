// Binds one pod to a node. Guarantees an end: after half a minute without an answer it counts as failed. Where it is
// not known what became of the request the pod itself is asked.

import { Pod } from '#api/core/pod.ts'
import { StatusError } from '#api/status-error.ts'
import type { Client } from '#client/client.ts'
import type { Clock } from '#lib/clock.ts'

const patienceMs = 30_000

export async function bindPod(client: Client, clock: Clock, pod: Pod, nodeName: string): Promise<void> {
  const { name = '', namespace, uid } = pod.metadata
  const ref = { namespace, name }
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, uid },
    target: { kind: 'Node', name: nodeName },
  }
  try {
    await within(clock, (signal) => client.createSubresource(Pod, ref, 'binding', binding, { signal }))
  } catch (error) {
    if (error instanceof StatusError && error.code < 500) throw error
    const found = await within(clock, (signal) => client.get(Pod, ref, signal)).catch(() => undefined)
    if (found?.metadata.uid !== uid || found?.spec.nodeName !== nodeName) throw error
  }
}

async function within<T>(clock: Clock, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const control = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = clock.after(patienceMs, () => {
    const error = new Error(`no answer within ${patienceMs / 1000} s`)
    control.abort(error)
    late.reject(error)
  })
  try {
    return await Promise.race([ask(control.signal), late.promise])
  } finally {
    timer.cancel()
  }
}
