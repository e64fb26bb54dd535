import { ageColumn, containerColumns, nameColumn } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { PodTemplateSpec } from '../core/pod-template.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { formatLabelSelector, scaleSelector } from '../labels.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { bool, int32, int64, intOrString, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { validateDeployment } from './validate-deployment.ts'
import { validateCounts, validateSameSelector } from './validate-template.ts'

export const RollingUpdateDeployment = message(
  'apps/v1.RollingUpdateDeployment',
  'DOC:apps/v1.RollingUpdateDeployment',
  {
    maxUnavailable: opt(intOrString).at(1, 'DOC:apps/v1.RollingUpdateDeployment.maxUnavailable'),
    maxSurge: opt(intOrString).at(2, 'DOC:apps/v1.RollingUpdateDeployment.maxSurge'),
  },
)
export type RollingUpdateDeployment = TypeOf<typeof RollingUpdateDeployment>

export const DeploymentStrategy = message('apps/v1.DeploymentStrategy', 'DOC:apps/v1.DeploymentStrategy', {
  type: string.oneOf('Recreate', 'RollingUpdate').default('RollingUpdate').at(1, 'DOC:apps/v1.DeploymentStrategy.type'),
  rollingUpdate: opt(RollingUpdateDeployment).at(2, 'DOC:apps/v1.DeploymentStrategy.rollingUpdate'),
})
export type DeploymentStrategy = TypeOf<typeof DeploymentStrategy>

export const DeploymentSpec = message('apps/v1.DeploymentSpec', 'DOC:apps/v1.DeploymentSpec', {
  replicas: opt(int32).default(1).at(1, 'DOC:apps/v1.DeploymentSpec.replicas'),
  selector: opt(LabelSelector).at(2, 'DOC:apps/v1.DeploymentSpec.selector'),
  template: PodTemplateSpec.at(3, 'DOC:apps/v1.DeploymentSpec.template'),
  strategy: DeploymentStrategy.patch('retainKeys').at(4, 'DOC:apps/v1.DeploymentSpec.strategy'),
  minReadySeconds: int32.at(5, 'DOC:apps/v1.DeploymentSpec.minReadySeconds'),
  revisionHistoryLimit: opt(int32).default(10).at(6, 'DOC:apps/v1.DeploymentSpec.revisionHistoryLimit'),
  paused: bool.at(7, 'DOC:apps/v1.DeploymentSpec.paused'),
  progressDeadlineSeconds: opt(int32).default(600).at(9, 'DOC:apps/v1.DeploymentSpec.progressDeadlineSeconds'),
})
export type DeploymentSpec = TypeOf<typeof DeploymentSpec>

export const DeploymentCondition = message('apps/v1.DeploymentCondition', 'DOC:apps/v1.DeploymentCondition', {
  type: req(string).at(1, 'DOC:apps/v1.DeploymentCondition.type'),
  status: req(string).at(2, 'DOC:apps/v1.DeploymentCondition.status'),
  lastUpdateTime: time.at(6, 'DOC:apps/v1.DeploymentCondition.lastUpdateTime'),
  lastTransitionTime: time.at(7, 'DOC:apps/v1.DeploymentCondition.lastTransitionTime'),
  reason: string.at(4, 'DOC:apps/v1.DeploymentCondition.reason'),
  message: string.at(5, 'DOC:apps/v1.DeploymentCondition.message'),
})
export type DeploymentCondition = TypeOf<typeof DeploymentCondition>

export const DeploymentStatus = message('apps/v1.DeploymentStatus', 'DOC:apps/v1.DeploymentStatus', {
  observedGeneration: int64.at(1, 'DOC:apps/v1.DeploymentStatus.observedGeneration'),
  replicas: int32.at(2, 'DOC:apps/v1.DeploymentStatus.replicas'),
  updatedReplicas: int32.at(3, 'DOC:apps/v1.DeploymentStatus.updatedReplicas'),
  readyReplicas: int32.at(7, 'DOC:apps/v1.DeploymentStatus.readyReplicas'),
  availableReplicas: int32.at(4, 'DOC:apps/v1.DeploymentStatus.availableReplicas'),
  unavailableReplicas: int32.at(5, 'DOC:apps/v1.DeploymentStatus.unavailableReplicas'),
  terminatingReplicas: opt(int32).at(9, 'DOC:apps/v1.DeploymentStatus.terminatingReplicas'),
  conditions: list(DeploymentCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(6, 'DOC:apps/v1.DeploymentStatus.conditions'),
  collisionCount: opt(int32).at(8, 'DOC:apps/v1.DeploymentStatus.collisionCount'),
})
export type DeploymentStatus = TypeOf<typeof DeploymentStatus>

export const Deployment = kind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'DOC:apps/v1.Deployment',
  fields: {
    spec: DeploymentSpec.at(2, 'DOC:apps/v1.Deployment.spec'),
    status: DeploymentStatus.at(3, 'DOC:apps/v1.Deployment.status'),
  },
  status: true,
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
    {
      name: 'Selector',
      priority: 1,
      description: 'Which pods belong to it.',
      value: ({ spec }) => formatLabelSelector(spec.selector),
    },
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
