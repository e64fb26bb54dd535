// What there is one of for each server, made when it is first asked for and kept as long as the server is.

import type { Core } from './call.ts'

export function perCore<T>(make: (core: Core) => T): (core: Core) => T {
  const made = new WeakMap<Core, T>()
  return (core) => {
    const known = made.get(core)
    if (known !== undefined) return known
    const one = make(core)
    made.set(core, one)
    return one
  }
}
