import { LabelSelector } from '../meta/label-selector.ts'
import { bool, inline, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'
import { ObjectFieldSelector, ResourceFieldSelector } from './env.ts'
import { PersistentVolumeClaimTemplate } from './persistent-volume-claim.ts'
import { LocalObjectReference } from './reference.ts'

export const AWSElasticBlockStoreVolumeSource = message(
  'core/v1.AWSElasticBlockStoreVolumeSource',
  'DOC:core/v1.AWSElasticBlockStoreVolumeSource',
  {
    volumeID: req(string).at(1, 'DOC:core/v1.AWSElasticBlockStoreVolumeSource.volumeID'),
    fsType: string.at(2, 'DOC:core/v1.AWSElasticBlockStoreVolumeSource.fsType'),
    partition: int32.at(3, 'DOC:core/v1.AWSElasticBlockStoreVolumeSource.partition'),
    readOnly: bool.at(4, 'DOC:core/v1.AWSElasticBlockStoreVolumeSource.readOnly'),
  },
)
export type AWSElasticBlockStoreVolumeSource = TypeOf<typeof AWSElasticBlockStoreVolumeSource>

export const AzureDiskVolumeSource = message('core/v1.AzureDiskVolumeSource', 'DOC:core/v1.AzureDiskVolumeSource', {
  diskName: req(string).at(1, 'DOC:core/v1.AzureDiskVolumeSource.diskName'),
  diskURI: req(string).at(2, 'DOC:core/v1.AzureDiskVolumeSource.diskURI'),
  cachingMode: opt(string.oneOf('None', 'ReadOnly', 'ReadWrite'))
    .default('ReadWrite')
    .at(3, 'DOC:core/v1.AzureDiskVolumeSource.cachingMode'),
  fsType: opt(string).default('ext4').at(4, 'DOC:core/v1.AzureDiskVolumeSource.fsType'),
  readOnly: opt(bool).default(false).at(5, 'DOC:core/v1.AzureDiskVolumeSource.readOnly'),
  kind: opt(string.oneOf('Shared', 'Dedicated', 'Managed'))
    .default('Shared')
    .at(6, 'DOC:core/v1.AzureDiskVolumeSource.kind'),
})
export type AzureDiskVolumeSource = TypeOf<typeof AzureDiskVolumeSource>

export const AzureFileVolumeSource = message('core/v1.AzureFileVolumeSource', 'DOC:core/v1.AzureFileVolumeSource', {
  secretName: req(string).at(1, 'DOC:core/v1.AzureFileVolumeSource.secretName'),
  shareName: req(string).at(2, 'DOC:core/v1.AzureFileVolumeSource.shareName'),
  readOnly: bool.at(3, 'DOC:core/v1.AzureFileVolumeSource.readOnly'),
})
export type AzureFileVolumeSource = TypeOf<typeof AzureFileVolumeSource>

export const CSIVolumeSource = message('core/v1.CSIVolumeSource', 'DOC:core/v1.CSIVolumeSource', {
  driver: req(string).at(1, 'DOC:core/v1.CSIVolumeSource.driver'),
  readOnly: opt(bool).at(2, 'DOC:core/v1.CSIVolumeSource.readOnly'),
  fsType: opt(string).at(3, 'DOC:core/v1.CSIVolumeSource.fsType'),
  volumeAttributes: map(string).at(4, 'DOC:core/v1.CSIVolumeSource.volumeAttributes'),
  nodePublishSecretRef: opt(LocalObjectReference).at(5, 'DOC:core/v1.CSIVolumeSource.nodePublishSecretRef'),
})
export type CSIVolumeSource = TypeOf<typeof CSIVolumeSource>

export const CephFSVolumeSource = message('core/v1.CephFSVolumeSource', 'DOC:core/v1.CephFSVolumeSource', {
  monitors: req(list(string)).owned('atomic').at(1, 'DOC:core/v1.CephFSVolumeSource.monitors'),
  path: string.at(2, 'DOC:core/v1.CephFSVolumeSource.path'),
  user: string.at(3, 'DOC:core/v1.CephFSVolumeSource.user'),
  secretFile: string.at(4, 'DOC:core/v1.CephFSVolumeSource.secretFile'),
  secretRef: opt(LocalObjectReference).at(5, 'DOC:core/v1.CephFSVolumeSource.secretRef'),
  readOnly: bool.at(6, 'DOC:core/v1.CephFSVolumeSource.readOnly'),
})
export type CephFSVolumeSource = TypeOf<typeof CephFSVolumeSource>

export const CinderVolumeSource = message('core/v1.CinderVolumeSource', 'DOC:core/v1.CinderVolumeSource', {
  volumeID: req(string).at(1, 'DOC:core/v1.CinderVolumeSource.volumeID'),
  fsType: string.at(2, 'DOC:core/v1.CinderVolumeSource.fsType'),
  readOnly: bool.at(3, 'DOC:core/v1.CinderVolumeSource.readOnly'),
  secretRef: opt(LocalObjectReference).at(4, 'DOC:core/v1.CinderVolumeSource.secretRef'),
})
export type CinderVolumeSource = TypeOf<typeof CinderVolumeSource>

export const KeyToPath = message('core/v1.KeyToPath', 'DOC:core/v1.KeyToPath', {
  key: req(string).at(1, 'DOC:core/v1.KeyToPath.key'),
  path: req(string).at(2, 'DOC:core/v1.KeyToPath.path'),
  mode: opt(int32).at(3, 'DOC:core/v1.KeyToPath.mode'),
  user: opt(int64).at(4, 'DOC:core/v1.KeyToPath.user'),
})
export type KeyToPath = TypeOf<typeof KeyToPath>

export const ConfigMapVolumeSource = message('core/v1.ConfigMapVolumeSource', 'DOC:core/v1.ConfigMapVolumeSource', {
  ...inline(LocalObjectReference, 1),
  items: list(KeyToPath).owned('atomic').at(2, 'DOC:core/v1.ConfigMapVolumeSource.items'),
  defaultMode: opt(int32).default(420).at(3, 'DOC:core/v1.ConfigMapVolumeSource.defaultMode'),
  optional: opt(bool).at(4, 'DOC:core/v1.ConfigMapVolumeSource.optional'),
  defaultUser: opt(int64).at(5, 'DOC:core/v1.ConfigMapVolumeSource.defaultUser'),
})
export type ConfigMapVolumeSource = TypeOf<typeof ConfigMapVolumeSource>

export const DownwardAPIVolumeFile = message('core/v1.DownwardAPIVolumeFile', 'DOC:core/v1.DownwardAPIVolumeFile', {
  path: req(string).at(1, 'DOC:core/v1.DownwardAPIVolumeFile.path'),
  fieldRef: opt(ObjectFieldSelector).at(2, 'DOC:core/v1.DownwardAPIVolumeFile.fieldRef'),
  resourceFieldRef: opt(ResourceFieldSelector).at(3, 'DOC:core/v1.DownwardAPIVolumeFile.resourceFieldRef'),
  mode: opt(int32).at(4, 'DOC:core/v1.DownwardAPIVolumeFile.mode'),
  user: opt(int64).at(5, 'DOC:core/v1.DownwardAPIVolumeFile.user'),
})
export type DownwardAPIVolumeFile = TypeOf<typeof DownwardAPIVolumeFile>

export const DownwardAPIVolumeSource = message(
  'core/v1.DownwardAPIVolumeSource',
  'DOC:core/v1.DownwardAPIVolumeSource',
  {
    items: list(DownwardAPIVolumeFile).owned('atomic').at(1, 'DOC:core/v1.DownwardAPIVolumeSource.items'),
    defaultMode: opt(int32).default(420).at(2, 'DOC:core/v1.DownwardAPIVolumeSource.defaultMode'),
    defaultUser: opt(int64).at(3, 'DOC:core/v1.DownwardAPIVolumeSource.defaultUser'),
  },
)
export type DownwardAPIVolumeSource = TypeOf<typeof DownwardAPIVolumeSource>

export const EmptyDirVolumeSource = message('core/v1.EmptyDirVolumeSource', 'DOC:core/v1.EmptyDirVolumeSource', {
  medium: string.at(1, 'DOC:core/v1.EmptyDirVolumeSource.medium'),
  sizeLimit: opt(quantity).at(2, 'DOC:core/v1.EmptyDirVolumeSource.sizeLimit'),
  mode: opt(int32).at(3, 'DOC:core/v1.EmptyDirVolumeSource.mode'),
})
export type EmptyDirVolumeSource = TypeOf<typeof EmptyDirVolumeSource>

export const EphemeralVolumeSource = message('core/v1.EphemeralVolumeSource', 'DOC:core/v1.EphemeralVolumeSource', {
  volumeClaimTemplate: opt(PersistentVolumeClaimTemplate).at(
    1,
    'DOC:core/v1.EphemeralVolumeSource.volumeClaimTemplate',
  ),
})
export type EphemeralVolumeSource = TypeOf<typeof EphemeralVolumeSource>

export const FCVolumeSource = message('core/v1.FCVolumeSource', 'DOC:core/v1.FCVolumeSource', {
  targetWWNs: list(string).owned('atomic').at(1, 'DOC:core/v1.FCVolumeSource.targetWWNs'),
  lun: opt(int32).at(2, 'DOC:core/v1.FCVolumeSource.lun'),
  fsType: string.at(3, 'DOC:core/v1.FCVolumeSource.fsType'),
  readOnly: bool.at(4, 'DOC:core/v1.FCVolumeSource.readOnly'),
  wwids: list(string).owned('atomic').at(5, 'DOC:core/v1.FCVolumeSource.wwids'),
})
export type FCVolumeSource = TypeOf<typeof FCVolumeSource>

export const FlexVolumeSource = message('core/v1.FlexVolumeSource', 'DOC:core/v1.FlexVolumeSource', {
  driver: req(string).at(1, 'DOC:core/v1.FlexVolumeSource.driver'),
  fsType: string.at(2, 'DOC:core/v1.FlexVolumeSource.fsType'),
  secretRef: opt(LocalObjectReference).at(3, 'DOC:core/v1.FlexVolumeSource.secretRef'),
  readOnly: bool.at(4, 'DOC:core/v1.FlexVolumeSource.readOnly'),
  options: map(string).at(5, 'DOC:core/v1.FlexVolumeSource.options'),
})
export type FlexVolumeSource = TypeOf<typeof FlexVolumeSource>

export const FlockerVolumeSource = message('core/v1.FlockerVolumeSource', 'DOC:core/v1.FlockerVolumeSource', {
  datasetName: string.at(1, 'DOC:core/v1.FlockerVolumeSource.datasetName'),
  datasetUUID: string.at(2, 'DOC:core/v1.FlockerVolumeSource.datasetUUID'),
})
export type FlockerVolumeSource = TypeOf<typeof FlockerVolumeSource>

export const GCEPersistentDiskVolumeSource = message(
  'core/v1.GCEPersistentDiskVolumeSource',
  'DOC:core/v1.GCEPersistentDiskVolumeSource',
  {
    pdName: req(string).at(1, 'DOC:core/v1.GCEPersistentDiskVolumeSource.pdName'),
    fsType: string.at(2, 'DOC:core/v1.GCEPersistentDiskVolumeSource.fsType'),
    partition: int32.at(3, 'DOC:core/v1.GCEPersistentDiskVolumeSource.partition'),
    readOnly: bool.at(4, 'DOC:core/v1.GCEPersistentDiskVolumeSource.readOnly'),
  },
)
export type GCEPersistentDiskVolumeSource = TypeOf<typeof GCEPersistentDiskVolumeSource>

export const GitRepoVolumeSource = message('core/v1.GitRepoVolumeSource', 'DOC:core/v1.GitRepoVolumeSource', {
  repository: req(string).at(1, 'DOC:core/v1.GitRepoVolumeSource.repository'),
  revision: string.at(2, 'DOC:core/v1.GitRepoVolumeSource.revision'),
  directory: string.at(3, 'DOC:core/v1.GitRepoVolumeSource.directory'),
})
export type GitRepoVolumeSource = TypeOf<typeof GitRepoVolumeSource>

export const GlusterfsVolumeSource = message('core/v1.GlusterfsVolumeSource', 'DOC:core/v1.GlusterfsVolumeSource', {
  endpoints: req(string).at(1, 'DOC:core/v1.GlusterfsVolumeSource.endpoints'),
  path: req(string).at(2, 'DOC:core/v1.GlusterfsVolumeSource.path'),
  readOnly: bool.at(3, 'DOC:core/v1.GlusterfsVolumeSource.readOnly'),
})
export type GlusterfsVolumeSource = TypeOf<typeof GlusterfsVolumeSource>

export const HostPathVolumeSource = message('core/v1.HostPathVolumeSource', 'DOC:core/v1.HostPathVolumeSource', {
  path: req(string).at(1, 'DOC:core/v1.HostPathVolumeSource.path'),
  type: opt(
    string.oneOf('', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'),
  )
    .default('')
    .at(2, 'DOC:core/v1.HostPathVolumeSource.type'),
})
export type HostPathVolumeSource = TypeOf<typeof HostPathVolumeSource>

export const ISCSIVolumeSource = message('core/v1.ISCSIVolumeSource', 'DOC:core/v1.ISCSIVolumeSource', {
  targetPortal: req(string).at(1, 'DOC:core/v1.ISCSIVolumeSource.targetPortal'),
  iqn: req(string).at(2, 'DOC:core/v1.ISCSIVolumeSource.iqn'),
  lun: req(int32).at(3, 'DOC:core/v1.ISCSIVolumeSource.lun'),
  iscsiInterface: string.default('default').at(4, 'DOC:core/v1.ISCSIVolumeSource.iscsiInterface'),
  fsType: string.at(5, 'DOC:core/v1.ISCSIVolumeSource.fsType'),
  readOnly: bool.at(6, 'DOC:core/v1.ISCSIVolumeSource.readOnly'),
  portals: list(string).owned('atomic').at(7, 'DOC:core/v1.ISCSIVolumeSource.portals'),
  chapAuthDiscovery: bool.at(8, 'DOC:core/v1.ISCSIVolumeSource.chapAuthDiscovery'),
  chapAuthSession: bool.at(11, 'DOC:core/v1.ISCSIVolumeSource.chapAuthSession'),
  secretRef: opt(LocalObjectReference).at(10, 'DOC:core/v1.ISCSIVolumeSource.secretRef'),
  initiatorName: opt(string).at(12, 'DOC:core/v1.ISCSIVolumeSource.initiatorName'),
})
export type ISCSIVolumeSource = TypeOf<typeof ISCSIVolumeSource>

export const ImageVolumeSource = message('core/v1.ImageVolumeSource', 'DOC:core/v1.ImageVolumeSource', {
  reference: string.at(1, 'DOC:core/v1.ImageVolumeSource.reference'),
  pullPolicy: string.oneOf('Always', 'IfNotPresent', 'Never').at(2, 'DOC:core/v1.ImageVolumeSource.pullPolicy'),
})
export type ImageVolumeSource = TypeOf<typeof ImageVolumeSource>

export const NFSVolumeSource = message('core/v1.NFSVolumeSource', 'DOC:core/v1.NFSVolumeSource', {
  server: req(string).at(1, 'DOC:core/v1.NFSVolumeSource.server'),
  path: req(string).at(2, 'DOC:core/v1.NFSVolumeSource.path'),
  readOnly: bool.at(3, 'DOC:core/v1.NFSVolumeSource.readOnly'),
})
export type NFSVolumeSource = TypeOf<typeof NFSVolumeSource>

export const PersistentVolumeClaimVolumeSource = message(
  'core/v1.PersistentVolumeClaimVolumeSource',
  'DOC:core/v1.PersistentVolumeClaimVolumeSource',
  {
    claimName: req(string).at(1, 'DOC:core/v1.PersistentVolumeClaimVolumeSource.claimName'),
    readOnly: bool.at(2, 'DOC:core/v1.PersistentVolumeClaimVolumeSource.readOnly'),
  },
)
export type PersistentVolumeClaimVolumeSource = TypeOf<typeof PersistentVolumeClaimVolumeSource>

export const PhotonPersistentDiskVolumeSource = message(
  'core/v1.PhotonPersistentDiskVolumeSource',
  'DOC:core/v1.PhotonPersistentDiskVolumeSource',
  {
    pdID: req(string).at(1, 'DOC:core/v1.PhotonPersistentDiskVolumeSource.pdID'),
    fsType: string.at(2, 'DOC:core/v1.PhotonPersistentDiskVolumeSource.fsType'),
  },
)
export type PhotonPersistentDiskVolumeSource = TypeOf<typeof PhotonPersistentDiskVolumeSource>

export const PortworxVolumeSource = message('core/v1.PortworxVolumeSource', 'DOC:core/v1.PortworxVolumeSource', {
  volumeID: req(string).at(1, 'DOC:core/v1.PortworxVolumeSource.volumeID'),
  fsType: string.at(2, 'DOC:core/v1.PortworxVolumeSource.fsType'),
  readOnly: bool.at(3, 'DOC:core/v1.PortworxVolumeSource.readOnly'),
})
export type PortworxVolumeSource = TypeOf<typeof PortworxVolumeSource>

export const ClusterTrustBundleProjection = message(
  'core/v1.ClusterTrustBundleProjection',
  'DOC:core/v1.ClusterTrustBundleProjection',
  {
    name: opt(string).at(1, 'DOC:core/v1.ClusterTrustBundleProjection.name'),
    signerName: opt(string).at(2, 'DOC:core/v1.ClusterTrustBundleProjection.signerName'),
    labelSelector: opt(LabelSelector).at(3, 'DOC:core/v1.ClusterTrustBundleProjection.labelSelector'),
    optional: opt(bool).at(5, 'DOC:core/v1.ClusterTrustBundleProjection.optional'),
    path: req(string).at(4, 'DOC:core/v1.ClusterTrustBundleProjection.path'),
    user: opt(int64).at(6, 'DOC:core/v1.ClusterTrustBundleProjection.user'),
  },
)
export type ClusterTrustBundleProjection = TypeOf<typeof ClusterTrustBundleProjection>

export const ConfigMapProjection = message('core/v1.ConfigMapProjection', 'DOC:core/v1.ConfigMapProjection', {
  ...inline(LocalObjectReference, 1),
  items: list(KeyToPath).owned('atomic').at(2, 'DOC:core/v1.ConfigMapProjection.items'),
  optional: opt(bool).at(4, 'DOC:core/v1.ConfigMapProjection.optional'),
})
export type ConfigMapProjection = TypeOf<typeof ConfigMapProjection>

export const DownwardAPIProjection = message('core/v1.DownwardAPIProjection', 'DOC:core/v1.DownwardAPIProjection', {
  items: list(DownwardAPIVolumeFile).owned('atomic').at(1, 'DOC:core/v1.DownwardAPIProjection.items'),
})
export type DownwardAPIProjection = TypeOf<typeof DownwardAPIProjection>

export const PodCertificateProjection = message(
  'core/v1.PodCertificateProjection',
  'DOC:core/v1.PodCertificateProjection',
  {
    signerName: string.at(1, 'DOC:core/v1.PodCertificateProjection.signerName'),
    keyType: string.at(2, 'DOC:core/v1.PodCertificateProjection.keyType'),
    maxExpirationSeconds: opt(int32).default(86400).at(3, 'DOC:core/v1.PodCertificateProjection.maxExpirationSeconds'),
    credentialBundlePath: string.at(4, 'DOC:core/v1.PodCertificateProjection.credentialBundlePath'),
    keyPath: string.at(5, 'DOC:core/v1.PodCertificateProjection.keyPath'),
    certificateChainPath: string.at(6, 'DOC:core/v1.PodCertificateProjection.certificateChainPath'),
    userAnnotations: map(string).at(7, 'DOC:core/v1.PodCertificateProjection.userAnnotations'),
    user: opt(int64).at(8, 'DOC:core/v1.PodCertificateProjection.user'),
  },
)
export type PodCertificateProjection = TypeOf<typeof PodCertificateProjection>

export const SecretProjection = message('core/v1.SecretProjection', 'DOC:core/v1.SecretProjection', {
  ...inline(LocalObjectReference, 1),
  items: list(KeyToPath).owned('atomic').at(2, 'DOC:core/v1.SecretProjection.items'),
  optional: opt(bool).at(4, 'DOC:core/v1.SecretProjection.optional'),
})
export type SecretProjection = TypeOf<typeof SecretProjection>

export const ServiceAccountTokenProjection = message(
  'core/v1.ServiceAccountTokenProjection',
  'DOC:core/v1.ServiceAccountTokenProjection',
  {
    audience: string.at(1, 'DOC:core/v1.ServiceAccountTokenProjection.audience'),
    expirationSeconds: opt(int64).default(3600).at(2, 'DOC:core/v1.ServiceAccountTokenProjection.expirationSeconds'),
    path: req(string).at(3, 'DOC:core/v1.ServiceAccountTokenProjection.path'),
    user: opt(int64).at(4, 'DOC:core/v1.ServiceAccountTokenProjection.user'),
  },
)
export type ServiceAccountTokenProjection = TypeOf<typeof ServiceAccountTokenProjection>

export const VolumeProjection = message('core/v1.VolumeProjection', 'DOC:core/v1.VolumeProjection', {
  secret: opt(SecretProjection).at(1, 'DOC:core/v1.VolumeProjection.secret'),
  downwardAPI: opt(DownwardAPIProjection).at(2, 'DOC:core/v1.VolumeProjection.downwardAPI'),
  configMap: opt(ConfigMapProjection).at(3, 'DOC:core/v1.VolumeProjection.configMap'),
  serviceAccountToken: opt(ServiceAccountTokenProjection).at(4, 'DOC:core/v1.VolumeProjection.serviceAccountToken'),
  clusterTrustBundle: opt(ClusterTrustBundleProjection).at(5, 'DOC:core/v1.VolumeProjection.clusterTrustBundle'),
  podCertificate: opt(PodCertificateProjection).at(6, 'DOC:core/v1.VolumeProjection.podCertificate'),
})
export type VolumeProjection = TypeOf<typeof VolumeProjection>

export const ProjectedVolumeSource = message('core/v1.ProjectedVolumeSource', 'DOC:core/v1.ProjectedVolumeSource', {
  sources: req(list(VolumeProjection)).owned('atomic').at(1, 'DOC:core/v1.ProjectedVolumeSource.sources'),
  defaultMode: opt(int32).default(420).at(2, 'DOC:core/v1.ProjectedVolumeSource.defaultMode'),
  defaultUser: opt(int64).at(3, 'DOC:core/v1.ProjectedVolumeSource.defaultUser'),
})
export type ProjectedVolumeSource = TypeOf<typeof ProjectedVolumeSource>

export const QuobyteVolumeSource = message('core/v1.QuobyteVolumeSource', 'DOC:core/v1.QuobyteVolumeSource', {
  registry: req(string).at(1, 'DOC:core/v1.QuobyteVolumeSource.registry'),
  volume: req(string).at(2, 'DOC:core/v1.QuobyteVolumeSource.volume'),
  readOnly: bool.at(3, 'DOC:core/v1.QuobyteVolumeSource.readOnly'),
  user: string.at(4, 'DOC:core/v1.QuobyteVolumeSource.user'),
  group: string.at(5, 'DOC:core/v1.QuobyteVolumeSource.group'),
  tenant: string.at(6, 'DOC:core/v1.QuobyteVolumeSource.tenant'),
})
export type QuobyteVolumeSource = TypeOf<typeof QuobyteVolumeSource>

export const RBDVolumeSource = message('core/v1.RBDVolumeSource', 'DOC:core/v1.RBDVolumeSource', {
  monitors: req(list(string)).owned('atomic').at(1, 'DOC:core/v1.RBDVolumeSource.monitors'),
  image: req(string).at(2, 'DOC:core/v1.RBDVolumeSource.image'),
  fsType: string.at(3, 'DOC:core/v1.RBDVolumeSource.fsType'),
  pool: string.default('rbd').at(4, 'DOC:core/v1.RBDVolumeSource.pool'),
  user: string.default('admin').at(5, 'DOC:core/v1.RBDVolumeSource.user'),
  keyring: string.default('/etc/ceph/keyring').at(6, 'DOC:core/v1.RBDVolumeSource.keyring'),
  secretRef: opt(LocalObjectReference).at(7, 'DOC:core/v1.RBDVolumeSource.secretRef'),
  readOnly: bool.at(8, 'DOC:core/v1.RBDVolumeSource.readOnly'),
})
export type RBDVolumeSource = TypeOf<typeof RBDVolumeSource>

export const ScaleIOVolumeSource = message('core/v1.ScaleIOVolumeSource', 'DOC:core/v1.ScaleIOVolumeSource', {
  gateway: req(string).at(1, 'DOC:core/v1.ScaleIOVolumeSource.gateway'),
  system: req(string).at(2, 'DOC:core/v1.ScaleIOVolumeSource.system'),
  secretRef: opt(LocalObjectReference).at(3, 'DOC:core/v1.ScaleIOVolumeSource.secretRef'),
  sslEnabled: bool.at(4, 'DOC:core/v1.ScaleIOVolumeSource.sslEnabled'),
  protectionDomain: string.at(5, 'DOC:core/v1.ScaleIOVolumeSource.protectionDomain'),
  storagePool: string.at(6, 'DOC:core/v1.ScaleIOVolumeSource.storagePool'),
  storageMode: string.default('ThinProvisioned').at(7, 'DOC:core/v1.ScaleIOVolumeSource.storageMode'),
  volumeName: string.at(8, 'DOC:core/v1.ScaleIOVolumeSource.volumeName'),
  fsType: string.default('xfs').at(9, 'DOC:core/v1.ScaleIOVolumeSource.fsType'),
  readOnly: bool.at(10, 'DOC:core/v1.ScaleIOVolumeSource.readOnly'),
})
export type ScaleIOVolumeSource = TypeOf<typeof ScaleIOVolumeSource>

export const SecretVolumeSource = message('core/v1.SecretVolumeSource', 'DOC:core/v1.SecretVolumeSource', {
  secretName: string.at(1, 'DOC:core/v1.SecretVolumeSource.secretName'),
  items: list(KeyToPath).owned('atomic').at(2, 'DOC:core/v1.SecretVolumeSource.items'),
  defaultMode: opt(int32).default(420).at(3, 'DOC:core/v1.SecretVolumeSource.defaultMode'),
  optional: opt(bool).at(4, 'DOC:core/v1.SecretVolumeSource.optional'),
  defaultUser: opt(int64).at(5, 'DOC:core/v1.SecretVolumeSource.defaultUser'),
})
export type SecretVolumeSource = TypeOf<typeof SecretVolumeSource>

export const StorageOSVolumeSource = message('core/v1.StorageOSVolumeSource', 'DOC:core/v1.StorageOSVolumeSource', {
  volumeName: string.at(1, 'DOC:core/v1.StorageOSVolumeSource.volumeName'),
  volumeNamespace: string.at(2, 'DOC:core/v1.StorageOSVolumeSource.volumeNamespace'),
  fsType: string.at(3, 'DOC:core/v1.StorageOSVolumeSource.fsType'),
  readOnly: bool.at(4, 'DOC:core/v1.StorageOSVolumeSource.readOnly'),
  secretRef: opt(LocalObjectReference).at(5, 'DOC:core/v1.StorageOSVolumeSource.secretRef'),
})
export type StorageOSVolumeSource = TypeOf<typeof StorageOSVolumeSource>

export const VsphereVirtualDiskVolumeSource = message(
  'core/v1.VsphereVirtualDiskVolumeSource',
  'DOC:core/v1.VsphereVirtualDiskVolumeSource',
  {
    volumePath: req(string).at(1, 'DOC:core/v1.VsphereVirtualDiskVolumeSource.volumePath'),
    fsType: string.at(2, 'DOC:core/v1.VsphereVirtualDiskVolumeSource.fsType'),
    storagePolicyName: string.at(3, 'DOC:core/v1.VsphereVirtualDiskVolumeSource.storagePolicyName'),
    storagePolicyID: string.at(4, 'DOC:core/v1.VsphereVirtualDiskVolumeSource.storagePolicyID'),
  },
)
export type VsphereVirtualDiskVolumeSource = TypeOf<typeof VsphereVirtualDiskVolumeSource>

export const VolumeSource = message('core/v1.VolumeSource', 'DOC:core/v1.VolumeSource', {
  hostPath: opt(HostPathVolumeSource).at(1, 'DOC:core/v1.VolumeSource.hostPath'),
  emptyDir: opt(EmptyDirVolumeSource).at(2, 'DOC:core/v1.VolumeSource.emptyDir'),
  gcePersistentDisk: opt(GCEPersistentDiskVolumeSource).at(3, 'DOC:core/v1.VolumeSource.gcePersistentDisk'),
  awsElasticBlockStore: opt(AWSElasticBlockStoreVolumeSource).at(4, 'DOC:core/v1.VolumeSource.awsElasticBlockStore'),
  gitRepo: opt(GitRepoVolumeSource).at(5, 'DOC:core/v1.VolumeSource.gitRepo'),
  secret: opt(SecretVolumeSource).at(6, 'DOC:core/v1.VolumeSource.secret'),
  nfs: opt(NFSVolumeSource).at(7, 'DOC:core/v1.VolumeSource.nfs'),
  iscsi: opt(ISCSIVolumeSource).at(8, 'DOC:core/v1.VolumeSource.iscsi'),
  glusterfs: opt(GlusterfsVolumeSource).at(9, 'DOC:core/v1.VolumeSource.glusterfs'),
  persistentVolumeClaim: opt(PersistentVolumeClaimVolumeSource).at(
    10,
    'DOC:core/v1.VolumeSource.persistentVolumeClaim',
  ),
  rbd: opt(RBDVolumeSource).at(11, 'DOC:core/v1.VolumeSource.rbd'),
  flexVolume: opt(FlexVolumeSource).at(12, 'DOC:core/v1.VolumeSource.flexVolume'),
  cinder: opt(CinderVolumeSource).at(13, 'DOC:core/v1.VolumeSource.cinder'),
  cephfs: opt(CephFSVolumeSource).at(14, 'DOC:core/v1.VolumeSource.cephfs'),
  flocker: opt(FlockerVolumeSource).at(15, 'DOC:core/v1.VolumeSource.flocker'),
  downwardAPI: opt(DownwardAPIVolumeSource).at(16, 'DOC:core/v1.VolumeSource.downwardAPI'),
  fc: opt(FCVolumeSource).at(17, 'DOC:core/v1.VolumeSource.fc'),
  azureFile: opt(AzureFileVolumeSource).at(18, 'DOC:core/v1.VolumeSource.azureFile'),
  configMap: opt(ConfigMapVolumeSource).at(19, 'DOC:core/v1.VolumeSource.configMap'),
  vsphereVolume: opt(VsphereVirtualDiskVolumeSource).at(20, 'DOC:core/v1.VolumeSource.vsphereVolume'),
  quobyte: opt(QuobyteVolumeSource).at(21, 'DOC:core/v1.VolumeSource.quobyte'),
  azureDisk: opt(AzureDiskVolumeSource).at(22, 'DOC:core/v1.VolumeSource.azureDisk'),
  photonPersistentDisk: opt(PhotonPersistentDiskVolumeSource).at(23, 'DOC:core/v1.VolumeSource.photonPersistentDisk'),
  projected: opt(ProjectedVolumeSource).at(26, 'DOC:core/v1.VolumeSource.projected'),
  portworxVolume: opt(PortworxVolumeSource).at(24, 'DOC:core/v1.VolumeSource.portworxVolume'),
  scaleIO: opt(ScaleIOVolumeSource).at(25, 'DOC:core/v1.VolumeSource.scaleIO'),
  storageos: opt(StorageOSVolumeSource).at(27, 'DOC:core/v1.VolumeSource.storageos'),
  csi: opt(CSIVolumeSource).at(28, 'DOC:core/v1.VolumeSource.csi'),
  ephemeral: opt(EphemeralVolumeSource).at(29, 'DOC:core/v1.VolumeSource.ephemeral'),
  image: opt(ImageVolumeSource).at(30, 'DOC:core/v1.VolumeSource.image'),
})
export type VolumeSource = TypeOf<typeof VolumeSource>

export const Volume = message('core/v1.Volume', 'DOC:core/v1.Volume', {
  name: req(string).at(1, 'DOC:core/v1.Volume.name'),
  ...inline(VolumeSource, 2),
})
export type Volume = TypeOf<typeof Volume>
