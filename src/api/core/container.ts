import { bool, inline, int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { EnvFromSource, EnvVar } from './env.ts'
import { Lifecycle, Probe } from './probe.ts'
import { ContainerResizePolicy, ResourceRequirements } from './resources.ts'
import { SecurityContext } from './security-context.ts'

export const ContainerPort = message('core/v1.ContainerPort', 'DOC:core/v1.ContainerPort', {
  name: string.at(1, 'DOC:core/v1.ContainerPort.name'),
  hostPort: int32.at(2, 'DOC:core/v1.ContainerPort.hostPort'),
  containerPort: req(int32).at(3, 'DOC:core/v1.ContainerPort.containerPort'),
  protocol: string.oneOf('SCTP', 'TCP', 'UDP').default('TCP').at(4, 'DOC:core/v1.ContainerPort.protocol'),
  hostIP: string.at(5, 'DOC:core/v1.ContainerPort.hostIP'),
})
export type ContainerPort = TypeOf<typeof ContainerPort>

export const VolumeMount = message('core/v1.VolumeMount', 'DOC:core/v1.VolumeMount', {
  name: req(string).at(1, 'DOC:core/v1.VolumeMount.name'),
  readOnly: bool.at(2, 'DOC:core/v1.VolumeMount.readOnly'),
  recursiveReadOnly: opt(string).at(7, 'DOC:core/v1.VolumeMount.recursiveReadOnly'),
  mountPath: req(string).at(3, 'DOC:core/v1.VolumeMount.mountPath'),
  subPath: string.at(4, 'DOC:core/v1.VolumeMount.subPath'),
  mountPropagation: opt(string.oneOf('Bidirectional', 'HostToContainer', 'None')).at(
    5,
    'DOC:core/v1.VolumeMount.mountPropagation',
  ),
  subPathExpr: string.at(6, 'DOC:core/v1.VolumeMount.subPathExpr'),
  bindMountOptions: list(string).owned('set').at(8, 'DOC:core/v1.VolumeMount.bindMountOptions'),
})
export type VolumeMount = TypeOf<typeof VolumeMount>

export const VolumeDevice = message('core/v1.VolumeDevice', 'DOC:core/v1.VolumeDevice', {
  name: req(string).at(1, 'DOC:core/v1.VolumeDevice.name'),
  devicePath: req(string).at(2, 'DOC:core/v1.VolumeDevice.devicePath'),
})
export type VolumeDevice = TypeOf<typeof VolumeDevice>

export const ContainerRestartRuleOnExitCodes = message(
  'core/v1.ContainerRestartRuleOnExitCodes',
  'DOC:core/v1.ContainerRestartRuleOnExitCodes',
  {
    operator: string.at(1, 'DOC:core/v1.ContainerRestartRuleOnExitCodes.operator'),
    values: list(int32).owned('set').at(2, 'DOC:core/v1.ContainerRestartRuleOnExitCodes.values'),
  },
)
export type ContainerRestartRuleOnExitCodes = TypeOf<typeof ContainerRestartRuleOnExitCodes>

export const ContainerRestartRule = message('core/v1.ContainerRestartRule', 'DOC:core/v1.ContainerRestartRule', {
  action: string.at(1, 'DOC:core/v1.ContainerRestartRule.action'),
  exitCodes: opt(ContainerRestartRuleOnExitCodes).at(2, 'DOC:core/v1.ContainerRestartRule.exitCodes'),
})
export type ContainerRestartRule = TypeOf<typeof ContainerRestartRule>

export const Container = message('core/v1.Container', 'DOC:core/v1.Container', {
  name: req(string).at(1, 'DOC:core/v1.Container.name'),
  image: string.at(2, 'DOC:core/v1.Container.image'),
  command: list(string).owned('atomic').at(3, 'DOC:core/v1.Container.command'),
  args: list(string).owned('atomic').at(4, 'DOC:core/v1.Container.args'),
  workingDir: string.at(5, 'DOC:core/v1.Container.workingDir'),
  ports: list(ContainerPort)
    .patch('merge', 'containerPort')
    .owned('map', 'containerPort', 'protocol')
    .at(6, 'DOC:core/v1.Container.ports'),
  envFrom: list(EnvFromSource).owned('atomic').at(19, 'DOC:core/v1.Container.envFrom'),
  env: list(EnvVar).patch('merge', 'name').owned('map', 'name').at(7, 'DOC:core/v1.Container.env'),
  resources: ResourceRequirements.at(8, 'DOC:core/v1.Container.resources'),
  resizePolicy: list(ContainerResizePolicy).owned('atomic').at(23, 'DOC:core/v1.Container.resizePolicy'),
  restartPolicy: opt(string).at(24, 'DOC:core/v1.Container.restartPolicy'),
  restartPolicyRules: list(ContainerRestartRule).owned('atomic').at(25, 'DOC:core/v1.Container.restartPolicyRules'),
  volumeMounts: list(VolumeMount)
    .patch('merge', 'mountPath')
    .owned('map', 'mountPath')
    .at(9, 'DOC:core/v1.Container.volumeMounts'),
  volumeDevices: list(VolumeDevice)
    .patch('merge', 'devicePath')
    .owned('map', 'devicePath')
    .at(21, 'DOC:core/v1.Container.volumeDevices'),
  livenessProbe: opt(Probe).at(10, 'DOC:core/v1.Container.livenessProbe'),
  readinessProbe: opt(Probe).at(11, 'DOC:core/v1.Container.readinessProbe'),
  startupProbe: opt(Probe).at(22, 'DOC:core/v1.Container.startupProbe'),
  lifecycle: opt(Lifecycle).at(12, 'DOC:core/v1.Container.lifecycle'),
  terminationMessagePath: string.default('/dev/termination-log').at(13, 'DOC:core/v1.Container.terminationMessagePath'),
  terminationMessagePolicy: string
    .oneOf('File', 'FallbackToLogsOnError')
    .default('File')
    .at(20, 'DOC:core/v1.Container.terminationMessagePolicy'),
  imagePullPolicy: string.oneOf('Always', 'IfNotPresent', 'Never').at(14, 'DOC:core/v1.Container.imagePullPolicy'),
  securityContext: opt(SecurityContext).at(15, 'DOC:core/v1.Container.securityContext'),
  stdin: bool.at(16, 'DOC:core/v1.Container.stdin'),
  stdinOnce: bool.at(17, 'DOC:core/v1.Container.stdinOnce'),
  tty: bool.at(18, 'DOC:core/v1.Container.tty'),
})
export type Container = TypeOf<typeof Container>

export const EphemeralContainerCommon = message(
  'core/v1.EphemeralContainerCommon',
  'DOC:core/v1.EphemeralContainerCommon',
  {
    name: req(string).at(1, 'DOC:core/v1.EphemeralContainerCommon.name'),
    image: string.at(2, 'DOC:core/v1.EphemeralContainerCommon.image'),
    command: list(string).owned('atomic').at(3, 'DOC:core/v1.EphemeralContainerCommon.command'),
    args: list(string).owned('atomic').at(4, 'DOC:core/v1.EphemeralContainerCommon.args'),
    workingDir: string.at(5, 'DOC:core/v1.EphemeralContainerCommon.workingDir'),
    ports: list(ContainerPort)
      .patch('merge', 'containerPort')
      .owned('map', 'containerPort', 'protocol')
      .at(6, 'DOC:core/v1.EphemeralContainerCommon.ports'),
    envFrom: list(EnvFromSource).owned('atomic').at(19, 'DOC:core/v1.EphemeralContainerCommon.envFrom'),
    env: list(EnvVar).patch('merge', 'name').owned('map', 'name').at(7, 'DOC:core/v1.EphemeralContainerCommon.env'),
    resources: ResourceRequirements.at(8, 'DOC:core/v1.EphemeralContainerCommon.resources'),
    resizePolicy: list(ContainerResizePolicy)
      .owned('atomic')
      .at(23, 'DOC:core/v1.EphemeralContainerCommon.resizePolicy'),
    restartPolicy: opt(string).at(24, 'DOC:core/v1.EphemeralContainerCommon.restartPolicy'),
    restartPolicyRules: list(ContainerRestartRule)
      .owned('atomic')
      .at(25, 'DOC:core/v1.EphemeralContainerCommon.restartPolicyRules'),
    volumeMounts: list(VolumeMount)
      .patch('merge', 'mountPath')
      .owned('map', 'mountPath')
      .at(9, 'DOC:core/v1.EphemeralContainerCommon.volumeMounts'),
    volumeDevices: list(VolumeDevice)
      .patch('merge', 'devicePath')
      .owned('map', 'devicePath')
      .at(21, 'DOC:core/v1.EphemeralContainerCommon.volumeDevices'),
    livenessProbe: opt(Probe).at(10, 'DOC:core/v1.EphemeralContainerCommon.livenessProbe'),
    readinessProbe: opt(Probe).at(11, 'DOC:core/v1.EphemeralContainerCommon.readinessProbe'),
    startupProbe: opt(Probe).at(22, 'DOC:core/v1.EphemeralContainerCommon.startupProbe'),
    lifecycle: opt(Lifecycle).at(12, 'DOC:core/v1.EphemeralContainerCommon.lifecycle'),
    terminationMessagePath: string
      .default('/dev/termination-log')
      .at(13, 'DOC:core/v1.EphemeralContainerCommon.terminationMessagePath'),
    terminationMessagePolicy: string
      .oneOf('File', 'FallbackToLogsOnError')
      .default('File')
      .at(20, 'DOC:core/v1.EphemeralContainerCommon.terminationMessagePolicy'),
    imagePullPolicy: string
      .oneOf('Always', 'IfNotPresent', 'Never')
      .at(14, 'DOC:core/v1.EphemeralContainerCommon.imagePullPolicy'),
    securityContext: opt(SecurityContext).at(15, 'DOC:core/v1.EphemeralContainerCommon.securityContext'),
    stdin: bool.at(16, 'DOC:core/v1.EphemeralContainerCommon.stdin'),
    stdinOnce: bool.at(17, 'DOC:core/v1.EphemeralContainerCommon.stdinOnce'),
    tty: bool.at(18, 'DOC:core/v1.EphemeralContainerCommon.tty'),
  },
)
export type EphemeralContainerCommon = TypeOf<typeof EphemeralContainerCommon>

export const EphemeralContainer = message('core/v1.EphemeralContainer', 'DOC:core/v1.EphemeralContainer', {
  ...inline(EphemeralContainerCommon, 1),
  targetContainerName: string.at(2, 'DOC:core/v1.EphemeralContainer.targetContainerName'),
})
export type EphemeralContainer = TypeOf<typeof EphemeralContainer>
