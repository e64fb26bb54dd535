// What may be written, beside what the object itself must be: plugins that change or refuse a write, asked in the
// order of the list in plugins.ts. A plugin sees the request, what stands there, and the draft.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { AdmissionContext, AdmissionPlugin, Call } from '../call.ts'
import { countsOf, passageOf, type Step } from './counts.ts'

export type { AdmissionContext, AdmissionPlugin, Operation, Reinvocation } from '../call.ts'

/** Both are synchronous as long as all plugins are, so that writes do not give way for nothing. */
export function mutate(plugins: readonly AdmissionPlugin[], context: AdmissionContext): void | Promise<void> {
  const memory = new Map<string, unknown>()
  let wanted = false
  const again = () => {
    wanted = true
  }
  const round = (round: 0 | 1) => inTurn(plugins, { ...context, reinvocation: { round, again, memory } }, 'mutate')
  return timed(context, 'admit', () => {
    const second = () => (wanted ? round(1) : undefined)
    const first = round(0)
    return first ? first.then(second) : second()
  })
}

export function reserve(plugins: readonly AdmissionPlugin[], context: AdmissionContext): void {
  for (const plugin of plugins) if (plugin.reserve && plugin.handles(context)) plugin.reserve(context)
}

export function admit(plugins: readonly AdmissionPlugin[], context: AdmissionContext): void | Promise<void> {
  return timed(context, 'validate', () => inTurn(plugins, context, 'validate'))
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

type Pending = void | Promise<void>

/** The whole step, told to those who count. Nothing waits that would not wait anyway. */
function timed({ call, operation }: AdmissionContext, step: Step, run: () => Pending): Pending {
  const { clock } = call.core
  const startMs = clock.monotonic()
  const passed = (rejected: boolean) =>
    countsOf(call.core).step(passageOf(step, operation), rejected, (clock.monotonic() - startMs) / 1000)
  const failed = (error: unknown) => {
    passed(true)
    throw error
  }
  let pending: Pending
  try {
    pending = run()
  } catch (error) {
    return failed(error)
  }
  if (pending) return pending.then(() => passed(false), failed)
  passed(false)
}

function inTurn(plugins: readonly AdmissionPlugin[], context: AdmissionContext, phase: 'mutate' | 'validate'): Pending {
  const { core } = context.call
  const counts = countsOf(core)
  const passage = passageOf(phase === 'mutate' ? 'admit' : 'validate', context.operation)
  // The end of one is the beginning of the next: a clock is not asked for nothing.
  let sinceMs = core.clock.monotonic()
  const passed = (plugin: AdmissionPlugin, rejected: boolean) => {
    const nowMs = core.clock.monotonic()
    counts.plugin(plugin, passage, rejected, (nowMs - sinceMs) / 1000)
    sinceMs = nowMs
  }
  let plugin: AdmissionPlugin | undefined
  try {
    for (let at = 0; at < plugins.length; at++) {
      plugin = plugins[at]!
      if (!plugin[phase] || !plugin.handles(context)) continue
      const pending = plugin[phase](context)
      if (pending) return awaited(pending, plugin, passed).then(() => inTurn(plugins.slice(at + 1), context, phase))
      passed(plugin, false)
    }
  } catch (error) {
    if (plugin) passed(plugin, true)
    throw error
  }
}

async function awaited(
  pending: Promise<void>,
  plugin: AdmissionPlugin,
  passed: (plugin: AdmissionPlugin, rejected: boolean) => void,
): Promise<void> {
  let rejected = true
  try {
    await pending
    rejected = false
  } finally {
    passed(plugin, rejected)
  }
}
