import { ageColumn, containerColumns, formatLabels, nameColumn, selectorColumn } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { templateWarnings } from '../core/pod-warnings.ts'
import { sameValue } from '../equal.ts'
import { Path } from '../field-errors.ts'
import { type Column, kind, type ObjectOf } from '../kind.ts'
import { DaemonSetSpec, DaemonSetStatus } from './daemon-set-types.ts'
import { validateDaemonSet, validateDaemonSetStatus } from './validate-daemon-set.ts'
import { validateSameSelector } from './validate-template.ts'

/** Counts the templates that a set has had. Older clients go by it, so that upstream still keeps it up. */
const templateGeneration = 'deprecated.daemonset.template.generation'

const counted = (name: string, description: string, value: (status: DaemonSetStatus) => number | undefined) =>
  ({
    name,
    type: 'integer',
    description,
    value: ({ status }) => value(status) ?? 0,
  }) satisfies Column<{ readonly status: DaemonSetStatus }>

export const DaemonSet = kind({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Keeps one pod running on every node, or on every node that is picked.',
  fields: {
    spec: DaemonSetSpec.at(2, 'What is wanted.'),
    status: DaemonSetStatus.at(3, 'What there is, as last seen by the controller.'),
  },
  status: true,
  columns: [
    nameColumn,
    counted('Desired', 'How many nodes should run the pod.', (status) => status.desiredNumberScheduled),
    counted('Current', 'How many of these nodes run it.', (status) => status.currentNumberScheduled),
    counted('Ready', 'How many of these pods are ready.', (status) => status.numberReady),
    counted('Up-to-date', 'How many are of the newest template.', (status) => status.updatedNumberScheduled),
    counted('Available', 'How many have been ready for long enough.', (status) => status.numberAvailable),
    {
      name: 'Node Selector',
      description: 'The labels that its nodes must have.',
      value: ({ spec }) => formatLabels(spec.template.spec.nodeSelector),
    },
    ageColumn,
    ...containerColumns,
    selectorColumn,
  ],
  defaults: ({ spec }) => {
    defaultPodSpec(spec.template.spec)
    if (spec.updateStrategy.type !== 'RollingUpdate') return
    spec.updateStrategy.rollingUpdate = { maxUnavailable: 1, maxSurge: 0, ...spec.updateStrategy.rollingUpdate }
  },
  prepareForCreate: ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, [templateGeneration]: '1' }
  },
  prepareForUpdate: ({ metadata, spec }, old) => {
    const before = Number(old.metadata.annotations?.[templateGeneration] ?? 0)
    const now = sameValue(spec.template, old.spec.template) ? before : before + 1
    metadata.annotations = { ...metadata.annotations, [templateGeneration]: String(now) }
  },
  validate: validateDaemonSet,
  validateUpdate: ({ spec: next }, { spec: old }, errors) => validateSameSelector(next, old, errors),
  validateStatusUpdate: validateDaemonSetStatus,
  warnings: (object, old) => templateWarnings(object.spec.template, Path.of('spec').child('template'), object, old),
})
export type DaemonSet = ObjectOf<typeof DaemonSet>
