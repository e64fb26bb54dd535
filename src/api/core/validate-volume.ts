// Volumes: a name, exactly one source, and what that source needs.

import type { FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { validateLabelSelector, validateLabels } from '../meta/validate-labels.ts'
import { dns1123Label, inRange, nameIsDnsSubdomain, qualifiedName } from '../names.ts'
import { Quantity } from '../quantity.ts'
import { validateClaimSpec } from './validate-claim.ts'
import { validateDriverName, validateIscsi } from './validate-drivers.ts'
import { fileFieldPaths, validateFieldRef, validateResourceFieldRef } from './validate-env.ts'
import {
  validateDescendingPath,
  validateFileMode,
  validateNoBacksteps,
  validateNonReservedPath,
} from './validate-path.ts'
import { certificatePaths, validatePodCertificate } from './validate-pod-certificate.ts'
import type {
  CSIVolumeSource,
  DownwardAPIVolumeFile,
  EphemeralVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  Volume,
  VolumeSource,
} from './volume.ts'

type SourceName = keyof VolumeSource
type Rule<S extends SourceName> = (source: NonNullable<VolumeSource[S]>, path: Path, errors: FieldErrors) => void

/** The fields that must not be empty. */
export const needs =
  <T extends object>(...fields: (keyof T & string)[]) =>
  (source: T, path: Path, errors: FieldErrors): void => {
    for (const field of fields) {
      const value = source[field] as unknown
      if (!value || (Array.isArray(value) && value.length === 0)) errors.required(path.child(field))
    }
  }

function validateItems(items: readonly KeyToPath[] | undefined, path: Path, errors: FieldErrors): void {
  items?.forEach((item, i) => {
    const at = path.child('items').index(i)
    if (!item.key) errors.required(at.child('key'))
    if (!item.path) errors.required(at.child('path'))
    validateNonReservedPath(item.path ?? '', at.child('path'), errors)
    validateFileMode(item.mode, at.child('mode'), errors)
  })
}

function validateDownwardFile(file: DownwardAPIVolumeFile, path: Path, errors: FieldErrors): void {
  if (!file.path) errors.required(path.child('path'))
  validateNonReservedPath(file.path ?? '', path.child('path'), errors)
  const { fieldRef, resourceFieldRef } = file
  if (fieldRef) {
    validateFieldRef(fieldRef, fileFieldPaths, path.child('fieldRef'), errors)
    if (resourceFieldRef) {
      errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')
    }
  } else if (resourceFieldRef) {
    validateResourceFieldRef(resourceFieldRef, true, path.child('resourceFieldRef'), errors)
  } else {
    errors.required(path, 'one of fieldRef and resourceFieldRef is required')
  }
  validateFileMode(file.mode, path.child('mode'), errors)
}

const minTokenSeconds = 600
const maxTokenSeconds = 2 ** 32

/** All sources of a projected volume lie in one folder, so that their paths must differ. */
function validateProjected(volume: ProjectedVolumeSource, path: Path, errors: FieldErrors): void {
  validateFileMode(volume.defaultMode, path.child('defaultMode'), errors)
  const seen = new Set<string>()
  const place = (file: string | undefined, told: string | undefined): void => {
    if (!file) return
    if (seen.has(file)) errors.invalid(path, told ?? '', 'conflicting duplicate paths')
    seen.add(file)
  }
  volume.sources?.forEach((source, i) => {
    const at = path.child('sources').index(i)
    for (const field of ['secret', 'configMap'] as const) {
      const ref = source[field]
      if (!ref) continue
      if (!ref.name) errors.required(at.child(field).child('name'))
      validateItems(ref.items, at.child(field), errors)
      for (const item of ref.items ?? []) place(item.path, ref.name)
    }
    for (const file of source.downwardAPI?.items ?? []) {
      validateDownwardFile(file, at.child('downwardAPI'), errors)
      place(file.path, file.path)
    }
    const { serviceAccountToken: token, clusterTrustBundle: bundle } = source
    if (token) {
      const seconds = token.expirationSeconds ?? 3600
      const expiry = at.child('serviceAccountToken').child('expirationSeconds')
      if (seconds < minTokenSeconds) {
        errors.invalid(expiry, seconds, 'may not specify a duration less than 10 minutes')
      }
      if (seconds > maxTokenSeconds) {
        errors.invalid(expiry, seconds, 'may not specify a duration larger than 2^32 seconds')
      }
      if (!token.path) errors.required(path.child('path'))
      else validateNonReservedPath(token.path, path.child('path'), errors)
    }
    if (bundle) {
      const bundlePath = at.child('clusterTrustBundle')
      const { name, signerName } = bundle
      if (name !== undefined && signerName !== undefined) {
        errors.invalid(bundlePath, bundle, 'only one of name and signerName may be used')
      } else if (name === undefined && signerName === undefined) {
        errors.required(bundlePath, 'either name or signerName must be specified')
      }
      validateLabelSelector(bundle.labelSelector, bundlePath.child('labelSelector'), errors)
      if (!bundle.path) errors.required(bundlePath.child('path'))
      validateNonReservedPath(bundle.path ?? '', bundlePath.child('path'), errors)
      place(bundle.path, bundle.path)
    }
    if (source.podCertificate) {
      validatePodCertificate(source.podCertificate, at.child('podCertificate'), errors)
      for (const file of certificatePaths(source.podCertificate)) place(file, file)
    }
    const count = Object.values(source).filter((one) => one !== undefined).length
    if (count > 1) errors.forbidden(at, 'may not specify more than 1 volume type per source')
  })
}

/** What becomes of the claim's metadata is only its labels and annotations. */
function validateClaimMeta(metadata: ObjectMeta, path: Path, errors: FieldErrors): void {
  const { labels = {}, annotations = {}, ...others } = metadata
  for (const key of Object.keys(annotations)) {
    errors.invalidEach(path.child('annotations'), key, qualifiedName(key.toLowerCase()))
  }
  validateLabels(labels, path.child('labels'), errors)
  for (const field of Object.keys(others)) errors.forbidden(path.child(field), 'cannot be set')
}

function validateCsi({ driver, nodePublishSecretRef: secret }: CSIVolumeSource, path: Path, errors: FieldErrors): void {
  validateDriverName(driver ?? '', path.child('driver'), errors)
  if (!secret) return
  if (!secret.name) errors.required(path.child('nodePublishSecretRef').child('name'))
  else errors.invalidEach(path.child('name'), secret.name, nameIsDnsSubdomain(secret.name, false))
}

function validateEphemeral(
  { volumeClaimTemplate: claim }: EphemeralVolumeSource,
  path: Path,
  errors: FieldErrors,
): void {
  const at = path.child('volumeClaimTemplate')
  if (!claim) {
    errors.required(at)
    return
  }
  validateClaimMeta(claim.metadata ?? {}, at.child('metadata'), errors)
  validateClaimSpec(claim.spec, at.child('spec'), errors)
}

const validatePartition = ({ partition = 0 }: { partition?: number | undefined }, path: Path, errors: FieldErrors) => {
  if (partition >= 0 && partition <= 255) return
  errors.invalid(path.child('partition'), partition, 'must be between 1 and 255, inclusive')
}

const notTwo = 'can not be specified simultaneously'

/** For volumes of pods; those of them that need no secret hold for volumes of the cluster, too. */
export const volumeRules: { readonly [S in SourceName]?: Rule<S> } = {
  emptyDir: ({ sizeLimit }, path, errors) => {
    if (sizeLimit === undefined || Quantity.parse(sizeLimit).sign >= 0) return
    errors.forbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity')
  },
  hostPath: (source, path, errors) => {
    if (!source.path) errors.required(path.child('path'))
    else validateNoBacksteps(source.path, path.child('path'), errors)
  },
  gitRepo: (source, path, errors) => {
    needs<typeof source>('repository')(source, path, errors)
    validateDescendingPath(source.directory ?? '', path.child('directory'), errors)
  },
  gcePersistentDisk: (source, path, errors) => {
    needs<typeof source>('pdName')(source, path, errors)
    validatePartition(source, path, errors)
  },
  awsElasticBlockStore: (source, path, errors) => {
    needs<typeof source>('volumeID')(source, path, errors)
    validatePartition(source, path, errors)
  },
  secret: (source, path, errors) => {
    if (!source.secretName) errors.required(path.child('secretName'))
    validateFileMode(source.defaultMode, path.child('defaultMode'), errors)
    validateItems(source.items, path, errors)
  },
  configMap: (source, path, errors) => {
    if (!source.name) errors.required(path.child('name'))
    validateFileMode(source.defaultMode, path.child('defaultMode'), errors)
    validateItems(source.items, path, errors)
  },
  downwardAPI: (source, path, errors) => {
    validateFileMode(source.defaultMode, path.child('defaultMode'), errors)
    for (const file of source.items ?? []) validateDownwardFile(file, path, errors)
  },
  projected: validateProjected,
  nfs: (source, path, errors) => {
    needs<typeof source>('server', 'path')(source, path, errors)
    if (!source.path?.startsWith('/')) errors.invalid(path.child('path'), source.path, 'must be an absolute path')
  },
  fc: ({ targetWWNs = [], wwids = [], lun }, path, errors) => {
    const at = path.child('targetWWNs')
    if (targetWWNs.length === 0 && wwids.length === 0) {
      errors.required(at, 'must specify either targetWWNs or wwids, but not both')
    }
    if (targetWWNs.length === 0) return
    if (wwids.length > 0) errors.invalid(at, targetWWNs, `targetWWNs and wwids ${notTwo}`)
    if (lun === undefined) errors.required(path.child('lun'), 'lun is required if targetWWNs is specified')
    else errors.invalidEach(path.child('lun'), lun, inRange(lun, 0, 255))
  },
  flocker: ({ datasetName = '', datasetUUID = '' }, path, errors) => {
    if (!datasetName && !datasetUUID) errors.required(path, 'one of datasetName and datasetUUID is required')
    if (datasetName && datasetUUID) errors.invalid(path, 'resource', `datasetName and datasetUUID ${notTwo}`)
    if (datasetName.includes('/')) errors.invalid(path.child('datasetName'), datasetName, "must not contain '/'")
  },
  iscsi: validateIscsi,
  glusterfs: needs('endpoints', 'path'),
  persistentVolumeClaim: needs('claimName'),
  rbd: needs('monitors', 'image'),
  cinder: needs('volumeID'),
  cephfs: needs('monitors'),
  quobyte: needs('registry', 'volume'),
  flexVolume: needs('driver'),
  azureFile: needs('secretName', 'shareName'),
  azureDisk: needs('diskName', 'diskURI'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  scaleIO: needs('gateway', 'system', 'volumeName'),
  storageos: needs('volumeName'),
  csi: validateCsi,
  ephemeral: validateEphemeral,
}

/** In upstream's order, which says which of several sources is the one too many. */
const order: readonly SourceName[] = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
]

function validateSource(volume: Volume, isPod: boolean, path: Path, errors: FieldErrors): void {
  const [first, ...more] = order.filter((name) => volume[name] !== undefined)
  if (first === undefined) {
    errors.required(path, 'must specify a volume type')
    return
  }
  const rule = volumeRules[first] as Rule<SourceName> | undefined
  rule?.(volume[first] as never, path.child(first), errors)
  if (first === 'image' && isPod && !volume.image?.reference) errors.required(path.child('image').child('reference'))
  for (const name of more) errors.forbidden(path.child(name), 'may not specify more than 1 volume type')
}

/** `podName` is known of pods, not of templates. Returns the good volumes by name. */
export function validateVolumes(
  volumes: readonly Volume[],
  podName: string | undefined,
  path: Path,
  errors: FieldErrors,
): ReadonlyMap<string, Volume> {
  const byName = new Map<string, Volume>()
  volumes.forEach((volume, i) => {
    const at = path.index(i)
    const namePath = at.child('name')
    const { name } = volume
    validateSource(volume, podName !== undefined, at, errors)
    const complaints = dns1123Label(name ?? '')
    if (!name) errors.required(namePath)
    else errors.invalidEach(namePath, name, complaints)
    if (name && byName.has(name)) errors.duplicate(namePath, name)
    if (volume.ephemeral && podName && name) {
      const claim = `${podName}-${name}`
      for (const complaint of nameIsDnsSubdomain(claim, false)) {
        errors.invalid(namePath, name, `PVC name ${JSON.stringify(claim)}: ${complaint}`)
      }
    }
    if (name) byName.set(name, volume)
  })
  return byName
}
