// Looks after the objects of priority and fairness: the mandatory and the suggested ones are there and say what they
// should, unless somebody has taken them over, and every flow schema tells whether its priority level exists.
// Upstream does both in the API server, which is why the server runs these with or without its other controllers.

import { sameValue } from '#api/equal.ts'
import { FlowSchema } from '#api/flowcontrol/flow-schema.ts'
import type { FlowSchemaCondition } from '#api/flowcontrol/flow-schema-types.ts'
import { mandatoryLevels, mandatorySchemas } from '#api/flowcontrol/mandatory.ts'
import { PriorityLevelConfiguration } from '#api/flowcontrol/priority-level-configuration.ts'
import { suggestedLevels, suggestedSchemas } from '#api/flowcontrol/suggested.ts'
import { isAlreadyExists, isConflict, isNotFound } from '#api/status-error.ts'
import type { Client, Draft } from '#client/client.ts'
import { type Controller, controller, trigger } from '#client/controller.ts'
import { formatTime } from '#lib/clock.ts'

export const autoupdateAnnotation = 'apf.kubernetes.io/autoupdate-spec'

type FlowKind = typeof FlowSchema | typeof PriorityLevelConfiguration

/** What stands there, as far as it matters. */
export interface Found {
  readonly metadata: {
    readonly generation?: number | undefined
    readonly annotations?: Readonly<Record<string, string>> | undefined
  }
  readonly spec: object
}

export interface Default {
  readonly spec: object
  readonly isMandatory: boolean
}

export type Step = 'none' | 'create' | 'update'

/** A suggested object that somebody has changed, or marked as theirs, is left alone; a mandatory one never is. */
function followsDefault({ metadata }: Found, isMandatory: boolean): boolean {
  const mark = metadata.annotations?.[autoupdateAnnotation]
  return isMandatory || (mark === undefined ? (metadata.generation ?? 1) === 1 : mark === 'true')
}

/** What it should say: of the exempt level, what it lends is for the administrator to say. */
function specFor({ spec, isMandatory }: Default, found: Found): object {
  if (!followsDefault(found, isMandatory)) return found.spec
  const keepsExempt = isMandatory && 'exempt' in spec && 'exempt' in found.spec
  return keepsExempt ? { ...spec, exempt: found.spec.exempt } : spec
}

export function plan(wanted: Default, found: Found | undefined): Step {
  if (!found) return 'create'
  const mark = String(followsDefault(found, wanted.isMandatory))
  const isMarked = found.metadata.annotations?.[autoupdateAnnotation] === mark
  return isMarked && sameValue(found.spec, specFor(wanted, found)) ? 'none' : 'update'
}

const defaultsOf = (kind: FlowKind): ReadonlyMap<string, Default> => {
  const [mandatory, suggested] = (
    kind === FlowSchema ? [mandatorySchemas, suggestedSchemas] : [mandatoryLevels, suggestedLevels]
  ) as readonly ReadonlyMap<string, object>[]
  return new Map<string, Default>([
    ...[...mandatory!].map(([name, spec]) => [name, { spec, isMandatory: true }] as const),
    ...[...suggested!].map(([name, spec]) => [name, { spec, isMandatory: false }] as const),
  ])
}

const schemas = defaultsOf(FlowSchema)
const levels = defaultsOf(PriorityLevelConfiguration)

/** Another server of the cluster may be doing the same; then the change comes back here. */
async function keep(client: Client, kind: FlowKind, name: string, found: Found | undefined): Promise<void> {
  const wanted = (kind === FlowSchema ? schemas : levels).get(name)
  if (!wanted) return
  const step = plan(wanted, found)
  if (step === 'create') {
    const metadata = { name, annotations: { [autoupdateAnnotation]: 'true' } }
    await client.create(kind, { metadata, spec: wanted.spec } as Draft<FlowKind>).catch((error) => {
      if (!isAlreadyExists(error)) throw error
    })
  } else if (step === 'update' && found) {
    const mark = String(followsDefault(found, wanted.isMandatory))
    const annotations = { ...found.metadata.annotations, [autoupdateAnnotation]: mark }
    const object = { ...found, metadata: { ...found.metadata, annotations }, spec: specFor(wanted, found) }
    await client.update(kind, object as never).catch((error) => {
      if (!isConflict(error) && !isNotFound(error)) throw error
    })
  }
}

