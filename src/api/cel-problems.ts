// Whether an expression may stand where it is written, as far as that can be said without a value. Kinds ask here;
// the compiler knows more than they, and registers itself at the start. Until it does, every expression is good.

/** Where an expression stands, which says what it may refer to and what it must give. */
export type CelEnvironment =
  | { readonly use: 'matchCondition'; readonly params: boolean }
  | { readonly use: 'validation' | 'auditAnnotation'; readonly params: boolean; readonly variables: CelVariables }
  | { readonly use: 'message'; readonly params: boolean; readonly variables: CelVariables }
  /** One of these variables, which may use those before it. */
  | { readonly use: 'variable'; readonly params: boolean; readonly variables: CelVariables; readonly index: number }
  | { readonly use: 'applyConfiguration' | 'jsonPatch'; readonly params: boolean; readonly variables: CelVariables }
  | { readonly use: 'device' }

/** Names and expressions that stand before this one, in order. */
export type CelVariables = readonly { readonly name: string; readonly expression: string }[]

/** Returns what is wrong, each as the detail of a field error. */
export type CelCheck = (expression: string, environment: CelEnvironment) => readonly string[]

let check: CelCheck = () => []

/** What is wrong with an expression. */
export const celProblems: CelCheck = (expression, environment) => check(expression, environment)

/** Registers the compiler; returns what takes it back, for tests. */
export function useCelCheck(next: CelCheck): () => void {
  const before = check
  check = next
  return () => {
    check = before
  }
}
