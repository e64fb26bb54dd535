// Where a volume of the cluster lies: what each kind of place needs. Places that need no secret follow the rules of
// the volumes of pods.

import type { FieldErrors, Path } from '../field-errors.ts'
import { nameIsDnsLabel } from '../names.ts'
import { type CSIPersistentVolumeSource, PersistentVolumeSource } from './persistent-volume-source.ts'
import type { SecretReference } from './reference.ts'
import { validateDriverName, validateIscsi } from './validate-drivers.ts'
import { validateNoBacksteps } from './validate-path.ts'
import { needs, volumeRules } from './validate-volume.ts'

type SourceName = keyof PersistentVolumeSource
type Rule<S extends SourceName> = (
  source: NonNullable<PersistentVolumeSource[S]>,
  path: Path,
  errors: FieldErrors,
) => void

function validateSecret(secret: SecretReference | undefined, path: Path, errors: FieldErrors): void {
  if (!secret) return
  if (!secret.name) errors.required(path.child('name'))
  if (!secret.namespace) errors.required(path.child('namespace'))
}

const csiSecrets = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
  'nodeStageSecretRef',
] as const

function validateCsi(source: CSIPersistentVolumeSource, path: Path, errors: FieldErrors): void {
  validateDriverName(source.driver ?? '', path.child('driver'), errors)
  if (!source.volumeHandle) errors.required(path.child('volumeHandle'))
  for (const field of csiSecrets) validateSecret(source[field], path.child(field), errors)
}

const rules: { readonly [S in SourceName]?: Rule<S> } = {
  hostPath: volumeRules.hostPath!,
  gcePersistentDisk: volumeRules.gcePersistentDisk!,
  awsElasticBlockStore: volumeRules.awsElasticBlockStore!,
  nfs: volumeRules.nfs!,
  fc: volumeRules.fc!,
  flocker: volumeRules.flocker!,
  vsphereVolume: volumeRules.vsphereVolume!,
  quobyte: volumeRules.quobyte!,
  azureDisk: volumeRules.azureDisk!,
  photonPersistentDisk: volumeRules.photonPersistentDisk!,
  portworxVolume: volumeRules.portworxVolume!,
  glusterfs: (source, path, errors) => {
    needs<typeof source>('endpoints', 'path')(source, path, errors)
    const { endpointsNamespace: namespace } = source
    const at = path.child('endpointsNamespace')
    if (namespace === '') {
      errors.invalid(at, namespace, 'if the endpointnamespace is set, it must be a valid namespace name')
    } else if (namespace !== undefined) errors.invalidEach(at, namespace, nameIsDnsLabel(namespace, false))
  },
  rbd: needs('monitors', 'image'),
  iscsi: validateIscsi,
  cinder: (source, path, errors) => {
    needs<typeof source>('volumeID')(source, path, errors)
    validateSecret(source.secretRef, path.child('secretRef'), errors)
  },
  cephfs: needs('monitors'),
  flexVolume: needs('driver'),
  azureFile: (source, path, errors) => {
    needs<typeof source>('secretName', 'shareName')(source, path, errors)
    if (source.secretNamespace === '') errors.required(path.child('secretNamespace'))
  },
  scaleIO: needs('gateway', 'system', 'volumeName'),
  local: (source, path, errors) => {
    if (!source.path) errors.required(path.child('path'))
    else validateNoBacksteps(source.path, path.child('path'), errors)
  },
  storageos: needs('volumeName'),
  csi: validateCsi,
}

/** In upstream's order, which says which of several sources is the one too many. */
const order: readonly SourceName[] = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
]

/** Paths of upstream that are not those of the fields. */
const told: { readonly [S in SourceName]?: string } = { gcePersistentDisk: 'persistentDisk' }

export function validateVolumeSource(source: PersistentVolumeSource, path: Path, errors: FieldErrors): void {
  const [first, ...more] = order.filter((name) => source[name] !== undefined)
  if (first === undefined) {
    errors.required(path, 'must specify a volume type')
    return
  }
  const rule = rules[first] as Rule<SourceName> | undefined
  rule?.(source[first] as never, path.child(told[first] ?? first), errors)
  for (const name of more) errors.forbidden(path.child(name), 'may not specify more than 1 volume type')
}

/** The source alone, out of a spec that has other fields, too. */
export const sourceOf = (spec: PersistentVolumeSource): PersistentVolumeSource =>
  Object.fromEntries(Object.keys(PersistentVolumeSource.fields).map((name) => [name, spec[name as SourceName]]))
