// The containers of a pod: of all three kinds, and what sets the kinds apart.

import type { FieldErrors, Path } from '../field-errors.ts'
import { dns1123Label, portName, portNumber } from '../names.ts'
import type { Container, ContainerPort, EphemeralContainer, VolumeDevice, VolumeMount } from './container.ts'
import type { PodSpec } from './pod-spec.ts'
import { validateEnv, validateEnvFrom } from './validate-env.ts'
import { validateStopSignal } from './validate-os.ts'
import { validateDescendingPath } from './validate-path.ts'
import { validateProbes } from './validate-probe.ts'
import { validateContainerResources, validateResizePolicy } from './validate-resources.ts'
import { validateSecurityContext } from './validate-security-context.ts'
import type { Volume } from './volume.ts'

type AnyContainer = Container | EphemeralContainer
type Volumes = ReadonlyMap<string, Volume>

function validatePorts(ports: readonly ContainerPort[], path: Path, errors: FieldErrors): void {
  const names = new Set<string>()
  ports.forEach(({ name, containerPort, hostPort }, i) => {
    const at = path.index(i)
    if (name) {
      const complaints = portName(name)
      errors.invalidEach(at.child('name'), name, complaints)
      if (complaints.length === 0 && names.has(name)) errors.duplicate(at.child('name'), name)
      names.add(name)
    }
    if (!containerPort) errors.required(at.child('containerPort'))
    else errors.invalidEach(at.child('containerPort'), containerPort, portNumber(containerPort))
    if (hostPort) errors.invalidEach(at.child('hostPort'), hostPort, portNumber(hostPort))
  })
}

function validateMountMode(mount: VolumeMount, container: AnyContainer, path: Path, errors: FieldErrors): void {
  const { mountPropagation, recursiveReadOnly, readOnly } = mount
  if (mountPropagation === 'Bidirectional' && !container.securityContext?.privileged) {
    const only = 'Bidirectional mount propagation is available only to privileged containers'
    errors.forbidden(path.child('mountPropagation'), only)
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return
  const at = path.child('recursiveReadOnly')
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') {
    errors.notSupported(at, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])
    return
  }
  if (!readOnly) errors.forbidden(at, 'may only be specified when readOnly is true')
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    errors.forbidden(at, 'may only be specified when mountPropagation is None or not specified')
  }
}

