// Where a volume of the cluster can lie. What needs a secret names it with its namespace, since a volume has none.

import { bool, int32, list, map, message, opt, req, string, type TypeOf } from '../schema.ts'
import { ObjectReference, SecretReference } from './reference.ts'
import {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  NFSVolumeSource,
  PhotonPersistentDiskVolumeSource,
  PortworxVolumeSource,
  QuobyteVolumeSource,
  VsphereVirtualDiskVolumeSource,
} from './volume.ts'

export const AzureFilePersistentVolumeSource = message(
  'core/v1.AzureFilePersistentVolumeSource',
  'A share of Microsoft Azure.',
  {
    secretName: req(string).at(1, "The secret with the account's name and key."),
    shareName: req(string).at(2, 'The name of the share.'),
    readOnly: bool.at(3, 'Whether it cannot be written to.'),
    secretNamespace: opt(string).at(4, 'The namespace of the secret; that of the claim unless given.'),
  },
)
export type AzureFilePersistentVolumeSource = TypeOf<typeof AzureFilePersistentVolumeSource>

export const CSIPersistentVolumeSource = message('core/v1.CSIPersistentVolumeSource', 'A volume of a CSI driver.', {
  driver: req(string).at(1, 'The name of the driver.'),
  volumeHandle: req(string).at(2, 'The name by which the driver knows the volume.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
  fsType: string.at(4, 'The file system on it, as ext4.'),
  volumeAttributes: map(string).at(5, 'Settings that the driver understands.'),
  controllerPublishSecretRef: opt(SecretReference).at(
    6,
    'A secret with what the driver needs to attach the volume to a node.',
  ),
  nodeStageSecretRef: opt(SecretReference).at(
    7,
    'A secret with what the driver needs to make the volume ready on a node.',
  ),
  nodePublishSecretRef: opt(SecretReference).at(
    8,
    'A secret with what the driver needs to mount the volume for a pod.',
  ),
  controllerExpandSecretRef: opt(SecretReference).at(
    9,
    'A secret with what the driver needs to make the volume larger.',
  ),
  nodeExpandSecretRef: opt(SecretReference).at(
    10,
    'A secret with what the driver needs to make its file system larger on a node.',
  ),
})
export type CSIPersistentVolumeSource = TypeOf<typeof CSIPersistentVolumeSource>

export const CephFSPersistentVolumeSource = message('core/v1.CephFSPersistentVolumeSource', 'A Ceph file system.', {
  monitors: req(list(string)).owned('atomic').at(1, 'The addresses of the Ceph monitors.'),
  path: string.at(2, 'The folder to mount; the root unless given.'),
  user: string.at(3, 'The user; admin unless given.'),
  secretFile: string.at(4, "The file with the user's key."),
  secretRef: opt(SecretReference).at(5, "The secret with the user's key; it goes before secretFile."),
  readOnly: bool.at(6, 'Whether it cannot be written to.'),
})
export type CephFSPersistentVolumeSource = TypeOf<typeof CephFSPersistentVolumeSource>

export const CinderPersistentVolumeSource = message('core/v1.CinderPersistentVolumeSource', 'A disk of OpenStack.', {
  volumeID: req(string).at(1, 'The ID of the disk.'),
  fsType: string.at(2, 'The file system on it, as ext4.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
  secretRef: opt(SecretReference).at(4, 'The secret with what is needed to reach OpenStack.'),
})
export type CinderPersistentVolumeSource = TypeOf<typeof CinderPersistentVolumeSource>

export const FlexPersistentVolumeSource = message(
  'core/v1.FlexPersistentVolumeSource',
  'A volume of a driver on the node; CSI has taken its place.',
  {
    driver: req(string).at(1, 'The name of the driver.'),
    fsType: string.at(2, 'The file system on it, as ext4.'),
    secretRef: opt(SecretReference).at(3, 'A secret that is handed to the driver.'),
    readOnly: bool.at(4, 'Whether it cannot be written to.'),
    options: map(string).at(5, 'Settings that the driver understands.'),
  },
)
export type FlexPersistentVolumeSource = TypeOf<typeof FlexPersistentVolumeSource>

export const GlusterfsPersistentVolumeSource = message(
  'core/v1.GlusterfsPersistentVolumeSource',
  'A Gluster volume; no longer supported.',
  {
    endpoints: req(string).at(1, 'The Endpoints with the addresses of its servers.'),
    path: req(string).at(2, 'The volume.'),
    readOnly: bool.at(3, 'Whether it cannot be written to.'),
    endpointsNamespace: opt(string).at(4, 'The namespace of the Endpoints; that of the claim unless given.'),
  },
)
export type GlusterfsPersistentVolumeSource = TypeOf<typeof GlusterfsPersistentVolumeSource>

export const ISCSIPersistentVolumeSource = message(
  'core/v1.ISCSIPersistentVolumeSource',
  'A disk on an iSCSI network.',
  {
    targetPortal: req(string).at(1, 'The address of its portal, with the port unless it is 860 or 3260.'),
    iqn: req(string).at(2, 'The name of its target.'),
    lun: req(int32).at(3, 'The number of the disk at its target.'),
    iscsiInterface: string.default('default').at(4, 'The interface that is used; default unless given.'),
    fsType: string.at(5, 'The file system on it, as ext4.'),
    readOnly: bool.at(6, 'Whether it cannot be written to.'),
    portals: list(string).owned('atomic').at(7, 'Further portals.'),
    chapAuthDiscovery: bool.at(8, 'Whether CHAP is used to find the target.'),
    chapAuthSession: bool.at(11, 'Whether CHAP is used for the session.'),
    secretRef: opt(SecretReference).at(10, 'The secret with what CHAP needs.'),
    initiatorName: opt(string).at(12, 'The name that the initiator calls itself.'),
  },
)
export type ISCSIPersistentVolumeSource = TypeOf<typeof ISCSIPersistentVolumeSource>

export const LocalVolumeSource = message('core/v1.LocalVolumeSource', 'A disk, partition or folder of one node.', {
  path: req(string).at(1, 'The path on the node.'),
  fsType: opt(string).at(2, 'The file system on it, if it is a device.'),
})
export type LocalVolumeSource = TypeOf<typeof LocalVolumeSource>

export const RBDPersistentVolumeSource = message('core/v1.RBDPersistentVolumeSource', 'A block device of Ceph.', {
  monitors: req(list(string)).owned('atomic').at(1, 'The addresses of the Ceph monitors.'),
  image: req(string).at(2, 'The name of the image.'),
  fsType: string.at(3, 'The file system on it, as ext4.'),
  pool: string.default('rbd').at(4, 'The pool; rbd unless given.'),
  user: string.default('admin').at(5, 'The user; admin unless given.'),
  keyring: string.default('/etc/ceph/keyring').at(6, "The file with the user's key; /etc/ceph/keyring unless given."),
  secretRef: opt(SecretReference).at(7, "The secret with the user's key; it goes before keyring."),
  readOnly: bool.at(8, 'Whether it cannot be written to.'),
})
export type RBDPersistentVolumeSource = TypeOf<typeof RBDPersistentVolumeSource>

export const ScaleIOPersistentVolumeSource = message(
  'core/v1.ScaleIOPersistentVolumeSource',
  'A volume of ScaleIO; no longer supported.',
  {
    gateway: req(string).at(1, 'The address of its gateway.'),
    system: req(string).at(2, 'The name of the storage system.'),
    secretRef: opt(SecretReference).at(3, 'The secret with the user and the password.'),
    sslEnabled: bool.at(4, 'Whether the gateway is reached with TLS.'),
    protectionDomain: string.at(5, 'The protection domain.'),
    storagePool: string.at(6, 'The storage pool.'),
    storageMode: string
      .default('ThinProvisioned')
      .at(7, 'ThickProvisioned or ThinProvisioned; the latter unless given.'),
    volumeName: string.at(8, 'The name of the volume.'),
    fsType: string.default('xfs').at(9, 'The file system on it; xfs unless given.'),
    readOnly: bool.at(10, 'Whether it cannot be written to.'),
  },
)
export type ScaleIOPersistentVolumeSource = TypeOf<typeof ScaleIOPersistentVolumeSource>

export const StorageOSPersistentVolumeSource = message(
  'core/v1.StorageOSPersistentVolumeSource',
  'A volume of StorageOS; no longer supported.',
  {
    volumeName: string.at(1, 'The name of the volume.'),
    volumeNamespace: string.at(2, 'The namespace in StorageOS; that of the claim unless given.'),
    fsType: string.at(3, 'The file system on it, as ext4.'),
    readOnly: bool.at(4, 'Whether it cannot be written to.'),
    secretRef: opt(ObjectReference).at(5, 'The secret with what is needed to reach StorageOS.'),
  },
)
export type StorageOSPersistentVolumeSource = TypeOf<typeof StorageOSPersistentVolumeSource>

export const PersistentVolumeSource = message(
  'core/v1.PersistentVolumeSource',
  'Where a volume lies; exactly one must be given.',
  {
    gcePersistentDisk: opt(GCEPersistentDiskVolumeSource).at(1, "A disk of Google's Compute Engine."),
    awsElasticBlockStore: opt(AWSElasticBlockStoreVolumeSource).at(2, "A disk of Amazon's EBS."),
    hostPath: opt(HostPathVolumeSource).at(3, 'A folder of a node; only for tests on a single node.'),
    glusterfs: opt(GlusterfsPersistentVolumeSource).at(4, 'A Gluster volume; no longer supported.'),
    nfs: opt(NFSVolumeSource).at(5, 'A folder of an NFS server.'),
    rbd: opt(RBDPersistentVolumeSource).at(6, 'A block device of Ceph.'),
    iscsi: opt(ISCSIPersistentVolumeSource).at(7, 'A disk on an iSCSI network.'),
    cinder: opt(CinderPersistentVolumeSource).at(8, 'A disk of OpenStack.'),
    cephfs: opt(CephFSPersistentVolumeSource).at(9, 'A Ceph file system.'),
    fc: opt(FCVolumeSource).at(10, 'A disk on a Fibre Channel network.'),
    flocker: opt(FlockerVolumeSource).at(11, 'A Flocker dataset; no longer supported.'),
    flexVolume: opt(FlexPersistentVolumeSource).at(12, 'A volume of a driver on the node; CSI has taken its place.'),
    azureFile: opt(AzureFilePersistentVolumeSource).at(13, 'A share of Microsoft Azure.'),
    vsphereVolume: opt(VsphereVirtualDiskVolumeSource).at(14, 'A disk of vSphere.'),
    quobyte: opt(QuobyteVolumeSource).at(15, 'A Quobyte volume; no longer supported.'),
    azureDisk: opt(AzureDiskVolumeSource).at(16, 'A disk of Microsoft Azure.'),
    photonPersistentDisk: opt(PhotonPersistentDiskVolumeSource).at(17, 'A Photon disk; no longer supported.'),
    portworxVolume: opt(PortworxVolumeSource).at(18, 'A Portworx volume.'),
    scaleIO: opt(ScaleIOPersistentVolumeSource).at(19, 'A volume of ScaleIO; no longer supported.'),
    local: opt(LocalVolumeSource).at(20, 'A disk, partition or folder of one node.'),
    storageos: opt(StorageOSPersistentVolumeSource).at(21, 'A volume of StorageOS; no longer supported.'),
    csi: opt(CSIPersistentVolumeSource).at(22, 'A volume of a CSI driver.'),
  },
)
export type PersistentVolumeSource = TypeOf<typeof PersistentVolumeSource>
