import { ageColumn, nameColumn } from '../columns.ts'
import { nodeLabelWarnings } from '../core/node-label-warnings.ts'
import { Toleration } from '../core/taint.ts'
import { validateContainerResources } from '../core/validate-resources.ts'
import { validateTolerations } from '../core/validate-scheduling.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { nameIsDnsLabel } from '../names.ts'
import { list, map, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'

export const Overhead = message('node/v1.Overhead', 'What a pod needs beside its containers.', {
  podFixed: map(quantity).at(1, 'How much of each resource every pod needs.'),
})
export type Overhead = TypeOf<typeof Overhead>

export const Scheduling = message('node/v1.Scheduling', 'On which nodes the class can be used.', {
  nodeSelector: map(string).atomic().at(1, 'Labels that such a node has.'),
  tolerations: list(Toleration).owned('atomic').at(2, 'Taints of such nodes, which its pods tolerate.'),
})
export type Scheduling = TypeOf<typeof Scheduling>

const none: ReadonlySet<string> = new Set()

function validateWhere({ nodeSelector, tolerations = [] }: Scheduling, errors: FieldErrors): void {
  const path = Path.of('scheduling')
  if (nodeSelector) validateLabels(nodeSelector, path.child('nodeSelector'), errors)
  validateTolerations(tolerations, path.child('tolerations'), errors)
  tolerations.forEach((one, i) => {
    const again = tolerations.slice(0, i).some((other) => JSON.stringify(other) === JSON.stringify(one))
    if (again) errors.duplicate(path.child('tolerations').index(i), one)
  })
}

export const RuntimeClass = kind({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  doc: 'A way to run containers.',
  fields: {
    handler: req(string).at(2, 'What the container runtime calls it. It never changes.'),
    overhead: opt(Overhead).at(3, 'What each pod needs beside its containers.'),
    scheduling: opt(Scheduling).at(4, 'On which nodes it can be used; on all unless given.'),
  },
  generation: false,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    {
      name: 'Handler',
      description: 'What the container runtime calls it.',
      value: ({ handler }) => handler ?? '',
    },
    ageColumn,
  ],
  validateCreate: ({ handler = '', overhead, scheduling }, errors) => {
    errors.invalidEach('handler', handler, nameIsDnsLabel(handler, false))
    if (overhead) validateContainerResources({ limits: overhead.podFixed }, none, Path.of('overhead'), errors)
    if (scheduling) validateWhere(scheduling, errors)
  },
  warnings: ({ scheduling }) =>
    nodeLabelWarnings(Object.keys(scheduling?.nodeSelector ?? {}), () => Path.of('scheduling').child('nodeSelector')),
  validateUpdate: (next, old, errors) => {
    if (next.handler !== old.handler) errors.invalid('handler', next.handler, 'field is immutable')
  },
})
export type RuntimeClass = ObjectOf<typeof RuntimeClass>
