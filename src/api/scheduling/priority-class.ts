import { ageColumn, nameColumn } from '../columns.ts'
import type { FieldErrors } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bool, int32, opt, req, string } from '../schema.ts'

const systemPrefix = 'system-'
const systemClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}
const highestOfUsers = 1_000_000_000

/** Names of the system stand for fixed values; all others stay below them. */
function validateRank(name: string, value: number, globalDefault: boolean, errors: FieldErrors): void {
  if (!name.startsWith(systemPrefix)) {
    if (value <= highestOfUsers) return
    errors.forbidden('value', `maximum allowed value of a user defined priority is ${highestOfUsers}`)
    return
  }
  const wanted = systemClasses[name]
  let wrong = ''
  if (wanted === undefined) wrong = `${name} is not a known system priority class`
  else if (value !== wanted) wrong = `value of ${name} PriorityClass must be ${wanted}`
  else if (globalDefault) wrong = `globalDefault of ${name} PriorityClass must be false`
  if (wrong === '') return
  const reserved = `priority class names with '${systemPrefix}' prefix are reserved for system use only`
  errors.forbidden('metadata.name', `${reserved}. error: ${wrong}`)
}

export const PriorityClass = kind({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  scope: 'Cluster',
  doc: 'How important pods are, under a name.',
  fields: {
    value: req(int32).at(2, 'How important they are; a higher number goes first. It never changes.'),
    globalDefault: bool.at(3, 'Whether pods that name no class get this one.'),
    description: string.at(4, 'What the class is for.'),
    preemptionPolicy: opt(string.oneOf('PreemptLowerPriority', 'Never'))
      .default('PreemptLowerPriority')
      .at(5, 'Whether its pods may push out others: PreemptLowerPriority, which stands unless given, or Never.'),
  },
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', description: 'How important its pods are.', value: ({ value = 0 }) => value },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class get this one.',
      value: ({ globalDefault }) => globalDefault === true,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy',
      description: 'Whether its pods may push out others.',
      value: ({ preemptionPolicy }) => preemptionPolicy ?? '',
    },
  ],
  validateCreate: ({ metadata, value = 0, globalDefault = false }, errors) =>
    validateRank(metadata.name ?? '', value, globalDefault, errors),
  validateUpdate: (next, old, errors) => {
    if ((next.value ?? 0) !== (old.value ?? 0)) errors.forbidden('value', 'may not be changed in an update.')
    if (next.preemptionPolicy !== old.preemptionPolicy) {
      errors.invalid('preemptionPolicy', next.preemptionPolicy, 'field is immutable')
    }
  },
})
export type PriorityClass = ObjectOf<typeof PriorityClass>
