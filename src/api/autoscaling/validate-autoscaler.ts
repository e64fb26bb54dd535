// Autoscalers: something to scale, between two numbers, by metrics that each have one source and one target.

import { validateNonNegative } from '../core/validate-probe.ts'
import { validateContainerResourceName } from '../core/validate-resources.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1123Label, pathSegment } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type {
  HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerStatus,
  HPAScalingPolicy,
  HPAScalingRules,
} from './horizontal-pod-autoscaler-types.ts'
import type {
  ContainerResourceMetricSource,
  CrossVersionObjectReference,
  ExternalMetricSource,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
  ObjectMetricSource,
  PodsMetricSource,
  ResourceMetricSource,
} from './metric.ts'

const path = Path.of('spec')
const maxPeriodSeconds = 1800
const maxWindowSeconds = 3600

function validateName(value: string, path: Path, missing: string, errors: FieldErrors): void {
  if (!value) errors.required(path, missing)
  else errors.invalidEach(path, value, pathSegment(value))
}

function validateReference(reference: CrossVersionObjectReference, path: Path, errors: FieldErrors): void {
  for (const field of ['kind', 'name'] as const) validateName(reference[field] ?? '', path.child(field), '', errors)
}

function validatePolicy({ value = 0, periodSeconds = 0 }: HPAScalingPolicy, path: Path, errors: FieldErrors): void {
  if (value <= 0) errors.invalid(path.child('value'), value, 'must be greater than zero')
  const period = path.child('periodSeconds')
  if (periodSeconds <= 0) errors.invalid(period, periodSeconds, 'must be greater than zero')
  if (periodSeconds > maxPeriodSeconds) {
    errors.invalid(period, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`)
  }
}

function validateRules(rules: HPAScalingRules | undefined, path: Path, errors: FieldErrors): void {
  if (!rules) return
  const { stabilizationWindowSeconds: window = 0, policies = [], tolerance } = rules
  const windowPath = path.child('stabilizationWindowSeconds')
  if (window < 0) errors.invalid(windowPath, window, 'must be greater than or equal to zero')
  if (window > maxWindowSeconds) errors.invalid(windowPath, window, `must be less than or equal to ${maxWindowSeconds}`)
  const at = path.child('policies')
  if (policies.length === 0) errors.required(at, 'must specify at least one Policy')
  policies.forEach((policy, i) => {
    validatePolicy(policy, at.index(i), errors)
  })
  if (tolerance === undefined || Quantity.parse(tolerance).sign >= 0) return
  errors.invalid(path.child('tolerance'), tolerance, 'must be greater than or equal to 0')
}

const targetTypes = ['Utilization', 'Value', 'AverageValue']

function validateTarget(target: MetricTarget, path: Path, errors: FieldErrors): void {
  const { type = '', averageUtilization: percent } = target
  if (type === '') errors.required(path.child('type'), 'must specify a metric target type')
  if (!targetTypes.includes(type)) {
    errors.invalid(path.child('type'), type, 'must be either Utilization, Value, or AverageValue')
  }
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target[field]
    if (amount !== undefined && Quantity.parse(amount).sign <= 0) {
      errors.invalid(path.child(field), amount, 'must be positive')
    }
  }
  if (percent !== undefined && percent < 1) {
    errors.invalid(path.child('averageUtilization'), percent, 'must be greater than 0')
  }
}

const validateMetric = ({ name = '' }: MetricIdentifier, path: Path, errors: FieldErrors): void =>
  validateName(name, path.child('name'), 'must specify a metric name', errors)

function validateObject(
  { describedObject, metric, target }: ObjectMetricSource,
  path: Path,
  errors: FieldErrors,
): void {
  validateReference(describedObject, path.child('describedObject'), errors)
  validateMetric(metric, path.child('metric'), errors)
  const at = path.child('target')
  validateTarget(target, at, errors)
  if (target.value !== undefined || target.averageValue !== undefined) return
  errors.required(at.child('averageValue'), 'must set either a target value or averageValue')
}

function validateExternal({ metric, target }: ExternalMetricSource, path: Path, errors: FieldErrors): void {
  validateMetric(metric, path.child('metric'), errors)
  const at = path.child('target')
  validateTarget(target, at, errors)
  const [whole, each] = [target.value !== undefined, target.averageValue !== undefined]
  const both = 'a target value for metric'
  if (!whole && !each) errors.required(at.child('averageValue'), `must set either ${both} or a per-pod target`)
  if (whole && each) errors.forbidden(at.child('value'), `may not set both ${both} and a per-pod target`)
}

function validatePods({ metric, target }: PodsMetricSource, path: Path, errors: FieldErrors): void {
  validateMetric(metric, path.child('metric'), errors)
  validateTarget(target, path.child('target'), errors)
  if (target.averageValue !== undefined) return
  errors.required(path.child('target').child('averageValue'), 'must specify a positive target averageValue')
}

function validateUse(target: MetricTarget, path: Path, errors: FieldErrors): void {
  const at = path.child('target')
  validateTarget(target, at, errors)
  const [percent, value] = [target.averageUtilization !== undefined, target.averageValue !== undefined]
  if (!percent && !value) {
    errors.required(at.child('averageUtilization'), 'must set either a target raw value or a target utilization')
  }
  if (percent && value) {
    errors.forbidden(at.child('averageValue'), 'may not set both a target raw value and a target utilization')
  }
}

function validateResource({ name, target }: ResourceMetricSource, path: Path, errors: FieldErrors): void {
  if (!name) errors.required(path.child('name'), 'must specify a resource name')
  validateUse(target, path, errors)
}

function validateContainerResource(source: ContainerResourceMetricSource, path: Path, errors: FieldErrors): void {
  const { name, container, target } = source
  if (!name) errors.required(path.child('name'), 'must specify a resource name')
  else validateContainerResourceName(name, path.child('name'), errors)
  if (!container) errors.required(path.child('container'), 'must specify a container')
  else errors.invalidEach(path.child('container'), container, dns1123Label(container))
  validateUse(target, path, errors)
}

type SourceName = 'object' | 'external' | 'pods' | 'resource' | 'containerResource'

const sources: { readonly [S in SourceName]: (source: never, path: Path, errors: FieldErrors) => void } = {
  object: validateObject,
  external: validateExternal,
  pods: validatePods,
  resource: validateResource,
  containerResource: validateContainerResource,
}
const names = Object.keys(sources) as SourceName[]

const types: Readonly<Record<string, SourceName>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

function validateMetricSpec(spec: MetricSpec, path: Path, errors: FieldErrors): void {
  const { type = '' } = spec
  const wanted = Object.hasOwn(types, type) ? types[type] : undefined
  if (type === '') errors.required(path.child('type'), 'must specify a metric source type')
  if (wanted === undefined) errors.notSupported(path.child('type'), type, Object.keys(types))
  const given = names.filter((name) => spec[name] !== undefined)
  const [first] = given
  if (first !== undefined) sources[first](spec[first] as never, path.child(first), errors)
  if (wanted !== undefined && spec[wanted] === undefined) {
    errors.required(path.child(wanted), 'must populate information for the given metric source')
  }
  // Upstream says it twice.
  if (wanted === undefined) errors.notSupported(path.child('type'), type, Object.keys(types))
  if (given.length === 1) return
  for (const name of given) {
    if (name !== wanted) errors.forbidden(path.child(name), 'must populate the given metric source only')
  }
}

export function validateAutoscaler(
  { spec }: { readonly spec: HorizontalPodAutoscalerSpec },
  errors: FieldErrors,
): void {
  const { minReplicas, maxReplicas = 0, metrics = [], behavior, scaleTargetRef } = spec
  validateNonNegative(minReplicas, path.child('minReplicas'), errors)
  const max = path.child('maxReplicas')
  if (maxReplicas < 1) errors.invalid(max, maxReplicas, 'must be greater than 0')
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.invalid(max, maxReplicas, 'must be greater than or equal to `minReplicas`')
  }
  validateReference(scaleTargetRef, path.child('scaleTargetRef'), errors)
  metrics.forEach((metric, i) => {
    validateMetricSpec(metric, path.child('metrics').index(i), errors)
  })
  // What no pod uses can only be seen from outside.
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const one = 'must specify at least one Object or External metric to support scaling to zero replicas'
    errors.forbidden(path.child('metrics'), one)
  }
  validateRules(behavior?.scaleUp, path.child('behavior').child('scaleUp'), errors)
  validateRules(behavior?.scaleDown, path.child('behavior').child('scaleDown'), errors)
}

export function validateAutoscalerStatus(
  { status }: { readonly status: Pick<HorizontalPodAutoscalerStatus, 'currentReplicas' | 'desiredReplicas'> },
  errors: FieldErrors,
): void {
  for (const field of ['currentReplicas', 'desiredReplicas'] as const) {
    validateNonNegative(status[field], Path.of('status').child(field), errors)
  }
}