/** Makes what is missing, once: a new cluster has all of it before it is ready. */
export async function bootstrapFlowControl(client: Client): Promise<void> {
  const ensure = async (kind: FlowKind, defaults: ReadonlyMap<string, Default>) => {
    const { items } = await client.list(kind)
    const found = new Map(items.map((item) => [item.metadata.name, item]))
    await Promise.all([...defaults.keys()].map((name) => keep(client, kind, name, found.get(name))))
  }
  await ensure(PriorityLevelConfiguration, levels)
  await ensure(FlowSchema, schemas)
}

/** The condition that the schema should have, given whether its level exists; undefined when it has it. */
export function dangling(schema: FlowSchema, hasLevel: boolean, nowMs: number): FlowSchemaCondition | undefined {
  const { name } = schema.spec.priorityLevelConfiguration
  const known = schema.status.conditions?.find(({ type }) => type === 'Dangling')
  const says = `This FlowSchema references the PriorityLevelConfiguration object named "${name}"`
  const condition = {
    type: 'Dangling',
    status: hasLevel ? 'False' : 'True',
    reason: hasLevel ? 'Found' : 'NotFound',
    message: hasLevel ? `${says} and it exists` : `${says} but there is no such object`,
  }
  if (known?.status === condition.status && known.reason === condition.reason && known.message === condition.message)
    return undefined
  return { ...condition, lastTransitionTime: formatTime(nowMs) } as FlowSchemaCondition
}

const refs = (names: Iterable<string>) => [...names].map((name) => ({ name }))

const flowSchema = controller({
  name: 'api-priority-and-fairness-config-consumer-v1',
  reconciles: FlowSchema,
  triggers: [
    trigger(PriorityLevelConfiguration, (next, old, { informers }) => {
      // A change of a level that stays is nothing to its schemas.
      if (next && old) return []
      const name = (next ?? old)!.metadata.name
      const all = informers.of(FlowSchema).list()
      return refs(
        all
          .filter(({ spec }) => spec.priorityLevelConfiguration.name === name)
          .map(({ metadata }) => metadata.name ?? ''),
      )
    }),
  ],
  start: ({ enqueue }) => {
    for (const ref of refs(schemas.keys())) enqueue(ref)
  },
  async reconcile({ name }, { client, clock, informers }) {
    const schema = informers.of(FlowSchema).get(undefined, name)
    await keep(client, FlowSchema, name, schema)
    if (!schema) return
    const level = schema.spec.priorityLevelConfiguration.name
    const hasLevel = informers.of(PriorityLevelConfiguration).get(undefined, level) !== undefined
    const condition = dangling(schema, hasLevel, clock.now())
    if (!condition) return
    const others = (schema.status.conditions ?? []).filter(({ type }) => type !== 'Dangling')
    const status = { ...schema.status, conditions: [...others, condition] }
    await client.updateStatus(FlowSchema, { ...schema, status }).catch((error) => {
      if (!isConflict(error) && !isNotFound(error)) throw error
    })
  },
})

const priorityLevel = controller({
  name: 'api-priority-and-fairness-config-producer-v1',
  reconciles: PriorityLevelConfiguration,
  start: ({ enqueue }) => {
    for (const ref of refs(levels.keys())) enqueue(ref)
  },
  async reconcile({ name }, { client, informers }) {
    await keep(client, PriorityLevelConfiguration, name, informers.of(PriorityLevelConfiguration).get(undefined, name))
  },
})

export const flowControl: readonly Controller[] = [flowSchema, priorityLevel]