function validateMounts(container: AnyContainer, volumes: Volumes, path: Path, errors: FieldErrors): void {
  const places = new Set<string>()
  const devices = container.volumeDevices ?? []
  container.volumeMounts?.forEach((mount, i) => {
    const at = path.index(i)
    const { name = '', mountPath = '', subPath, subPathExpr } = mount
    if (!name) errors.required(at.child('name'))
    const volume = volumes.get(name)
    if (!volume) errors.notFound(at.child('name'), name)
    if (!mountPath) errors.required(at.child('mountPath'))
    if (places.has(mountPath)) errors.invalid(at.child('mountPath'), mountPath, 'must be unique')
    places.add(mountPath)
    if (devices.some((device) => device.name === name)) {
      errors.invalid(at.child('name'), name, 'must not already exist in volumeDevices')
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      errors.invalid(at.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices')
    }
    // Without an index, as upstream tells it.
    if (subPath) validateDescendingPath(subPath, path.child('subPath'), errors)
    if (subPathExpr) {
      if (subPath) {
        errors.invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive')
      }
      validateDescendingPath(subPathExpr, path.child('subPathExpr'), errors)
    }
    validateMountMode(mount, container, path, errors)
  })
}

function validateDevices(container: AnyContainer, volumes: Volumes, path: Path, errors: FieldErrors): void {
  const names = new Set<string>()
  const places = new Set<string>()
  const mounts = container.volumeMounts ?? []
  container.volumeDevices?.forEach(({ name = '', devicePath = '' }: VolumeDevice, i) => {
    const at = path.index(i)
    if (!name) errors.required(at.child('name'))
    if (names.has(name)) errors.invalid(at.child('name'), name, 'must be unique')
    const volume = volumes.get(name)
    if (!volume) errors.notFound(at.child('name'), name)
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
      const only = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      errors.invalid(at.child('name'), name, only)
    }
    if (!devicePath) errors.required(at.child('devicePath'))
    if (places.has(devicePath)) errors.invalid(at.child('devicePath'), devicePath, 'must be unique')
    if (devicePath.split('/').includes('..')) {
      errors.invalid(at.child('devicePath'), devicePath, "can not contain backsteps ('..')")
    }
    if (mounts.some((mount) => mount.name === name)) {
      errors.invalid(at.child('name'), name, 'must not already exist in volumeMounts')
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      errors.invalid(at.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts')
    }
    if (name) names.add(name)
    places.add(devicePath)
  })
}

const maxRules = 20
const maxCodes = 255

function validateRestartRules(container: AnyContainer, path: Path, errors: FieldErrors): void {
  const { restartPolicy, restartPolicyRules = [] } = container
  const policies = ['Always', 'Never', 'OnFailure']
  if (restartPolicy !== undefined && !policies.includes(restartPolicy)) {
    errors.notSupported(path.child('restartPolicy'), restartPolicy, policies)
  }
  if (restartPolicyRules.length === 0) return
  if (restartPolicy === undefined) {
    errors.required(path.child('restartPolicy'), 'must specify restartPolicy when restart rules are used')
  }
  if (restartPolicyRules.length > maxRules) {
    errors.tooMany(path.child('restartPolicyRules'), restartPolicyRules.length, maxRules)
  }
  restartPolicyRules.forEach(({ action, exitCodes }, i) => {
    const at = path.child('restartPolicyRules').index(i)
    if (action !== 'Restart' && action !== 'RestartAllContainers') {
      errors.notSupported(at.child('action'), action ?? '', ['Restart', 'RestartAllContainers'])
    }
    if (!exitCodes) {
      errors.required(at.child('exitCodes'), 'must be specified')
      return
    }
    if (exitCodes.operator !== 'In' && exitCodes.operator !== 'NotIn') {
      errors.notSupported(at.child('exitCodes').child('operator'), exitCodes.operator ?? '', ['In', 'NotIn'])
    }
    const codes = exitCodes.values?.length ?? 0
    if (codes > maxCodes) errors.tooMany(at.child('exitCodes').child('values'), codes, maxCodes)
  })
}

interface PodFacts {
  readonly spec: PodSpec
  readonly volumes: Volumes
  readonly claims: ReadonlySet<string>
  readonly hostUsers: boolean
}

function validateCommon(container: AnyContainer, facts: PodFacts, path: Path, errors: FieldErrors): void {
  const { name, image, resources } = container
  if (!name) errors.required(path.child('name'))
  else errors.invalidEach(path.child('name'), name, dns1123Label(name))
  if (!image) errors.required(path.child('image'))
  validatePorts(container.ports ?? [], path.child('ports'), errors)
  validateEnv(container.env ?? [], path.child('env'), errors)
  validateEnvFrom(container.envFrom ?? [], path.child('envFrom'), errors)
  validateMounts(container, facts.volumes, path.child('volumeMounts'), errors)
  validateDevices(container, facts.volumes, path.child('volumeDevices'), errors)
  validateContainerResources(resources, facts.claims, path.child('resources'), errors)
  validateResizePolicy(container.resizePolicy ?? [], facts.spec.restartPolicy, path.child('resizePolicy'), errors)
  validateSecurityContext(container.securityContext, facts.hostUsers, path.child('securityContext'), errors)
}

function validateHostPorts(containers: readonly Container[], path: Path, errors: FieldErrors): void {
  const taken = new Set<string>()
  containers.forEach((container, c) => {
    container.ports?.forEach(({ hostPort, protocol, hostIP = '' }, p) => {
      if (!hostPort) return
      const told = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(told)) errors.duplicate(path.index(c).child('ports').index(p).child('hostPort'), told)
      taken.add(told)
    })
  })
}

