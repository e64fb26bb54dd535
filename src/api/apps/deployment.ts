import { ageColumn, containerColumns, nameColumn, selectorColumn } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { podNameWarning, templateWarnings } from '../core/pod-warnings.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { scaleSelector } from '../labels.ts'
import { DeploymentSpec, DeploymentStatus } from './deployment-types.ts'
import { validateDeployment } from './validate-deployment.ts'
import { validateCounts, validateSameSelector } from './validate-template.ts'

export const Deployment = kind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Keeps a wanted number of equal pods running, and replaces them step by step when their template changes.',
  fields: {
    spec: DeploymentSpec.at(2, 'What is wanted.'),
    status: DeploymentStatus.at(3, 'What there is, as last seen by the controller.'),
  },
  status: true,
  statusKeeps: ['labels'],
  columns: [
    nameColumn,
    {
      name: 'Ready',
      description: 'How many of the wanted pods are ready.',
      value: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    {
      name: 'Up-to-date',
      type: 'integer',
      description: 'How many pods are of the newest template.',
      value: ({ status }) => status.updatedReplicas ?? 0,
    },
    {
      name: 'Available',
      type: 'integer',
      description: 'How many pods have been ready for long enough.',
      value: ({ status }) => status.availableReplicas ?? 0,
    },
    ageColumn,
    ...containerColumns,
    selectorColumn,
  ],
  validate: validateDeployment,
  validateUpdate: ({ spec: next }, { spec: old }, errors) => validateSameSelector(next, old, errors),
  validateStatusUpdate: ({ status }, { status: old }, errors) => {
    validateCounts(status, errors)
    const { collisionCount = 0 } = status
    if (collisionCount < (old.collisionCount ?? 0)) {
      errors.invalid('status.collisionCount', collisionCount, 'cannot be decremented')
    }
  },
  warnings: (object, old) => [
    ...podNameWarning(object, old),
    ...templateWarnings(object.spec.template, Path.of('spec').child('template'), object, old),
  ],
  defaults: ({ spec }) => {
    defaultPodSpec(spec.template.spec)
    if (spec.strategy.type !== 'RollingUpdate') return
    spec.strategy.rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...spec.strategy.rollingUpdate }
  },
  scale: {
    specReplicas: (deployment) => deployment.spec.replicas ?? 0,
    setSpecReplicas: (deployment, replicas) => {
      deployment.spec.replicas = replicas
    },
    statusReplicas: (deployment) => deployment.status.replicas ?? 0,
    selector: (deployment) => scaleSelector(deployment.spec.selector),
  },
})
export type Deployment = ObjectOf<typeof Deployment>
