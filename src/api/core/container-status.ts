import { bool, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { ResourceRequirements } from './resources.ts'

export const ContainerStateWaiting = message('core/v1.ContainerStateWaiting', 'DOC:core/v1.ContainerStateWaiting', {
  reason: string.at(1, 'DOC:core/v1.ContainerStateWaiting.reason'),
  message: string.at(2, 'DOC:core/v1.ContainerStateWaiting.message'),
})
export type ContainerStateWaiting = TypeOf<typeof ContainerStateWaiting>

export const ContainerStateRunning = message('core/v1.ContainerStateRunning', 'DOC:core/v1.ContainerStateRunning', {
  startedAt: time.at(1, 'DOC:core/v1.ContainerStateRunning.startedAt'),
})
export type ContainerStateRunning = TypeOf<typeof ContainerStateRunning>

export const ContainerStateTerminated = message(
  'core/v1.ContainerStateTerminated',
  'DOC:core/v1.ContainerStateTerminated',
  {
    exitCode: req(int32).at(1, 'DOC:core/v1.ContainerStateTerminated.exitCode'),
    signal: int32.at(2, 'DOC:core/v1.ContainerStateTerminated.signal'),
    reason: string.at(3, 'DOC:core/v1.ContainerStateTerminated.reason'),
    message: string.at(4, 'DOC:core/v1.ContainerStateTerminated.message'),
    startedAt: time.at(5, 'DOC:core/v1.ContainerStateTerminated.startedAt'),
    finishedAt: time.at(6, 'DOC:core/v1.ContainerStateTerminated.finishedAt'),
    containerID: string.at(7, 'DOC:core/v1.ContainerStateTerminated.containerID'),
  },
)
export type ContainerStateTerminated = TypeOf<typeof ContainerStateTerminated>

export const ContainerState = message('core/v1.ContainerState', 'DOC:core/v1.ContainerState', {
  waiting: opt(ContainerStateWaiting).at(1, 'DOC:core/v1.ContainerState.waiting'),
  running: opt(ContainerStateRunning).at(2, 'DOC:core/v1.ContainerState.running'),
  terminated: opt(ContainerStateTerminated).at(3, 'DOC:core/v1.ContainerState.terminated'),
})
export type ContainerState = TypeOf<typeof ContainerState>

export const LinuxContainerUser = message('core/v1.LinuxContainerUser', 'DOC:core/v1.LinuxContainerUser', {
  uid: req(int64).at(1, 'DOC:core/v1.LinuxContainerUser.uid'),
  gid: req(int64).at(2, 'DOC:core/v1.LinuxContainerUser.gid'),
  supplementalGroups: list(int64).owned('atomic').at(3, 'DOC:core/v1.LinuxContainerUser.supplementalGroups'),
})
export type LinuxContainerUser = TypeOf<typeof LinuxContainerUser>

export const ContainerUser = message('core/v1.ContainerUser', 'DOC:core/v1.ContainerUser', {
  linux: opt(LinuxContainerUser).at(1, 'DOC:core/v1.ContainerUser.linux'),
})
export type ContainerUser = TypeOf<typeof ContainerUser>

export const ResourceHealth = message('core/v1.ResourceHealth', 'DOC:core/v1.ResourceHealth', {
  resourceID: req(string).at(1, 'DOC:core/v1.ResourceHealth.resourceID'),
  health: string.at(2, 'DOC:core/v1.ResourceHealth.health'),
  message: opt(string).at(6, 'DOC:core/v1.ResourceHealth.message'),
})
export type ResourceHealth = TypeOf<typeof ResourceHealth>

export const ResourceStatus = message('core/v1.ResourceStatus', 'DOC:core/v1.ResourceStatus', {
  name: req(string).at(1, 'DOC:core/v1.ResourceStatus.name'),
  resources: list(ResourceHealth).owned('map', 'resourceID').at(2, 'DOC:core/v1.ResourceStatus.resources'),
})
export type ResourceStatus = TypeOf<typeof ResourceStatus>

export const ImageVolumeStatus = message('core/v1.ImageVolumeStatus', 'DOC:core/v1.ImageVolumeStatus', {
  imageRef: string.at(1, 'DOC:core/v1.ImageVolumeStatus.imageRef'),
})
export type ImageVolumeStatus = TypeOf<typeof ImageVolumeStatus>

export const VolumeStatus = message('core/v1.VolumeStatus', 'DOC:core/v1.VolumeStatus', {
  image: opt(ImageVolumeStatus).at(1, 'DOC:core/v1.VolumeStatus.image'),
})
export type VolumeStatus = TypeOf<typeof VolumeStatus>

export const VolumeMountStatus = message('core/v1.VolumeMountStatus', 'DOC:core/v1.VolumeMountStatus', {
  name: req(string).at(1, 'DOC:core/v1.VolumeMountStatus.name'),
  mountPath: req(string).at(2, 'DOC:core/v1.VolumeMountStatus.mountPath'),
  readOnly: bool.at(3, 'DOC:core/v1.VolumeMountStatus.readOnly'),
  recursiveReadOnly: opt(string).at(4, 'DOC:core/v1.VolumeMountStatus.recursiveReadOnly'),
  volumeStatus: opt(VolumeStatus).at(5, 'DOC:core/v1.VolumeMountStatus.volumeStatus'),
})
export type VolumeMountStatus = TypeOf<typeof VolumeMountStatus>

export const ContainerStatus = message('core/v1.ContainerStatus', 'DOC:core/v1.ContainerStatus', {
  name: req(string).at(1, 'DOC:core/v1.ContainerStatus.name'),
  state: ContainerState.at(2, 'DOC:core/v1.ContainerStatus.state'),
  lastState: ContainerState.at(3, 'DOC:core/v1.ContainerStatus.lastState'),
  ready: req(bool).at(4, 'DOC:core/v1.ContainerStatus.ready'),
  restartCount: req(int32).at(5, 'DOC:core/v1.ContainerStatus.restartCount'),
  image: req(string).at(6, 'DOC:core/v1.ContainerStatus.image'),
  imageID: req(string).at(7, 'DOC:core/v1.ContainerStatus.imageID'),
  containerID: string.at(8, 'DOC:core/v1.ContainerStatus.containerID'),
  started: opt(bool).at(9, 'DOC:core/v1.ContainerStatus.started'),
  allocatedResources: map(quantity).at(10, 'DOC:core/v1.ContainerStatus.allocatedResources'),
  resources: opt(ResourceRequirements).at(11, 'DOC:core/v1.ContainerStatus.resources'),
  volumeMounts: list(VolumeMountStatus)
    .patch('merge', 'mountPath')
    .owned('map', 'mountPath')
    .at(12, 'DOC:core/v1.ContainerStatus.volumeMounts'),
  user: opt(ContainerUser).at(13, 'DOC:core/v1.ContainerStatus.user'),
  allocatedResourcesStatus: list(ResourceStatus)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(14, 'DOC:core/v1.ContainerStatus.allocatedResourcesStatus'),
  stopSignal: opt(string).at(15, 'DOC:core/v1.ContainerStatus.stopSignal'),
})
export type ContainerStatus = TypeOf<typeof ContainerStatus>
