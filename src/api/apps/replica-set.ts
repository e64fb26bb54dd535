import { ageColumn, containerColumns, nameColumn } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { PodTemplateSpec } from '../core/pod-template.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { formatLabelSelector, scaleSelector } from '../labels.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { int32, int64, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { validateCounts, validateSameSelector, validateSelector, validateTemplate } from './validate-template.ts'

export const ReplicaSetSpec = message('apps/v1.ReplicaSetSpec', 'DOC:apps/v1.ReplicaSetSpec', {
  replicas: opt(int32).default(1).at(1, 'DOC:apps/v1.ReplicaSetSpec.replicas'),
  minReadySeconds: int32.at(4, 'DOC:apps/v1.ReplicaSetSpec.minReadySeconds'),
  selector: opt(LabelSelector).at(2, 'DOC:apps/v1.ReplicaSetSpec.selector'),
  template: PodTemplateSpec.at(3, 'DOC:apps/v1.ReplicaSetSpec.template'),
})
export type ReplicaSetSpec = TypeOf<typeof ReplicaSetSpec>

export const ReplicaSetCondition = message('apps/v1.ReplicaSetCondition', 'DOC:apps/v1.ReplicaSetCondition', {
  type: req(string).at(1, 'DOC:apps/v1.ReplicaSetCondition.type'),
  status: req(string).at(2, 'DOC:apps/v1.ReplicaSetCondition.status'),
  lastTransitionTime: time.at(3, 'DOC:apps/v1.ReplicaSetCondition.lastTransitionTime'),
  reason: string.at(4, 'DOC:apps/v1.ReplicaSetCondition.reason'),
  message: string.at(5, 'DOC:apps/v1.ReplicaSetCondition.message'),
})
export type ReplicaSetCondition = TypeOf<typeof ReplicaSetCondition>

export const ReplicaSetStatus = message('apps/v1.ReplicaSetStatus', 'DOC:apps/v1.ReplicaSetStatus', {
  replicas: req(int32).at(1, 'DOC:apps/v1.ReplicaSetStatus.replicas'),
  fullyLabeledReplicas: int32.at(2, 'DOC:apps/v1.ReplicaSetStatus.fullyLabeledReplicas'),
  readyReplicas: int32.at(4, 'DOC:apps/v1.ReplicaSetStatus.readyReplicas'),
  availableReplicas: int32.at(5, 'DOC:apps/v1.ReplicaSetStatus.availableReplicas'),
  terminatingReplicas: opt(int32).at(7, 'DOC:apps/v1.ReplicaSetStatus.terminatingReplicas'),
  observedGeneration: int64.at(3, 'DOC:apps/v1.ReplicaSetStatus.observedGeneration'),
  conditions: list(ReplicaSetCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(6, 'DOC:apps/v1.ReplicaSetStatus.conditions'),
})
export type ReplicaSetStatus = TypeOf<typeof ReplicaSetStatus>

export const ReplicaSet = kind({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'DOC:apps/v1.ReplicaSet',
  fields: {
    spec: ReplicaSetSpec.at(2, 'DOC:apps/v1.ReplicaSet.spec'),
    status: ReplicaSetStatus.at(3, 'DOC:apps/v1.ReplicaSet.status'),
  },
  status: true,
  columns: [
    nameColumn,
    {
      name: 'Desired',
      type: 'integer',
      description: 'How many pods are wanted.',
      value: ({ spec }) => spec.replicas ?? 0,
    },
    {
      name: 'Current',
      type: 'integer',
      description: 'How many pods there are.',
      value: ({ status }) => status.replicas ?? 0,
    },
    {
      name: 'Ready',
      type: 'integer',
      description: 'How many pods are ready.',
      value: ({ status }) => status.readyReplicas ?? 0,
    },
    ageColumn,
    ...containerColumns,
    {
      name: 'Selector',
      priority: 1,
      description: 'Which pods belong to it.',
      value: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
  validate: ({ spec }, errors) => {
    const path = Path.of('spec')
    validateNonNegative(spec.replicas, path.child('replicas'), errors)
    validateNonNegative(spec.minReadySeconds, path.child('minReadySeconds'), errors)
    validateSelector(spec.selector, errors)
    validateTemplate(spec.template, spec.selector, errors)
  },
  validateUpdate: ({ spec: next }, { spec: old }, errors) => validateSameSelector(next, old, errors),
  validateStatusUpdate: ({ status }, _old, errors) => validateCounts(status, errors),
  defaults: (set) => defaultPodSpec(set.spec.template.spec),
  scale: {
    specReplicas: (set) => set.spec.replicas ?? 0,
    setSpecReplicas: (set, replicas) => {
      set.spec.replicas = replicas
    },
    statusReplicas: (set) => set.status.replicas ?? 0,
    selector: (set) => scaleSelector(set.spec.selector),
  },
  selectableFields: { 'status.replicas': (set) => String(set.status.replicas) },
})
export type ReplicaSet = ObjectOf<typeof ReplicaSet>
