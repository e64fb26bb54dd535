import { bool, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { ResourceRequirements } from './resources.ts'

export const ContainerStateWaiting = message('core/v1.ContainerStateWaiting', 'A container that does not run yet.', {
  reason: string.at(1, 'Why, in one word, as ContainerCreating or CrashLoopBackOff.'),
  message: string.at(2, 'Why, in words.'),
})
export type ContainerStateWaiting = TypeOf<typeof ContainerStateWaiting>

export const ContainerStateRunning = message('core/v1.ContainerStateRunning', 'A container that runs.', {
  startedAt: time.at(1, 'Since when.'),
})
export type ContainerStateRunning = TypeOf<typeof ContainerStateRunning>

export const ContainerStateTerminated = message('core/v1.ContainerStateTerminated', 'A container that has ended.', {
  exitCode: req(int32).at(1, 'What it returned.'),
  signal: int32.at(2, 'The signal that ended it.'),
  reason: string.at(3, 'Why it ended, in one word, as Completed, Error or OOMKilled.'),
  message: string.at(4, 'What it, or the runtime, says about its end.'),
  startedAt: time.at(5, 'When it had started.'),
  finishedAt: time.at(6, 'When it ended.'),
  containerID: string.at(7, 'The ID of the container, as the runtime knows it.'),
})
export type ContainerStateTerminated = TypeOf<typeof ContainerStateTerminated>

export const ContainerState = message('core/v1.ContainerState', 'What a container is doing; one of three things.', {
  waiting: opt(ContainerStateWaiting).at(1, 'It does not run yet.'),
  running: opt(ContainerStateRunning).at(2, 'It runs.'),
  terminated: opt(ContainerStateTerminated).at(3, 'It has ended.'),
})
export type ContainerState = TypeOf<typeof ContainerState>

export const LinuxContainerUser = message('core/v1.LinuxContainerUser', 'The numbers that a container runs as.', {
  uid: req(int64).at(1, 'The number of the user.'),
  gid: req(int64).at(2, 'The number of the group.'),
  supplementalGroups: list(int64).owned('atomic').at(3, 'The numbers of further groups.'),
})
export type LinuxContainerUser = TypeOf<typeof LinuxContainerUser>

export const ContainerUser = message('core/v1.ContainerUser', 'The user that a container runs as.', {
  linux: opt(LinuxContainerUser).at(1, 'Its numbers on Linux.'),
})
export type ContainerUser = TypeOf<typeof ContainerUser>

export const ResourceHealth = message('core/v1.ResourceHealth', 'The health of a device.', {
  resourceID: req(string).at(1, 'Which device.'),
  health: string.at(2, 'Healthy, Unhealthy or Unknown.'),
  message: opt(string).at(6, 'More about it, in words.'),
})
export type ResourceHealth = TypeOf<typeof ResourceHealth>

export const ResourceStatus = message('core/v1.ResourceStatus', 'The health of the devices behind a resource.', {
  name: req(string).at(1, 'The resource.'),
  resources: list(ResourceHealth).owned('map', 'resourceID').at(2, 'The devices.'),
})
export type ResourceStatus = TypeOf<typeof ResourceStatus>

export const ImageVolumeStatus = message('core/v1.ImageVolumeStatus', 'An image that is mounted as a volume.', {
  imageRef: string.at(1, 'The digest of the image.'),
})
export type ImageVolumeStatus = TypeOf<typeof ImageVolumeStatus>

export const VolumeStatus = message('core/v1.VolumeStatus', 'More about a volume that was mounted.', {
  image: opt(ImageVolumeStatus).at(1, 'The image, if it is one.'),
})
export type VolumeStatus = TypeOf<typeof VolumeStatus>

export const VolumeMountStatus = message('core/v1.VolumeMountStatus', 'A volume as it was mounted.', {
  name: req(string).at(1, 'The volume.'),
  mountPath: req(string).at(2, 'Where it appears.'),
  readOnly: bool.at(3, 'Whether it cannot be written to.'),
  recursiveReadOnly: opt(string).at(4, 'Whether that holds for mounts below it as well.'),
  volumeStatus: opt(VolumeStatus).at(5, 'More about the volume.'),
})
export type VolumeMountStatus = TypeOf<typeof VolumeMountStatus>

export const ContainerStatus = message('core/v1.ContainerStatus', 'What is known of a container.', {
  name: req(string).at(1, 'The name of the container.'),
  state: ContainerState.at(2, 'What it is doing now.'),
  lastState: ContainerState.at(3, 'How it ended before it was restarted last.'),
  ready: req(bool).at(4, 'Whether it is ready for traffic.'),
  restartCount: req(int32).at(5, 'How often it was restarted.'),
  image: req(string).at(6, 'The image that it runs, as the runtime names it.'),
  imageID: req(string).at(7, 'The digest of the image.'),
  containerID: string.at(8, 'The ID of the container, in the form runtime://id.'),
  started: opt(bool).at(9, 'Whether it has started: its startup probe and its postStart hook are through.'),
  allocatedResources: map(quantity).at(10, 'What the node has set aside for it.'),
  resources: opt(ResourceRequirements).at(11, 'The requests and limits that are in force.'),
  volumeMounts: list(VolumeMountStatus)
    .patch('merge', 'mountPath')
    .owned('map', 'mountPath')
    .at(12, 'Its volumes, as they were mounted.'),
  user: opt(ContainerUser).at(13, 'The user that it runs as.'),
  allocatedResourcesStatus: list(ResourceStatus)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(14, 'The health of the devices that it uses.'),
  stopSignal: opt(string).at(15, 'The signal that asks it to end.'),
})
export type ContainerStatus = TypeOf<typeof ContainerStatus>
