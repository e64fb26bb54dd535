import { bool, inline, int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { EnvFromSource, EnvVar } from './env.ts'
import { Lifecycle, Probe } from './probe.ts'
import { ContainerResizePolicy, ResourceRequirements } from './resources.ts'
import { SecurityContext } from './security-context.ts'

export const ContainerPort = message('core/v1.ContainerPort', 'A port that a container listens on.', {
  name: string.at(1, 'A name for the port, unique in the pod.'),
  hostPort: int32.at(2, 'The port of the host that leads here; rarely needed.'),
  containerPort: req(int32).at(3, 'The number of the port.'),
  protocol: string.oneOf('SCTP', 'TCP', 'UDP').default('TCP').at(4, 'TCP, UDP or SCTP; TCP unless given.'),
  hostIP: string.at(5, 'The address of the host on which the port is opened; all unless given.'),
})
export type ContainerPort = TypeOf<typeof ContainerPort>

export const VolumeMount = message('core/v1.VolumeMount', 'A volume, and where it appears in a container.', {
  name: req(string).at(1, 'The volume.'),
  readOnly: bool.at(2, 'Whether it cannot be written to.'),
  recursiveReadOnly: opt(string).at(
    7,
    'Whether that holds for mounts below it as well: Disabled, IfPossible or Enabled.',
  ),
  mountPath: req(string).at(3, 'Where it appears.'),
  subPath: string.at(4, 'The folder of the volume that is mounted; its root unless given.'),
  mountPropagation: opt(string.oneOf('Bidirectional', 'HostToContainer', 'None')).at(
    5,
    'Whether later mounts are seen on the other side: None, HostToContainer or Bidirectional.',
  ),
  subPathExpr: string.at(6, 'The same, where $(NAME) stands for a variable.'),
  bindMountOptions: list(string).owned('set').at(8, 'Further options of the mount.'),
})
export type VolumeMount = TypeOf<typeof VolumeMount>

export const VolumeDevice = message('core/v1.VolumeDevice', 'A volume as a raw device.', {
  name: req(string).at(1, 'The volume.'),
  devicePath: req(string).at(2, 'The path of the device in the container.'),
})
export type VolumeDevice = TypeOf<typeof VolumeDevice>

export const ContainerRestartRuleOnExitCodes = message(
  'core/v1.ContainerRestartRuleOnExitCodes',
  'A set of exit codes.',
  {
    operator: string.at(1, 'In or NotIn.'),
    values: list(int32).owned('set').at(2, 'The exit codes.'),
  },
)
export type ContainerRestartRuleOnExitCodes = TypeOf<typeof ContainerRestartRuleOnExitCodes>

export const ContainerRestartRule = message(
  'core/v1.ContainerRestartRule',
  'When a container that has ended is restarted.',
  {
    action: string.at(1, 'What is done: Restart, or RestartAllContainers.'),
    exitCodes: opt(ContainerRestartRuleOnExitCodes).at(2, 'The exit codes that the rule is for.'),
  },
)
export type ContainerRestartRule = TypeOf<typeof ContainerRestartRule>

export const Container = message('core/v1.Container', 'A program that runs in a pod.', {
  name: req(string).at(1, 'The name, unique in the pod.'),
  image: string.at(2, 'The image to run.'),
  command: list(string)
    .owned('atomic')
    .at(3, "The program to run, in place of the image's; it runs without a shell. $(NAME) stands for a variable."),
  args: list(string)
    .owned('atomic')
    .at(4, 'The arguments of the command; those of the image unless given. $(NAME) stands for a variable.'),
  workingDir: string.at(5, 'The folder in which it starts; that of the image unless given.'),
  ports: list(ContainerPort)
    .patch('merge', 'containerPort')
    .owned('map', 'containerPort', 'protocol')
    .at(6, 'The ports that it listens on; for people to read, and for others to call by name.'),
  envFrom: list(EnvFromSource)
    .owned('atomic')
    .at(19, 'Sources whose keys all become variables; those in env go before them.'),
  env: list(EnvVar).patch('merge', 'name').owned('map', 'name').at(7, 'Environment variables.'),
  resources: ResourceRequirements.at(8, 'How much of the node it asks for and may use.'),
  resizePolicy: list(ContainerResizePolicy)
    .owned('atomic')
    .at(23, 'What happens when its resources are changed while it runs.'),
  restartPolicy: opt(string).at(
    24,
    "When it is restarted, in place of the pod's policy. Always makes an init container run beside the others.",
  ),
  restartPolicyRules: list(ContainerRestartRule)
    .owned('atomic')
    .at(25, 'By exit code, when it is restarted; they go before restartPolicy.'),
  volumeMounts: list(VolumeMount)
    .patch('merge', 'mountPath')
    .owned('map', 'mountPath')
    .at(9, 'Volumes, and where they appear in its files.'),
  volumeDevices: list(VolumeDevice)
    .patch('merge', 'devicePath')
    .owned('map', 'devicePath')
    .at(21, 'Volumes that it uses as raw devices.'),
  livenessProbe: opt(Probe).at(10, 'Asks from time to time whether it is alive; if not, it is restarted.'),
  readinessProbe: opt(Probe).at(
    11,
    'Asks from time to time whether it is ready for traffic; while it is not, services do not send any.',
  ),
  startupProbe: opt(Probe).at(22, 'Asks whether it has started; until then the other probes wait.'),
  lifecycle: opt(Lifecycle).at(12, 'What is done after its start and before its end.'),
  terminationMessagePath: string
    .default('/dev/termination-log')
    .at(13, 'The file whose contents are shown when it has ended; /dev/termination-log unless given.'),
  terminationMessagePolicy: string
    .oneOf('File', 'FallbackToLogsOnError')
    .default('File')
    .at(
      20,
      'File shows only that file; FallbackToLogsOnError shows the end of the log if the file is empty and the container failed.',
    ),
  imagePullPolicy: string
    .oneOf('Always', 'IfNotPresent', 'Never')
    .at(
      14,
      'When the image is fetched: Always, IfNotPresent or Never. Always for the tag latest, else IfNotPresent, unless given.',
    ),
  securityContext: opt(SecurityContext).at(15, "What it may be and do; it goes before the pod's."),
  stdin: bool.at(16, 'Whether its standard input is kept open.'),
  stdinOnce: bool.at(17, 'Whether its standard input is closed when the first client goes.'),
  tty: bool.at(18, 'Whether it gets a terminal; needs stdin.'),
})
export type Container = TypeOf<typeof Container>

export const EphemeralContainerCommon = message(
  'core/v1.EphemeralContainerCommon',
  'What a container for looking into a pod shares with the others.',
  {
    name: req(string).at(1, 'The name, unique in the pod.'),
    image: string.at(2, 'The image to run.'),
    command: list(string)
      .owned('atomic')
      .at(3, "The program to run, in place of the image's; it runs without a shell. $(NAME) stands for a variable."),
    args: list(string)
      .owned('atomic')
      .at(4, 'The arguments of the command; those of the image unless given. $(NAME) stands for a variable.'),
    workingDir: string.at(5, 'The folder in which it starts; that of the image unless given.'),
    ports: list(ContainerPort)
      .patch('merge', 'containerPort')
      .owned('map', 'containerPort', 'protocol')
      .at(6, 'The ports that it listens on; for people to read, and for others to call by name.'),
    envFrom: list(EnvFromSource)
      .owned('atomic')
      .at(19, 'Sources whose keys all become variables; those in env go before them.'),
    env: list(EnvVar).patch('merge', 'name').owned('map', 'name').at(7, 'Environment variables.'),
    resources: ResourceRequirements.at(8, 'How much of the node it asks for and may use.'),
    resizePolicy: list(ContainerResizePolicy)
      .owned('atomic')
      .at(23, 'What happens when its resources are changed while it runs.'),
    restartPolicy: opt(string).at(
      24,
      "When it is restarted, in place of the pod's policy. Always makes an init container run beside the others.",
    ),
    restartPolicyRules: list(ContainerRestartRule)
      .owned('atomic')
      .at(25, 'By exit code, when it is restarted; they go before restartPolicy.'),
    volumeMounts: list(VolumeMount)
      .patch('merge', 'mountPath')
      .owned('map', 'mountPath')
      .at(9, 'Volumes, and where they appear in its files.'),
    volumeDevices: list(VolumeDevice)
      .patch('merge', 'devicePath')
      .owned('map', 'devicePath')
      .at(21, 'Volumes that it uses as raw devices.'),
    livenessProbe: opt(Probe).at(10, 'Asks from time to time whether it is alive; if not, it is restarted.'),
    readinessProbe: opt(Probe).at(
      11,
      'Asks from time to time whether it is ready for traffic; while it is not, services do not send any.',
    ),
    startupProbe: opt(Probe).at(22, 'Asks whether it has started; until then the other probes wait.'),
    lifecycle: opt(Lifecycle).at(12, 'What is done after its start and before its end.'),
    terminationMessagePath: string
      .default('/dev/termination-log')
      .at(13, 'The file whose contents are shown when it has ended; /dev/termination-log unless given.'),
    terminationMessagePolicy: string
      .oneOf('File', 'FallbackToLogsOnError')
      .default('File')
      .at(
        20,
        'File shows only that file; FallbackToLogsOnError shows the end of the log if the file is empty and the container failed.',
      ),
    imagePullPolicy: string
      .oneOf('Always', 'IfNotPresent', 'Never')
      .at(
        14,
        'When the image is fetched: Always, IfNotPresent or Never. Always for the tag latest, else IfNotPresent, unless given.',
      ),
    securityContext: opt(SecurityContext).at(15, "What it may be and do; it goes before the pod's."),
    stdin: bool.at(16, 'Whether its standard input is kept open.'),
    stdinOnce: bool.at(17, 'Whether its standard input is closed when the first client goes.'),
    tty: bool.at(18, 'Whether it gets a terminal; needs stdin.'),
  },
)
export type EphemeralContainerCommon = TypeOf<typeof EphemeralContainerCommon>

export const EphemeralContainer = message(
  'core/v1.EphemeralContainer',
  'A container that is added to a running pod to look into it.',
  {
    ...inline(EphemeralContainerCommon, 1),
    targetContainerName: string.at(2, 'The container whose processes it sees.'),
  },
)
export type EphemeralContainer = TypeOf<typeof EphemeralContainer>
