// From the objects that say how requests are handled to levels with seats and schemas with levels. What every
// cluster needs is there even while its objects are not.

import type { FlowSchemaSpec } from '#api/flowcontrol/flow-schema-types.ts'
import { mandatoryLevels, mandatorySchemas } from '#api/flowcontrol/mandatory.ts'
import type { PriorityLevelConfigurationSpec } from '#api/flowcontrol/priority-level-configuration-types.ts'
import type { LevelConfig, LevelSeats, Queuing } from './levels.ts'

export interface Configured<Spec> {
  readonly name: string
  readonly uid: string
  readonly spec: Spec
}

export type SchemaConfig = Configured<FlowSchemaSpec>
export type LevelObject = Configured<PriorityLevelConfigurationSpec>

export interface FlowConfig {
  readonly levels: readonly (LevelConfig & { readonly uid: string })[]
  /** Those whose level is there. */
  readonly schemas: readonly SchemaConfig[]
  readonly catchAll: SchemaConfig
}

const withMandatory = <Spec>(
  found: readonly Configured<Spec>[],
  mandatory: ReadonlyMap<string, Spec>,
): readonly Configured<Spec>[] => [
  ...found,
  ...[...mandatory]
    .filter(([name]) => !found.some((each) => each.name === name))
    .map(([name, spec]) => ({ name, uid: '', spec })),
]

const defaultShares = 30

interface Share {
  readonly shares: number
  readonly lendablePercent: number
  readonly borrowingLimitPercent: number | undefined
}

function shareOf({ type, limited, exempt }: PriorityLevelConfigurationSpec): Share {
  const { nominalConcurrencyShares, lendablePercent = 0 } = (type === 'Exempt' ? exempt : limited) ?? {}
  const shares = nominalConcurrencyShares ?? (type === 'Exempt' ? 0 : defaultShares)
  return { shares, lendablePercent, borrowingLimitPercent: limited?.borrowingLimitPercent }
}

/** A part of all seats, in proportion to its shares; rounded up, as upstream does, so that nobody is left with none. */
function seatsFor({ shares, lendablePercent, borrowingLimitPercent }: Share, part: number, total: number): LevelSeats {
  const nominal = Math.ceil(shares * part)
  return {
    nominal,
    lendable: Math.round((nominal * lendablePercent) / 100),
    borrowable: borrowingLimitPercent === undefined ? total : Math.round((nominal * borrowingLimitPercent) / 100),
  }
}

function queuingOf({ limited }: PriorityLevelConfigurationSpec): Queuing | undefined {
  if (limited?.limitResponse.type !== 'Queue') return undefined
  const { queues = 64, handSize = 8, queueLengthLimit = 50 } = limited.limitResponse.queuing ?? {}
  return { queues, handSize, queueLengthLimit }
}

export function flowConfig(
  schemas: readonly SchemaConfig[],
  levels: readonly LevelObject[],
  totalSeats: number,
): FlowConfig {
  const allLevels = withMandatory(levels, mandatoryLevels)
  const shares = allLevels.map(({ spec }) => shareOf(spec))
  const part =
    totalSeats /
    Math.max(
      1,
      shares.reduce((sum, each) => sum + each.shares, 0),
    )
  const allSchemas = withMandatory(schemas, mandatorySchemas)
  return {
    levels: allLevels.map(({ name, uid, spec }, i) => ({
      name,
      uid,
      exempt: spec.type === 'Exempt',
      seats: seatsFor(shares[i]!, part, totalSeats),
      queuing: queuingOf(spec),
    })),
    schemas: allSchemas.filter(({ spec }) =>
      allLevels.some(({ name }) => name === spec.priorityLevelConfiguration.name),
    ),
    catchAll: allSchemas.find(({ name }) => name === 'catch-all')!,
  }
}
