import { validateCounts, validateEndless, validateMatch } from '../apps/validate-template.ts'
import { ageColumn, containerColumns, formatLabels, nameColumn, replicaColumns } from '../columns.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { selectorOfLabels } from '../labels.ts'
import { defaultPodSpec } from './pod-defaults.ts'
import type { PodTemplateSpec } from './pod-template-types.ts'
import { podNameWarning, templateWarnings } from './pod-warnings.ts'
import { ReplicationControllerSpec, ReplicationControllerStatus } from './replication-controller-types.ts'
import { validatePodTemplate } from './validate-pod.ts'
import { validateNonNegative } from './validate-probe.ts'

const path = Path.of('spec')

function validateTemplate(
  template: PodTemplateSpec,
  selector: Readonly<Record<string, string>>,
  errors: FieldErrors,
): void {
  validateMatch(selectorOfLabels(selector).matches(template.metadata?.labels ?? {}), template, errors)
  validatePodTemplate(template, path.child('template'), errors)
  validateEndless(template, 'ReplicationController', errors)
}

export const ReplicationController = kind({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Keeps a wanted number of equal pods running; ReplicaSets have taken its place.',
  fields: {
    spec: ReplicationControllerSpec.at(2, 'What is wanted.'),
    status: ReplicationControllerStatus.at(3, 'What there is, as last seen by the controller.'),
  },
  status: true,
  columns: [
    nameColumn,
    ...replicaColumns,
    ageColumn,
    ...containerColumns.map((column) => ({
      ...column,
      value: ({ spec: { template } }: { readonly spec: ReplicationControllerSpec }, nowMs: number) =>
        template ? column.value({ spec: { template } }, nowMs) : '',
    })),
    {
      name: 'Selector',
      priority: 1,
      description: 'Which pods belong to it.',
      value: ({ spec }) => formatLabels(spec.selector),
    },
  ],
  orphansByDefault: {},
  defaults: ({ metadata, spec }) => {
    const labels = spec.template?.metadata.labels
    if (labels) {
      // Whoever gives no selector and no labels means those of the pods.
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels }
      if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels }
    }
    if (spec.template) defaultPodSpec(spec.template.spec)
  },
  validate: ({ spec }, errors) => {
    const { selector = {}, template } = spec
    validateNonNegative(spec.minReadySeconds, path.child('minReadySeconds'), errors)
    if (Object.keys(selector).length === 0) errors.required(path.child('selector'))
    validateNonNegative(spec.replicas, path.child('replicas'), errors)
    if (template) validateTemplate(template, selector, errors)
    else errors.required(path.child('template'))
  },
  validateStatusUpdate: ({ status }, _old, errors) => validateCounts(status, errors),
  warnings: (object, old) => [
    ...podNameWarning(object, old),
    ...templateWarnings(object.spec.template, path.child('template'), object, old),
  ],
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    setSpecReplicas: ({ spec }, replicas) => {
      spec.replicas = replicas
    },
    statusReplicas: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => selectorOfLabels(spec.selector).toString(),
  },
  selectableFields: { 'status.replicas': ({ status }) => String(status.replicas) },
})
export type ReplicationController = ObjectOf<typeof ReplicationController>
