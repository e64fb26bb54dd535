import { ageColumn, containerColumns, nameColumn } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { templateWarnings } from '../core/pod-warnings.ts'
import { claimSpecWarnings } from '../core/volume-warnings.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { scaleSelector } from '../labels.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { nameIsDnsLabel } from '../names.ts'
import { StatefulSetSpec, StatefulSetStatus } from './stateful-set-types.ts'
import {
  validateServiceName,
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from './validate-stateful-set.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: StatefulSetSpec
}

function statefulSetWarnings(set: Parts, old?: Parts): readonly string[] {
  const { spec } = set
  const path = Path.of('spec')
  const claims = spec.volumeClaimTemplates ?? []
  const warnings = [
    ...templateWarnings(spec.template, path.child('template'), set, old),
    ...claims.flatMap((claim, i) => claimSpecWarnings(claim.spec, path.child('volumeClaimTemplates').index(i))),
  ]
  if ((spec.revisionHistoryLimit ?? 0) < 0) {
    const all = 'a negative value retains all historical revisions; a value >= 0 is recommended'
    warnings.push(`${path.child('revisionHistoryLimit')}: ${all}`)
  }
  return warnings
}

export const StatefulSet = kind({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Keeps a wanted number of pods running that each have a name, an order and storage of their own.',
  fields: {
    spec: StatefulSetSpec.at(2, 'What is wanted.'),
    status: StatefulSetStatus.at(3, 'What there is, as last seen by the controller.'),
  },
  status: true,
  columns: [
    nameColumn,
    {
      name: 'Ready',
      description: 'How many of the wanted pods are ready.',
      value: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    ageColumn,
    ...containerColumns,
  ],
  // Its pods are called after it, and their names are host names.
  nameRule: nameIsDnsLabel,
  defaults: ({ spec }) => {
    defaultPodSpec(spec.template.spec)
    for (const claim of spec.volumeClaimTemplates ?? [])
      Object.assign(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
    const { updateStrategy } = spec
    if (updateStrategy.type === 'RollingUpdate') updateStrategy.rollingUpdate ??= { partition: 0, maxUnavailable: 1 }
  },
  validate: validateStatefulSet,
  validateCreate: validateServiceName,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatus,
  warnings: statefulSetWarnings,
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    setSpecReplicas: ({ spec }, replicas) => {
      spec.replicas = replicas
    },
    statusReplicas: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => scaleSelector(spec.selector),
  },
})
export type StatefulSet = ObjectOf<typeof StatefulSet>
