import { LabelSelector } from '../meta/label-selector.ts'
import { bool, inline, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'
import { ObjectFieldSelector, ResourceFieldSelector } from './env.ts'
import { PersistentVolumeClaimTemplate } from './persistent-volume-claim-types.ts'
import { LocalObjectReference } from './reference.ts'

export const AWSElasticBlockStoreVolumeSource = message(
  'core/v1.AWSElasticBlockStoreVolumeSource',
  "A disk of Amazon's EBS.",
  {
    volumeID: req(string).at(1, 'The ID of the disk.'),
    fsType: string.at(2, 'The file system on it, as ext4.'),
    partition: int32.at(3, 'The partition to mount; absent or 0 means the whole disk.'),
    readOnly: bool.at(4, 'Whether it cannot be written to.'),
  },
)
export type AWSElasticBlockStoreVolumeSource = TypeOf<typeof AWSElasticBlockStoreVolumeSource>

export const AzureDiskVolumeSource = message('core/v1.AzureDiskVolumeSource', 'A disk of Microsoft Azure.', {
  diskName: req(string).at(1, 'The name of the disk.'),
  diskURI: req(string).at(2, 'The address of the disk.'),
  cachingMode: opt(string.oneOf('None', 'ReadOnly', 'ReadWrite'))
    .default('ReadWrite')
    .at(3, 'How the host caches: None, ReadOnly or ReadWrite.'),
  fsType: opt(string).default('ext4').at(4, 'The file system on it, as ext4.'),
  readOnly: opt(bool).default(false).at(5, 'Whether it cannot be written to.'),
  kind: opt(string.oneOf('Shared', 'Dedicated', 'Managed'))
    .default('Shared')
    .at(6, 'Shared, Dedicated or Managed.'),
})
export type AzureDiskVolumeSource = TypeOf<typeof AzureDiskVolumeSource>

export const AzureFileVolumeSource = message('core/v1.AzureFileVolumeSource', 'A share of Microsoft Azure.', {
  secretName: req(string).at(1, "The secret with the account's name and key."),
  shareName: req(string).at(2, 'The name of the share.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
})
export type AzureFileVolumeSource = TypeOf<typeof AzureFileVolumeSource>

export const CSIVolumeSource = message(
  'core/v1.CSIVolumeSource',
  'A volume that a CSI driver makes for this pod alone.',
  {
    driver: req(string).at(1, 'The name of the driver.'),
    readOnly: opt(bool).at(2, 'Whether it cannot be written to.'),
    fsType: opt(string).at(3, 'The file system on it, as ext4.'),
    volumeAttributes: map(string).at(4, 'Settings that the driver understands.'),
    nodePublishSecretRef: opt(LocalObjectReference).at(5, 'A secret with what the driver needs to mount the volume.'),
  },
)
export type CSIVolumeSource = TypeOf<typeof CSIVolumeSource>

export const CephFSVolumeSource = message('core/v1.CephFSVolumeSource', 'A Ceph file system.', {
  monitors: req(list(string)).owned('atomic').at(1, 'The addresses of the Ceph monitors.'),
  path: string.at(2, 'The folder to mount; the root unless given.'),
  user: string.at(3, 'The user; admin unless given.'),
  secretFile: string.at(4, "The file with the user's key."),
  secretRef: opt(LocalObjectReference).at(5, "The secret with the user's key; it goes before secretFile."),
  readOnly: bool.at(6, 'Whether it cannot be written to.'),
})
export type CephFSVolumeSource = TypeOf<typeof CephFSVolumeSource>

export const CinderVolumeSource = message('core/v1.CinderVolumeSource', 'A disk of OpenStack.', {
  volumeID: req(string).at(1, 'The ID of the disk.'),
  fsType: string.at(2, 'The file system on it, as ext4.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
  secretRef: opt(LocalObjectReference).at(4, 'The secret with what is needed to reach OpenStack.'),
})
export type CinderVolumeSource = TypeOf<typeof CinderVolumeSource>

export const KeyToPath = message('core/v1.KeyToPath', 'A key that becomes a file.', {
  key: req(string).at(1, 'The key.'),
  path: req(string).at(2, 'The path of the file in the volume.'),
  mode: opt(int32).at(3, 'The mode of the file; that of the volume unless given.'),
  user: opt(int64).at(4, 'The owner of the file.'),
})
export type KeyToPath = TypeOf<typeof KeyToPath>

export const ConfigMapVolumeSource = message('core/v1.ConfigMapVolumeSource', 'Keys of a ConfigMap as files.', {
  ...inline(LocalObjectReference, 1),
  items: list(KeyToPath).owned('atomic').at(2, 'Which keys become files, and where; all unless given.'),
  defaultMode: opt(int32).default(420).at(3, 'The mode of the files; 0644 unless given.'),
  optional: opt(bool).at(4, 'Whether the ConfigMap or its keys may be missing.'),
  defaultUser: opt(int64).at(5, 'The owner of the files.'),
})
export type ConfigMapVolumeSource = TypeOf<typeof ConfigMapVolumeSource>

export const DownwardAPIVolumeFile = message('core/v1.DownwardAPIVolumeFile', 'A file with one fact about the pod.', {
  path: req(string).at(1, 'The path of the file in the volume.'),
  fieldRef: opt(ObjectFieldSelector).at(2, 'A field of the pod.'),
  resourceFieldRef: opt(ResourceFieldSelector).at(3, 'A request or limit of a container.'),
  mode: opt(int32).at(4, 'The mode of the file; that of the volume unless given.'),
  user: opt(int64).at(5, 'The owner of the file.'),
})
export type DownwardAPIVolumeFile = TypeOf<typeof DownwardAPIVolumeFile>

export const DownwardAPIVolumeSource = message('core/v1.DownwardAPIVolumeSource', 'Facts about the pod as files.', {
  items: list(DownwardAPIVolumeFile).owned('atomic').at(1, 'The files.'),
  defaultMode: opt(int32).default(420).at(2, 'The mode of the files; 0644 unless given.'),
  defaultUser: opt(int64).at(3, 'The owner of the files.'),
})
export type DownwardAPIVolumeSource = TypeOf<typeof DownwardAPIVolumeSource>

export const EmptyDirVolumeSource = message(
  'core/v1.EmptyDirVolumeSource',
  'An empty folder that lives as long as the pod.',
  {
    medium: string.at(1, 'Where it lies: on the disk of the node, or with Memory in its memory.'),
    sizeLimit: opt(quantity).at(2, 'How much may be in it; a pod that has more is evicted.'),
    mode: opt(int32).at(3, 'The mode of the folder.'),
  },
)
export type EmptyDirVolumeSource = TypeOf<typeof EmptyDirVolumeSource>

export const EphemeralVolumeSource = message(
  'core/v1.EphemeralVolumeSource',
  'A volume that is claimed for this pod and goes with it.',
  {
    volumeClaimTemplate: opt(PersistentVolumeClaimTemplate).at(1, 'The claim that is made for it.'),
  },
)
export type EphemeralVolumeSource = TypeOf<typeof EphemeralVolumeSource>

export const FCVolumeSource = message('core/v1.FCVolumeSource', 'A disk on a Fibre Channel network.', {
  targetWWNs: list(string).owned('atomic').at(1, 'The names of the targets.'),
  lun: opt(int32).at(2, 'The number of the disk at its target.'),
  fsType: string.at(3, 'The file system on it, as ext4.'),
  readOnly: bool.at(4, 'Whether it cannot be written to.'),
  wwids: list(string).owned('atomic').at(5, 'The names of the disk itself; in place of targetWWNs and lun.'),
})
export type FCVolumeSource = TypeOf<typeof FCVolumeSource>

export const FlexVolumeSource = message(
  'core/v1.FlexVolumeSource',
  'A volume of a driver on the node; CSI has taken its place.',
  {
    driver: req(string).at(1, 'The name of the driver.'),
    fsType: string.at(2, 'The file system on it, as ext4.'),
    secretRef: opt(LocalObjectReference).at(3, 'A secret that is handed to the driver.'),
    readOnly: bool.at(4, 'Whether it cannot be written to.'),
    options: map(string).at(5, 'Settings that the driver understands.'),
  },
)
export type FlexVolumeSource = TypeOf<typeof FlexVolumeSource>

export const FlockerVolumeSource = message('core/v1.FlockerVolumeSource', 'A Flocker dataset; no longer supported.', {
  datasetName: string.at(1, 'The name of the dataset.'),
  datasetUUID: string.at(2, 'The UUID of the dataset.'),
})
export type FlockerVolumeSource = TypeOf<typeof FlockerVolumeSource>

export const GCEPersistentDiskVolumeSource = message(
  'core/v1.GCEPersistentDiskVolumeSource',
  "A disk of Google's Compute Engine.",
  {
    pdName: req(string).at(1, 'The name of the disk.'),
    fsType: string.at(2, 'The file system on it, as ext4.'),
    partition: int32.at(3, 'The partition to mount; absent or 0 means the whole disk.'),
    readOnly: bool.at(4, 'Whether it cannot be written to.'),
  },
)
export type GCEPersistentDiskVolumeSource = TypeOf<typeof GCEPersistentDiskVolumeSource>

export const GitRepoVolumeSource = message(
  'core/v1.GitRepoVolumeSource',
  'A clone of a Git repository; no longer supported.',
  {
    repository: req(string).at(1, 'The address of the repository.'),
    revision: string.at(2, 'The commit to check out.'),
    directory: string.at(3, 'The folder to clone into.'),
  },
)
export type GitRepoVolumeSource = TypeOf<typeof GitRepoVolumeSource>

export const GlusterfsVolumeSource = message(
  'core/v1.GlusterfsVolumeSource',
  'A Gluster volume; no longer supported.',
  {
    endpoints: req(string).at(1, 'The Endpoints with the addresses of its servers.'),
    path: req(string).at(2, 'The volume.'),
    readOnly: bool.at(3, 'Whether it cannot be written to.'),
  },
)
export type GlusterfsVolumeSource = TypeOf<typeof GlusterfsVolumeSource>

export const HostPathVolumeSource = message(
  'core/v1.HostPathVolumeSource',
  'A file or folder of the node itself. It may give the pod power over the node.',
  {
    path: req(string).at(1, 'The path on the node.'),
    type: opt(
      string.oneOf('', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'),
    )
      .default('')
      .at(2, 'What must be there, or is made if it is not; nothing is checked if empty.'),
  },
)
export type HostPathVolumeSource = TypeOf<typeof HostPathVolumeSource>

export const ISCSIVolumeSource = message('core/v1.ISCSIVolumeSource', 'A disk on an iSCSI network.', {
  targetPortal: req(string).at(1, 'The address of the target.'),
  iqn: req(string).at(2, 'The name of the target.'),
  lun: req(int32).at(3, 'The number of the disk at its target.'),
  iscsiInterface: string.default('default').at(4, 'The interface to use; default unless given.'),
  fsType: string.at(5, 'The file system on it, as ext4.'),
  readOnly: bool.at(6, 'Whether it cannot be written to.'),
  portals: list(string).owned('atomic').at(7, 'Further addresses of the target.'),
  chapAuthDiscovery: bool.at(8, 'Whether discovery is authenticated with CHAP.'),
  chapAuthSession: bool.at(11, 'Whether sessions are authenticated with CHAP.'),
  secretRef: opt(LocalObjectReference).at(10, 'The secret for CHAP.'),
  initiatorName: opt(string).at(12, 'The name under which the node asks.'),
})
export type ISCSIVolumeSource = TypeOf<typeof ISCSIVolumeSource>

export const ImageVolumeSource = message('core/v1.ImageVolumeSource', 'The files of an image, read-only.', {
  reference: string.at(1, 'The image.'),
  pullPolicy: string
    .oneOf('Always', 'IfNotPresent', 'Never')
    .at(2, 'When the image is fetched: Always, IfNotPresent or Never.'),
})
export type ImageVolumeSource = TypeOf<typeof ImageVolumeSource>

export const NFSVolumeSource = message('core/v1.NFSVolumeSource', 'A folder of an NFS server.', {
  server: req(string).at(1, 'The server.'),
  path: req(string).at(2, 'The folder.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
})
export type NFSVolumeSource = TypeOf<typeof NFSVolumeSource>

export const PersistentVolumeClaimVolumeSource = message(
  'core/v1.PersistentVolumeClaimVolumeSource',
  'The volume of a claim in the same namespace.',
  {
    claimName: req(string).at(1, 'The name of the claim.'),
    readOnly: bool.at(2, 'Whether it cannot be written to.'),
  },
)
export type PersistentVolumeClaimVolumeSource = TypeOf<typeof PersistentVolumeClaimVolumeSource>

export const PhotonPersistentDiskVolumeSource = message(
  'core/v1.PhotonPersistentDiskVolumeSource',
  'A Photon disk; no longer supported.',
  {
    pdID: req(string).at(1, 'The ID of the disk.'),
    fsType: string.at(2, 'The file system on it, as ext4.'),
  },
)
export type PhotonPersistentDiskVolumeSource = TypeOf<typeof PhotonPersistentDiskVolumeSource>

export const PortworxVolumeSource = message('core/v1.PortworxVolumeSource', 'A Portworx volume.', {
  volumeID: req(string).at(1, 'The ID of the volume.'),
  fsType: string.at(2, 'The file system on it, as ext4.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
})
export type PortworxVolumeSource = TypeOf<typeof PortworxVolumeSource>

export const ClusterTrustBundleProjection = message(
  'core/v1.ClusterTrustBundleProjection',
  'A file with the certificates that the cluster trusts.',
  {
    name: opt(string).at(1, 'The name of one bundle; not together with signerName.'),
    signerName: opt(string).at(2, 'All bundles of this signer.'),
    labelSelector: opt(LabelSelector).at(3, 'Picks among the bundles of a signer; only with signerName.'),
    optional: opt(bool).at(5, 'Whether the pod may start if there is no such bundle.'),
    path: req(string).at(4, 'The path of the file in the volume.'),
    user: opt(int64).at(6, 'The owner of the file.'),
  },
)
export type ClusterTrustBundleProjection = TypeOf<typeof ClusterTrustBundleProjection>

export const ConfigMapProjection = message('core/v1.ConfigMapProjection', 'Keys of a ConfigMap as files.', {
  ...inline(LocalObjectReference, 1),
  items: list(KeyToPath).owned('atomic').at(2, 'Which keys become files, and where; all unless given.'),
  optional: opt(bool).at(4, 'Whether the ConfigMap or its keys may be missing.'),
})
export type ConfigMapProjection = TypeOf<typeof ConfigMapProjection>

export const DownwardAPIProjection = message('core/v1.DownwardAPIProjection', 'Facts about the pod as files.', {
  items: list(DownwardAPIVolumeFile).owned('atomic').at(1, 'The files.'),
})
export type DownwardAPIProjection = TypeOf<typeof DownwardAPIProjection>

export const PodCertificateProjection = message(
  'core/v1.PodCertificateProjection',
  'Files with a key and a certificate that are made for the pod and renewed.',
  {
    signerName: string.at(1, 'Who shall sign.'),
    keyType: string.at(2, 'The kind of key, as ECDSAP256 or ED25519.'),
    maxExpirationSeconds: opt(int32).default(86400).at(3, 'For how many seconds at most a certificate shall be valid.'),
    credentialBundlePath: string.at(4, 'The path of one file with the key and the certificates.'),
    keyPath: string.at(5, 'The path of the key, if it is kept apart.'),
    certificateChainPath: string.at(6, 'The path of the certificates, if they are kept apart from the key.'),
    userAnnotations: map(string).at(7, 'Further facts for the signer.'),
    user: opt(int64).at(8, 'The owner of the files.'),
  },
)
export type PodCertificateProjection = TypeOf<typeof PodCertificateProjection>

export const SecretProjection = message('core/v1.SecretProjection', 'Keys of a Secret as files.', {
  ...inline(LocalObjectReference, 1),
  items: list(KeyToPath).owned('atomic').at(2, 'Which keys become files, and where; all unless given.'),
  optional: opt(bool).at(4, 'Whether the Secret or its keys may be missing.'),
})
export type SecretProjection = TypeOf<typeof SecretProjection>

export const ServiceAccountTokenProjection = message(
  'core/v1.ServiceAccountTokenProjection',
  "A file with a token of the pod's service account, which is renewed.",
  {
    audience: string.at(1, 'Who the token is meant for; the API server unless given.'),
    expirationSeconds: opt(int64)
      .default(3600)
      .at(2, 'For how many seconds a token shall be good; 3600 unless given, 600 at least.'),
    path: req(string).at(3, 'The path of the file in the volume.'),
    user: opt(int64).at(4, 'The owner of the file.'),
  },
)
export type ServiceAccountTokenProjection = TypeOf<typeof ServiceAccountTokenProjection>

export const VolumeProjection = message('core/v1.VolumeProjection', 'One source of a projected volume; one of these.', {
  secret: opt(SecretProjection).at(1, 'A Secret.'),
  downwardAPI: opt(DownwardAPIProjection).at(2, 'Facts about the pod.'),
  configMap: opt(ConfigMapProjection).at(3, 'A ConfigMap.'),
  serviceAccountToken: opt(ServiceAccountTokenProjection).at(4, "A token of the pod's service account."),
  clusterTrustBundle: opt(ClusterTrustBundleProjection).at(5, 'The certificates that the cluster trusts.'),
  podCertificate: opt(PodCertificateProjection).at(6, 'A key and a certificate for the pod.'),
})
export type VolumeProjection = TypeOf<typeof VolumeProjection>

export const ProjectedVolumeSource = message('core/v1.ProjectedVolumeSource', 'Several sources in one folder.', {
  sources: req(list(VolumeProjection)).owned('atomic').at(1, 'The sources.'),
  defaultMode: opt(int32).default(420).at(2, 'The mode of the files; 0644 unless given.'),
  defaultUser: opt(int64).at(3, 'The owner of the files.'),
})
export type ProjectedVolumeSource = TypeOf<typeof ProjectedVolumeSource>

export const QuobyteVolumeSource = message('core/v1.QuobyteVolumeSource', 'A Quobyte volume; no longer supported.', {
  registry: req(string).at(1, 'The addresses of the registry.'),
  volume: req(string).at(2, 'The name of the volume.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
  user: string.at(4, 'The user to act as.'),
  group: string.at(5, 'The group to act as.'),
  tenant: string.at(6, 'The tenant that owns the volume.'),
})
export type QuobyteVolumeSource = TypeOf<typeof QuobyteVolumeSource>

export const RBDVolumeSource = message('core/v1.RBDVolumeSource', 'A block device of Ceph.', {
  monitors: req(list(string)).owned('atomic').at(1, 'The addresses of the Ceph monitors.'),
  image: req(string).at(2, 'The image in the pool.'),
  fsType: string.at(3, 'The file system on it, as ext4.'),
  pool: string.default('rbd').at(4, 'The pool; rbd unless given.'),
  user: string.default('admin').at(5, 'The user; admin unless given.'),
  keyring: string.default('/etc/ceph/keyring').at(6, "The file with the user's key; /etc/ceph/keyring unless given."),
  secretRef: opt(LocalObjectReference).at(7, "The secret with the user's key; it goes before keyring."),
  readOnly: bool.at(8, 'Whether it cannot be written to.'),
})
export type RBDVolumeSource = TypeOf<typeof RBDVolumeSource>

export const ScaleIOVolumeSource = message('core/v1.ScaleIOVolumeSource', 'A ScaleIO volume; no longer supported.', {
  gateway: req(string).at(1, 'The address of the gateway.'),
  system: req(string).at(2, 'The name of the system.'),
  secretRef: opt(LocalObjectReference).at(3, 'The secret with what is needed to log in.'),
  sslEnabled: bool.at(4, 'Whether the gateway is reached over TLS.'),
  protectionDomain: string.at(5, 'The protection domain.'),
  storagePool: string.at(6, 'The storage pool.'),
  storageMode: string.default('ThinProvisioned').at(7, 'ThickProvisioned or ThinProvisioned.'),
  volumeName: string.at(8, 'The name of the volume.'),
  fsType: string.default('xfs').at(9, 'The file system on it, as ext4.'),
  readOnly: bool.at(10, 'Whether it cannot be written to.'),
})
export type ScaleIOVolumeSource = TypeOf<typeof ScaleIOVolumeSource>

export const SecretVolumeSource = message('core/v1.SecretVolumeSource', 'Keys of a Secret as files.', {
  secretName: string.at(1, 'The name of the Secret.'),
  items: list(KeyToPath).owned('atomic').at(2, 'Which keys become files, and where; all unless given.'),
  defaultMode: opt(int32).default(420).at(3, 'The mode of the files; 0644 unless given.'),
  optional: opt(bool).at(4, 'Whether the Secret or its keys may be missing.'),
  defaultUser: opt(int64).at(5, 'The owner of the files.'),
})
export type SecretVolumeSource = TypeOf<typeof SecretVolumeSource>

export const StorageOSVolumeSource = message(
  'core/v1.StorageOSVolumeSource',
  'A StorageOS volume; no longer supported.',
  {
    volumeName: string.at(1, 'The name of the volume.'),
    volumeNamespace: string.at(2, 'The namespace of the volume in StorageOS.'),
    fsType: string.at(3, 'The file system on it, as ext4.'),
    readOnly: bool.at(4, 'Whether it cannot be written to.'),
    secretRef: opt(LocalObjectReference).at(5, 'The secret with what is needed to log in.'),
  },
)
export type StorageOSVolumeSource = TypeOf<typeof StorageOSVolumeSource>

export const VsphereVirtualDiskVolumeSource = message('core/v1.VsphereVirtualDiskVolumeSource', 'A disk of vSphere.', {
  volumePath: req(string).at(1, 'The path of the disk.'),
  fsType: string.at(2, 'The file system on it, as ext4.'),
  storagePolicyName: string.at(3, 'The name of the storage policy.'),
  storagePolicyID: string.at(4, 'The ID of the storage policy.'),
})
export type VsphereVirtualDiskVolumeSource = TypeOf<typeof VsphereVirtualDiskVolumeSource>

export const VolumeSource = message('core/v1.VolumeSource', 'Where a volume comes from; one of these.', {
  hostPath: opt(HostPathVolumeSource).at(1, 'A file or folder of the node.'),
  emptyDir: opt(EmptyDirVolumeSource).at(2, 'An empty folder that lives as long as the pod.'),
  gcePersistentDisk: opt(GCEPersistentDiskVolumeSource).at(3, "A disk of Google's Compute Engine."),
  awsElasticBlockStore: opt(AWSElasticBlockStoreVolumeSource).at(4, "A disk of Amazon's EBS."),
  gitRepo: opt(GitRepoVolumeSource).at(5, 'A clone of a Git repository; no longer supported.'),
  secret: opt(SecretVolumeSource).at(6, 'Keys of a Secret as files.'),
  nfs: opt(NFSVolumeSource).at(7, 'A folder of an NFS server.'),
  iscsi: opt(ISCSIVolumeSource).at(8, 'A disk on an iSCSI network.'),
  glusterfs: opt(GlusterfsVolumeSource).at(9, 'A Gluster volume; no longer supported.'),
  persistentVolumeClaim: opt(PersistentVolumeClaimVolumeSource).at(10, 'The volume of a claim.'),
  rbd: opt(RBDVolumeSource).at(11, 'A block device of Ceph.'),
  flexVolume: opt(FlexVolumeSource).at(12, 'A volume of a driver on the node.'),
  cinder: opt(CinderVolumeSource).at(13, 'A disk of OpenStack.'),
  cephfs: opt(CephFSVolumeSource).at(14, 'A Ceph file system.'),
  flocker: opt(FlockerVolumeSource).at(15, 'A Flocker dataset; no longer supported.'),
  downwardAPI: opt(DownwardAPIVolumeSource).at(16, 'Facts about the pod as files.'),
  fc: opt(FCVolumeSource).at(17, 'A disk on a Fibre Channel network.'),
  azureFile: opt(AzureFileVolumeSource).at(18, 'A share of Microsoft Azure.'),
  configMap: opt(ConfigMapVolumeSource).at(19, 'Keys of a ConfigMap as files.'),
  vsphereVolume: opt(VsphereVirtualDiskVolumeSource).at(20, 'A disk of vSphere.'),
  quobyte: opt(QuobyteVolumeSource).at(21, 'A Quobyte volume; no longer supported.'),
  azureDisk: opt(AzureDiskVolumeSource).at(22, 'A disk of Microsoft Azure.'),
  photonPersistentDisk: opt(PhotonPersistentDiskVolumeSource).at(23, 'A Photon disk; no longer supported.'),
  projected: opt(ProjectedVolumeSource).at(26, 'Several sources in one folder.'),
  portworxVolume: opt(PortworxVolumeSource).at(24, 'A Portworx volume.'),
  scaleIO: opt(ScaleIOVolumeSource).at(25, 'A ScaleIO volume; no longer supported.'),
  storageos: opt(StorageOSVolumeSource).at(27, 'A StorageOS volume; no longer supported.'),
  csi: opt(CSIVolumeSource).at(28, 'A volume that a CSI driver makes.'),
  ephemeral: opt(EphemeralVolumeSource).at(29, 'A volume that is claimed for the pod and goes with it.'),
  image: opt(ImageVolumeSource).at(30, 'The files of an image.'),
})
export type VolumeSource = TypeOf<typeof VolumeSource>

export const Volume = message('core/v1.Volume', 'A folder that containers of a pod can mount.', {
  name: req(string).at(1, 'The name, unique in the pod.'),
  ...inline(VolumeSource, 2),
})
export type Volume = TypeOf<typeof Volume>
