// What a simulated container does: declared by its image, or by the pod's annotation `pinnace.dev/simulate`.
// A container of which nothing is said starts at once, answers every probe, and runs until it is stopped.
//
//   pinnace.dev/simulate: '{"app": {"exitAfterMs": 5000, "exitCode": 1}, "*": {"startMs": 200}}'

import { quantityProblem } from '#api/quantity.ts'

export const simulateAnnotation = 'pinnace.dev/simulate'

export interface LogLine {
  readonly text: string
  readonly afterMs?: number
  readonly everyMs?: number
  readonly stream?: 'stdout' | 'stderr'
}

export interface HttpAnswer {
  readonly status: number
  readonly body?: string
  /** Since the container's start; before, and after, the path answers 503. */
  readonly fromMs?: number
  readonly untilMs?: number
}

export interface CommandAnswer {
  readonly exitCode?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly takesMs?: number
}

export interface Behaviour {
  /** From being told to start until it runs. */
  readonly startMs?: number
  readonly startError?: string
  /** Ends by itself so long after its start. */
  readonly exitAfterMs?: number
  readonly exitCode?: number
  /** One for each attempt; the last one holds for all further ones. Overrides the two above. */
  readonly runs?: readonly { readonly exitAfterMs?: number; readonly exitCode?: number }[]
  readonly oomKilled?: boolean
  /** From SIGTERM until it has ended. */
  readonly stopMs?: number
  readonly stopExitCode?: number
  readonly ignoresSigterm?: boolean
  /** Probes over the network fail until so long after the start. */
  readonly readyAfterMs?: number
  /** By path; `*` for all others. */
  readonly http?: Readonly<Record<string, number | HttpAnswer>>
  /** By the command's words joined with blanks; `*` for all others. */
  readonly exec?: Readonly<Record<string, CommandAnswer>>
  readonly log?: readonly (string | LogLine)[]
  readonly terminationMessage?: string
  /** What it uses while it runs, as quantities: `250m`, `64Mi`. A little unless given. */
  readonly cpu?: string
  readonly memory?: string
}

export interface ImageBehaviour extends Behaviour {
  /** On the node without being pulled. */
  readonly present?: boolean
  readonly pullMs?: number
  /** Each pull fails with this. */
  readonly pullError?: string
  readonly sizeBytes?: number
  readonly uid?: number
  readonly username?: string
}

/** The annotation's word for this container over the image's. Throws where the annotation cannot be read. */
export function behaviourOf(image: Behaviour, annotation: string | undefined, container: string): Behaviour {
  if (annotation === undefined) return image
  let declared: Record<string, Behaviour>
  try {
    declared = JSON.parse(annotation)
  } catch (error) {
    throw new Error(`Annotation "${simulateAnnotation}" is no JSON: ${(error as Error).message}`)
  }
  if (declared === null || typeof declared !== 'object' || Array.isArray(declared))
    throw new Error(`Annotation "${simulateAnnotation}" must be an object from container names to behaviour`)
  const behaviour: Behaviour = { ...image, ...declared['*'], ...declared[container] }
  for (const quantity of [behaviour.cpu, behaviour.memory]) {
    const problem = quantity === undefined ? undefined : quantityProblem(quantity)
    if (problem) throw new Error(`Annotation "${simulateAnnotation}": ${JSON.stringify(quantity)}: ${problem}`)
  }
  return behaviour
}

/** How a run ends; undefined: only when told to. */
export function endOf(behaviour: Behaviour, attempt: number): { afterMs: number; exitCode: number } | undefined {
  const run = behaviour.runs ? behaviour.runs[Math.min(attempt, behaviour.runs.length - 1)] : behaviour
  if (run?.exitAfterMs === undefined) return undefined
  return { afterMs: run.exitAfterMs, exitCode: behaviour.oomKilled ? 137 : (run.exitCode ?? 0) }
}

/** What an HTTP request gets, so long after the container's start. */
export function httpAnswer(behaviour: Behaviour, path: string, runningMs: number): { status: number; body: string } {
  if (runningMs < (behaviour.readyAfterMs ?? 0)) return { status: 503, body: 'not ready' }
  const declared = behaviour.http?.[path.split('?')[0]!] ?? behaviour.http?.['*']
  if (declared === undefined) return behaviour.http ? { status: 404, body: 'not found' } : { status: 200, body: 'ok' }
  if (typeof declared === 'number') return { status: declared, body: '' }
  const { status, body = '', fromMs = 0, untilMs = Number.POSITIVE_INFINITY } = declared
  return runningMs >= fromMs && runningMs < untilMs ? { status, body } : { status: 503, body: '' }
}
