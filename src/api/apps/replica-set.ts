import { ageColumn, containerColumns, nameColumn, replicaColumns, selectorColumn } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { PodTemplateSpec } from '../core/pod-template-types.ts'
import { podNameWarning, templateWarnings } from '../core/pod-warnings.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { scaleSelector } from '../labels.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { int32, int64, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { validateCounts, validateSameSelector, validateSelector, validateTemplate } from './validate-template.ts'

export const ReplicaSetSpec = message('apps/v1.ReplicaSetSpec', 'What a ReplicaSet shall look like.', {
  replicas: opt(int32).default(1).at(1, 'How many pods are wanted; 1 unless given.'),
  minReadySeconds: int32.at(4, 'How many seconds a pod must be ready without a crash before it counts as available.'),
  selector: opt(LabelSelector).at(
    2,
    'Which pods belong to the set; it must match the labels of the template, and never changes.',
  ),
  template: PodTemplateSpec.at(3, 'What new pods look like; pods that exist are not changed by it.'),
})
export type ReplicaSetSpec = TypeOf<typeof ReplicaSetSpec>

export const ReplicaSetCondition = message('apps/v1.ReplicaSetCondition', 'One finding about a ReplicaSet.', {
  type: req(string).at(1, 'What is found out, as ReplicaFailure.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  lastTransitionTime: time.at(3, 'When the status last changed.'),
  reason: string.at(4, 'Why the status is as it is, in one word.'),
  message: string.at(5, 'The finding in words.'),
})
export type ReplicaSetCondition = TypeOf<typeof ReplicaSetCondition>

export const ReplicaSetStatus = message('apps/v1.ReplicaSetStatus', 'What is known of a ReplicaSet.', {
  replicas: req(int32).at(1, 'How many pods there are that do not go away.'),
  fullyLabeledReplicas: int32.at(2, 'How many pods carry all labels of the template.'),
  readyReplicas: int32.at(4, 'How many pods are ready.'),
  availableReplicas: int32.at(5, 'How many pods have been ready for at least minReadySeconds.'),
  terminatingReplicas: opt(int32).at(7, 'How many pods are being deleted but have not ended yet.'),
  observedGeneration: int64.at(3, 'The generation of the spec that this status is about.'),
  conditions: list(ReplicaSetCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(6, 'The latest findings, one of each type.'),
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
  doc: 'Keeps a wanted number of equal pods running. Usually a Deployment makes and scales it.',
  fields: {
    spec: ReplicaSetSpec.at(2, 'What is wanted.'),
    status: ReplicaSetStatus.at(3, 'What there is, as last seen by the controller.'),
  },
  status: true,
  columns: [nameColumn, ...replicaColumns, ageColumn, ...containerColumns, selectorColumn],
  validate: ({ spec }, errors) => {
    const path = Path.of('spec')
    validateNonNegative(spec.replicas, path.child('replicas'), errors)
    validateNonNegative(spec.minReadySeconds, path.child('minReadySeconds'), errors)
    validateSelector(spec.selector, errors)
    validateTemplate(spec.template, spec.selector, errors)
  },
  validateUpdate: ({ spec: next }, { spec: old }, errors) => validateSameSelector(next, old, errors),
  validateStatusUpdate: ({ status }, _old, errors) => validateCounts(status, errors),
  warnings: (object, old) => [
    ...podNameWarning(object, old),
    ...templateWarnings(object.spec.template, Path.of('spec').child('template'), object, old),
  ],
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
