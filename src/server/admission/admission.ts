// What may be written, beside what the object itself must be: plugins that change or refuse a write, asked in the
// order of the list in plugins.ts. A plugin sees the request, what stands there, and the draft.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { AdmissionContext, AdmissionPlugin, Call } from '../call.ts'

export type { AdmissionContext, AdmissionPlugin, Operation, Reinvocation } from '../call.ts'

/** Both are synchronous as long as all plugins are, so that writes do not give way for nothing. */
export function mutate(plugins: readonly AdmissionPlugin[], context: AdmissionContext): void | Promise<void> {
  const memory = new Map<string, unknown>()
  let wanted = false
  const again = () => {
    wanted = true
  }
  const first = inTurn(plugins, { ...context, reinvocation: { round: 0, again, memory } }, 'mutate')
  const second = () =>
    wanted ? inTurn(plugins, { ...context, reinvocation: { round: 1, again, memory } }, 'mutate') : undefined
  return first ? first.then(second) : second()
}

export function reserve(plugins: readonly AdmissionPlugin[], context: AdmissionContext): void {
  for (const plugin of plugins) if (plugin.reserve && plugin.handles(context)) plugin.reserve(context)
}

export function admit(plugins: readonly AdmissionPlugin[], context: AdmissionContext): void | Promise<void> {
  return inTurn(plugins, context, 'validate')
}

/** For what is created below an object and never stored, as a token or an eviction, and for what connects. */
export async function admitRequest(
  call: Call & { readonly kind: AnyKind },
  object: ApiObject,
  dryRun: boolean,
  operation: 'CREATE' | 'CONNECT' = 'CREATE',
): Promise<void> {
  const { core, kind, info } = call
  const { namespace, name, subresource } = info
  const about = { call, kind, operation, subresource, namespace, name, object, old: undefined } as const
  const context: AdmissionContext = { ...about, dryRun, undo: [], done: [] }
  await mutate(core.admission, context)
  await admit(core.admission, context)
}

function inTurn(
  plugins: readonly AdmissionPlugin[],
  context: AdmissionContext,
  phase: 'mutate' | 'validate',
): void | Promise<void> {
  for (let at = 0; at < plugins.length; at++) {
    const plugin = plugins[at]!
    if (!plugin[phase] || !plugin.handles(context)) continue
    const pending = plugin[phase](context)
    if (pending) return pending.then(() => inTurn(plugins.slice(at + 1), context, phase))
  }
}
