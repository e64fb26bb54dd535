// Assertions stay on in production: a broken invariant stops the work at hand instead of spreading. A Bug is
// never caught below main, and never made from what a user sent.

export class Bug extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`Bug: ${what}`, options)
    this.name = 'Bug'
  }
}

/** `what` says what must hold, as in `a bound pod has a node name`. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Bug(what)
}

/** For the branch that the types rule out. */
export function unreachable(value: never): never {
  throw new Bug(`unexpected value ${JSON.stringify(value)}`)
}
