// Where the variables of a container come from, and what the downward API can tell.

import type { FieldErrors, Path } from '../field-errors.ts'
import { configMapKey, nameIsDnsSubdomain, qualifiedName, relaxedEnvVarName } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type { EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector } from './env.ts'
import { validateNonReservedPath } from './validate-path.ts'

const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
export const fileFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]
const knownFieldPaths = new Set([...envFieldPaths, ...fileFieldPaths, 'spec.restartPolicy', 'status.phase'])
const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const isHugePages = (resource: string): boolean => /^(limits|requests)\.hugepages-/.test(resource)

export function validateFieldRef(
  ref: ObjectFieldSelector,
  supported: readonly string[],
  path: Path,
  errors: FieldErrors,
): void {
  const { apiVersion = 'v1', fieldPath } = ref
  if (!fieldPath) {
    errors.required(path.child('fieldPath'))
    return
  }
  if (apiVersion !== 'v1') {
    const why = `unsupported pod version: ${apiVersion}`
    errors.invalid(path.child('fieldPath'), fieldPath, `error converting fieldPath: ${why}`)
    return
  }
  const [, base = fieldPath, subscript] = /^(.*)\['(.*)'\]$/.exec(fieldPath) ?? []
  if (subscript !== undefined) {
    if (base === 'metadata.annotations') errors.invalidEach(path, subscript, qualifiedName(subscript.toLowerCase()))
    else if (base === 'metadata.labels') errors.invalidEach(path, subscript, qualifiedName(subscript))
    else errors.invalid(path, base, 'does not support subscript')
    return
  }
  if (!knownFieldPaths.has(fieldPath)) {
    const why = `error converting fieldPath: field label not supported: ${fieldPath}`
    errors.invalid(path.child('fieldPath'), fieldPath, why)
    return
  }
  if (!supported.includes(fieldPath)) errors.notSupported(path.child('fieldPath'), fieldPath, supported)
}

const byteDivisors = [
  '1',
  ...['k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit) => `1${unit}`),
]
const byteDivisorsText = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei'

function validateDivisor({ resource, divisor = '0' }: ResourceFieldSelector, path: Path, errors: FieldErrors): void {
  const text = Quantity.parse(divisor).toString()
  if (text === '0') return
  const wrong = (values: string, what: string): void =>
    errors.invalid(
      path.child('divisor'),
      resource,
      `only divisor's values ${values} are supported with the ${what} resource`,
    )
  if (resource.endsWith('.cpu')) {
    if (text !== '1m' && text !== '1') wrong('1m and 1', 'cpu')
  } else if (!byteDivisors.includes(text)) {
    if (resource.endsWith('.memory')) wrong(byteDivisorsText, 'memory')
    else if (resource.endsWith('.ephemeral-storage')) wrong(byteDivisorsText, 'local ephemeral storage')
    else if (isHugePages(resource)) wrong(byteDivisorsText, 'hugepages')
  }
}

/** In a file a container must be named; a variable means its own. */
export function validateResourceFieldRef(
  ref: ResourceFieldSelector,
  inFile: boolean,
  path: Path,
  errors: FieldErrors,
): void {
  if (inFile && !ref.containerName) errors.required(path.child('containerName'))
  else if (!ref.resource) errors.required(path.child('resource'))
  else if (!resources.includes(ref.resource) && !isHugePages(ref.resource)) {
    errors.notSupported(path.child('resource'), ref.resource, resources)
  }
  validateDivisor(ref, path, errors)
}

function validateKeyRef(ref: { name?: string | undefined; key: string }, path: Path, errors: FieldErrors): void {
  const name = ref.name ?? ''
  errors.invalidEach(path.child('name'), name, nameIsDnsSubdomain(name, false))
  if (!ref.key) errors.required(path.child('key'))
  else errors.invalidEach(path.child('key'), ref.key, configMapKey(ref.key))
}

function validateSource(source: EnvVarSource, path: Path, errors: FieldErrors): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  if (fieldRef) validateFieldRef(fieldRef, envFieldPaths, path.child('fieldRef'), errors)
  if (resourceFieldRef) validateResourceFieldRef(resourceFieldRef, false, path.child('resourceFieldRef'), errors)
  if (configMapKeyRef) validateKeyRef(configMapKeyRef, path.child('configMapKeyRef'), errors)
  if (secretKeyRef) validateKeyRef(secretKeyRef, path.child('secretKeyRef'), errors)
  if (fileKeyRef) {
    const filePath = path.child('fileKeyRef')
    if (!fileKeyRef.volumeName) errors.required(filePath.child('volumeName'))
    if (!fileKeyRef.path) errors.required(filePath.child('path'))
    else validateNonReservedPath(fileKeyRef.path, filePath.child('path'), errors)
    if (!fileKeyRef.key) errors.required(filePath.child('key'))
  }
}

function validateValueFrom({ value, valueFrom }: EnvVar, path: Path, errors: FieldErrors): void {
  if (!valueFrom) return
  validateSource(valueFrom, path, errors)
  const count = Object.values(valueFrom).filter((source) => source !== undefined).length
  if (count === 0) {
    const all = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    errors.invalid(path, '', `must specify one of: ${all}`)
  } else if (value) {
    errors.invalid(path, '', 'may not be specified when `value` is not empty')
  } else if (count > 1) {
    errors.invalid(path, '', 'may not have more than one field specified at a time')
  }
}

export function validateEnv(env: readonly EnvVar[], path: Path, errors: FieldErrors): void {
  env.forEach((variable, i) => {
    const at = path.index(i)
    if (!variable.name) errors.required(at.child('name'))
    else errors.invalidEach(at.child('name'), variable.name, relaxedEnvVarName(variable.name))
    validateValueFrom(variable, at.child('valueFrom'), errors)
  })
}

export function validateEnvFrom(sources: readonly EnvFromSource[], path: Path, errors: FieldErrors): void {
  sources.forEach(({ prefix, configMapRef, secretRef }, i) => {
    const at = path.index(i)
    if (prefix) errors.invalidEach(at.child('prefix'), prefix, relaxedEnvVarName(prefix))
    for (const [field, ref] of Object.entries({ configMapRef, secretRef })) {
      if (!ref) continue
      const namePath = at.child(field).child('name')
      if (!ref.name) errors.required(namePath)
      else errors.invalidEach(namePath, ref.name, nameIsDnsSubdomain(ref.name, true))
    }
    if (!configMapRef && !secretRef) errors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')
    if (configMapRef && secretRef) errors.invalid(path, '', 'may not have more than one field specified at a time')
  })
}