function validateRegular(facts: PodFacts, graceSeconds: number, path: Path, errors: FieldErrors): void {
  const { containers = [] } = facts.spec
  if (containers.length === 0) errors.required(path)
  const names = new Set<string>()
  containers.forEach((container, i) => {
    const at = path.index(i)
    validateCommon(container, facts, at, errors)
    if (names.has(container.name)) errors.duplicate(at.child('name'), container.name)
    names.add(container.name)
    validateProbes(container, graceSeconds, at, errors)
    if (container.lifecycle) validateStopSignal(container.lifecycle, facts.spec.os, at.child('lifecycle'), errors)
    validateRestartRules(container, at, errors)
  })
  validateHostPorts(containers, path, errors)
}

const probes = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const

/** One after the other before the regular ones, unless `restartPolicy` makes a companion of it. */
function validateInit(facts: PodFacts, graceSeconds: number, path: Path, errors: FieldErrors): void {
  const names = new Set((facts.spec.containers ?? []).map(({ name }) => name))
  facts.spec.initContainers?.forEach((container, i) => {
    const at = path.index(i)
    validateCommon(container, facts, at, errors)
    validateRestartRules(container, at, errors)
    if (names.has(container.name)) errors.duplicate(at.child('name'), container.name)
    else if (container.name) names.add(container.name)
    validateHostPorts([container], path, errors)
    if (container.restartPolicy === 'Always') {
      validateProbes(container, graceSeconds, at, errors)
      if (container.lifecycle) validateStopSignal(container.lifecycle, facts.spec.os, at.child('lifecycle'), errors)
      return
    }
    for (const field of probes) {
      if (!container[field]) continue
      errors.forbidden(at.child(field), 'may not be set for init containers without restartPolicy=Always')
    }
  })
}

const notEphemeral = [
  'ports',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

function validateEphemeral(facts: PodFacts, path: Path, errors: FieldErrors): void {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = facts.spec
  const others = new Set([...containers, ...initContainers].map(({ name }) => name))
  const names = new Set(others)
  ephemeralContainers.forEach((container, i) => {
    const at = path.index(i)
    validateCommon(container, facts, at, errors)
    validateImageSpaces(container, at, errors)
    if (names.has(container.name)) errors.duplicate(at.child('name'), container.name)
    names.add(container.name)
    const target = container.targetContainerName
    if (target && !others.has(target)) errors.notFound(at.child('targetContainerName'), target)
    const cannot = 'cannot be set for an Ephemeral Container'
    for (const field of notEphemeral) if (container[field] !== undefined) errors.forbidden(at.child(field), cannot)
    if (Object.keys(container.resources ?? {}).length > 0) errors.forbidden(at.child('resources'), cannot)
    container.volumeMounts?.forEach((mount, m) => {
      const mountPath = at.child('volumeMounts').index(m)
      if (mount.subPath) errors.forbidden(mountPath.child('subPath'), cannot)
      if (mount.subPathExpr) errors.forbidden(mountPath.child('subPathExpr'), cannot)
    })
  })
}

/** Only of pods: old templates may hold such a value. */
export function validateImageSpaces({ image = '' }: AnyContainer, path: Path, errors: FieldErrors): void {
  if (image !== image.trim()) {
    errors.invalid(path.child('image'), image, 'must not have leading or trailing whitespace')
  }
}

export function validateContainers(spec: PodSpec, volumes: Volumes, path: Path, errors: FieldErrors): void {
  const claims = new Set((spec.resourceClaims ?? []).map(({ name }) => name).filter(Boolean))
  const facts = { spec, volumes, claims, hostUsers: spec.hostUsers !== false }
  const graceSeconds = spec.terminationGracePeriodSeconds ?? 30
  validateRegular(facts, graceSeconds, path.child('containers'), errors)
  validateInit(facts, graceSeconds, path.child('initContainers'), errors)
  validateEphemeral(facts, path.child('ephemeralContainers'), errors)
}
