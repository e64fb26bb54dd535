// Which policies or webhooks run again in the second round of mutation: those that ask for it and had run before
// somebody changed the object. One such memory for each plugin and write.

import { equalJson } from '#lib/json.ts'
import type { Reinvocation } from './admission.ts'

export class Invocations {
  readonly #before = new Set<string>()
  readonly #due = new Set<string>()
  #last: unknown

  /** Begins a round: in the second one, what others have changed since the end of the first makes hooks due. */
  begin({ round }: Reinvocation, object: unknown): void {
    if (round === 1 && !equalJson(this.#last, object)) this.#makeDue()
  }

  /** Is the hook to be run in this round? */
  runs({ round }: Reinvocation, hook: string): boolean {
    return round === 0 || this.#due.has(hook)
  }

  /** A hook has run; `again`: it wants to see later changes. */
  ran(reinvocation: Reinvocation, hook: string, { changed, again }: { changed: boolean; again: boolean }): void {
    if (changed) {
      this.#makeDue()
      reinvocation.again()
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

/** A plugin's memory of this write. */
export function invocationsOf({ memory }: Reinvocation, plugin: string): Invocations {
  const known = memory.get(plugin)
  if (known instanceof Invocations) return known
  const made = new Invocations()
  memory.set(plugin, made)
  return made
}
