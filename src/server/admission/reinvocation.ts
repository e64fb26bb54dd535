// Mutating plugins run a second time over one write where a policy or a webhook has changed what plugins before it
// had seen; of the policies and webhooks only those run again that ask for it and had run before the change. Both
// keep their memory of one write here; a write that meets none of them makes nothing.

import { equalJson } from '#lib/json.ts'
import type { AdmissionContext } from './admission.ts'

/** What one plugin's hooks (policies, webhooks) have done to one write. */
export class Invocations {
  readonly #before = new Set<string>()
  readonly #due = new Set<string>()
  #last: unknown

  /** Begins a pass: in the second one, a change by others since the end of the first makes hooks due. */
  begin(reinvocation: Reinvocation, object: unknown): void {
    if (reinvocation.isSecond && !equalJson(this.#last, object)) this.#makeDue()
  }

  /** Is the hook to be run in this pass? */
  runs(reinvocation: Reinvocation, hook: string): boolean {
    return !reinvocation.isSecond || this.#due.has(hook)
  }

  /** A hook has run; `again`: it wants to see later changes. */
  ran(reinvocation: Reinvocation, hook: string, { changed, again }: { changed: boolean; again: boolean }): void {
    if (changed) {
      this.#makeDue()
      reinvocation.wanted = true
    }
    if (again) this.#before.add(hook)
  }

  end(object: unknown): void {
    this.#last = object === undefined ? undefined : structuredClone(object)
  }

  #makeDue(): void {
    for (const hook of this.#before) this.#due.add(hook)
    this.#before.clear()
  }
}

export class Reinvocation {
  /** Set by `mutate` before the second pass. */
  isSecond = false
  /** A second pass is to come. */
  wanted = false
  readonly #byPlugin = new Map<string, Invocations>()

  of(plugin: string): Invocations {
    let known = this.#byPlugin.get(plugin)
    if (!known) {
      known = new Invocations()
      this.#byPlugin.set(plugin, known)
    }
    return known
  }
}

export function reinvocationOf(context: AdmissionContext): Reinvocation {
  context.reinvocation ??= new Reinvocation()
  return context.reinvocation
}
