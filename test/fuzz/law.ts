// What must hold whatever comes in: a law is a property of fast-check with a name. The tests run each a few times with
// a fixed seed; test/fuzz/run.ts runs them for as long as one likes.

import fc from 'fast-check'
import { SelectorError } from '#api/labels.ts'
import { BodyError } from '#api/parse-body.ts'
import { ProtobufError } from '#api/protobuf.ts'
import { StatusError } from '#api/status-error.ts'

export interface Law {
  readonly name: string
  /** How often the tests run it. */
  readonly runs: number
  // biome-ignore lint/suspicious/noExplicitAny: of whatever it draws
  readonly property: fc.IRawProperty<any>
}

/** Laws over what they share, a server for instance. */
export interface Area {
  readonly laws: readonly Law[]
  stop(): Promise<void>
}

export const area = (laws: readonly Law[], stop: () => Promise<void> = async () => {}): Area => ({ laws, stop })

/** A sentence with the seed in it, by which the run can be repeated. */
export function failureOf(law: Law, details: fc.RunDetails<unknown>): string {
  const again = `npm run fuzz -- --law ${JSON.stringify(law.name)} --seed ${details.seed} --path ${details.counterexamplePath}`
  const error = details.errorInstance
  const why = error instanceof Error ? error.stack : String(error)
  return `${again}\nwith ${fc.stringify(details.counterexample).slice(0, 4000)}\n${why}`
}

/** Undefined where something is refused as it should be: as the client's fault. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof StatusError && (error.code < 500 || isUpstreams(error))) return undefined
    if (error instanceof BodyError || error instanceof ProtobufError || error instanceof SelectorError) return undefined
    throw error
  }
}

/** Refusals that upstream calls an internal error. */
const isUpstreams = ({ message, reason }: StatusError): boolean =>
  reason === '' || message.startsWith('failed to create typed patch object')
