// The front door: expressions are compiled in an environment, which says what they may refer to, and run on values.
// Pure, without I/O. Every run ends: by what it costs, by the work it makes, by the size of what was compiled.

import { type Problem, problemText, SyntaxProblem } from './ast.ts'
import { type CheckResult, check, type Scope, type StructType } from './check.ts'
import { compileTree } from './compile.ts'
import { converterOf } from './convert.ts'
import { estimateCost } from './cost.ts'
import type { Frame } from './frame.ts'
import type { Overload, Range } from './functions.ts'
import { kubernetesLibraries } from './libraries.ts'
import { parse } from './parser.ts'
import {
  assignable,
  Bool,
  Bytes,
  Double,
  DurationType,
  Dyn,
  Int,
  listOf,
  mapOf,
  Null,
  Text,
  TimestampType,
  type Type,
  typeOf,
  typeText,
  UintType,
} from './types.ts'
import { CelError, type Convert, startWork, type Value } from './values.ts'

/** Upstream's limits: of one expression in a run, of all of a policy's or a resource's together, and as estimated. */
export const costLimits = {
  perCall: 1_000_000,
  runtime: 10_000_000,
  estimatedPerExpression: 10_000_000,
  estimatedPerDefinition: 100_000_000,
  matchConditions: 2_500_000,
} as const

export interface EnvironmentOptions {
  readonly variables: Readonly<Record<string, Type>>
  /** How a variable's value is read, where its type does not tell. */
  readonly converters?: Readonly<Record<string, Convert>>
  readonly functions?: readonly Overload[]
  /** The messages that expressions can make. */
  readonly struct?: (name: string) => StructType | undefined
  readonly homogeneous?: boolean
  readonly unchecked?: boolean
}

export class Environment {
  readonly scope: Scope
  readonly convertOf: (variable: string) => Convert
  readonly variables: ReadonlyMap<string, Type>

  constructor(options: EnvironmentOptions) {
    this.variables = new Map(Object.entries(options.variables))
    this.scope = {
      variables: this.variables,
      functions: options.functions ? byName(options.functions) : kubernetesFunctions(),
      typeNames,
      struct: options.struct ?? (() => undefined),
      homogeneous: options.homogeneous ?? true,
      unchecked: options.unchecked ?? false,
    }
    const converters = new Map(Object.entries(options.converters ?? {}))
    for (const [name, type] of this.variables) if (!converters.has(name)) converters.set(name, converterOf(type))
    this.convertOf = (name) => converters.get(name) ?? converterOf(Dyn)
  }
}

const typeNames: Scope['typeNames'] = new Map(
  (
    [
      ['int', Int],
      ['uint', UintType],
      ['double', Double],
      ['bool', Bool],
      ['string', Text],
      ['bytes', Bytes],
      ['list', listOf(Dyn)],
      ['map', mapOf(Dyn, Dyn)],
      ['null_type', Null],
      ['type', typeOf(undefined)],
      ['google.protobuf.Timestamp', TimestampType],
      ['google.protobuf.Duration', DurationType],
      ['optional_type', Dyn],
    ] as const
  ).map(([name, type]) => [name, { type, name }]),
)

export function byName(functions: readonly Overload[]): ReadonlyMap<string, readonly Overload[]> {
  return Map.groupBy(functions, (overload) => overload.name)
}

let kubernetes: ReadonlyMap<string, readonly Overload[]> | undefined
function kubernetesFunctions(): ReadonlyMap<string, readonly Overload[]> {
  kubernetes ??= byName(kubernetesLibraries)
  return kubernetes
}

export type Outcome =
  | { readonly value: Value; readonly cost: number; readonly error?: undefined }
  | { readonly error: string; readonly cost: number; readonly fatal: boolean; readonly value?: undefined }

export interface RunOptions {
  /** `runtime` of the limits unless given. */
  readonly costLimit?: number
  /** Runs inside another run, whose work it adds to. */
  readonly nested?: boolean
}

export class Program {
  readonly expression: string
  readonly type: Type
  readonly #checked: CheckResult
  readonly #tree: ReturnType<typeof parse>
  readonly #compiled: ReturnType<typeof compileTree>

  constructor(expression: string, tree: ReturnType<typeof parse>, checked: CheckResult, environment: Environment) {
    this.expression = expression
    this.type = checked.result
    this.#checked = checked
    this.#tree = tree
    this.#compiled = compileTree(tree, checked, environment.scope, environment.convertOf)
  }

  run(
    variables: Readonly<Record<string, unknown>>,
    { costLimit = costLimits.runtime, nested }: RunOptions = {},
  ): Outcome {
    const { run, slots } = this.#compiled
    const frame: Frame = { variables, slots: new Array(slots), cost: 0, limit: costLimit }
    if (!nested) startWork()
    try {
      const value = run(frame)
      if (frame.cost > costLimit) return { error: overLimit, cost: frame.cost, fatal: true }
      return { value, cost: frame.cost }
    } catch (error) {
      if (error instanceof CelError) return { error: error.message, cost: frame.cost, fatal: error.fatal }
      // Values nested deeper than the stack reaches, and texts or lists larger than there can be.
      if (error instanceof RangeError) return { error: overLimit, cost: frame.cost, fatal: true }
      throw error
    }
  }

  /** The least and the most that a run may cost, by the sizes that the schema allows. */
  estimate(): Range {
    return estimateCost(this.#tree, this.#checked.types)
  }
}

const overLimit = 'operation cancelled: actual cost limit exceeded'

export type Compiled =
  | { readonly program: Program; readonly problems?: undefined }
  | { readonly program?: undefined; readonly problems: readonly Problem[]; readonly text: string }

/** `result`: what the expression must give, one of these. */
export function compile(expression: string, environment: Environment, result: readonly Type[] = []): Compiled {
  try {
    const tree = parse(expression)
    const checked = check(tree, environment.scope)
    if (checked.problems.length > 0) return failed(expression, checked.problems)
    if (result.length > 0 && !result.some((type) => assignable(checked.result, type, new Map()))) {
      const text = `must evaluate to ${result.map(typeText).join(' or ')}`
      return { problems: [{ at: 0, message: text }], text }
    }
    return { program: new Program(expression, tree, checked, environment) }
  } catch (error) {
    if (error instanceof SyntaxProblem) return failed(expression, [error.problem])
    if (error instanceof RangeError) return failed(expression, [{ at: 0, message: 'expression is nested too deeply' }])
    throw error
  }
}

function failed(expression: string, problems: readonly Problem[]): Compiled {
  const sorted = [...problems].sort((a, b) => a.at - b.at)
  const texts = sorted.map((problem) => problemText(expression, problem))
  return { problems: sorted, text: `compilation failed: ${texts.join('\n')}` }
}
