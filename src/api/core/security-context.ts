import { bool, int64, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const AppArmorProfile = message('core/v1.AppArmorProfile', 'The AppArmor profile of a container.', {
  type: req(string.oneOf('Localhost', 'RuntimeDefault', 'Unconfined')).at(
    1,
    'RuntimeDefault, Localhost or Unconfined.',
  ),
  localhostProfile: opt(string).at(2, 'The name of a profile that is loaded on the node; only for the type Localhost.'),
})
export type AppArmorProfile = TypeOf<typeof AppArmorProfile>

export const Capabilities = message(
  'core/v1.Capabilities',
  'Rights of the superuser that are given or taken away one by one.',
  {
    add: list(string).owned('atomic').at(1, 'The capabilities that a container gets beyond the usual ones.'),
    drop: list(string).owned('atomic').at(2, 'The capabilities that are taken away; ALL takes all.'),
  },
)
export type Capabilities = TypeOf<typeof Capabilities>

export const SELinuxOptions = message('core/v1.SELinuxOptions', 'An SELinux label.', {
  user: string.at(1, 'The user.'),
  role: string.at(2, 'The role.'),
  type: string.at(3, 'The type.'),
  level: string.at(4, 'The level.'),
})
export type SELinuxOptions = TypeOf<typeof SELinuxOptions>

export const SeccompProfile = message('core/v1.SeccompProfile', 'The system calls that a container may make.', {
  type: req(string.oneOf('Localhost', 'RuntimeDefault', 'Unconfined')).at(
    1,
    'RuntimeDefault, Localhost or Unconfined.',
  ),
  localhostProfile: opt(string).at(2, 'The path of a profile on the node; only for the type Localhost.'),
})
export type SeccompProfile = TypeOf<typeof SeccompProfile>

export const WindowsSecurityContextOptions = message(
  'core/v1.WindowsSecurityContextOptions',
  'What a container may be and do on Windows.',
  {
    gmsaCredentialSpecName: opt(string).at(1, 'The name of the GMSA credential spec.'),
    gmsaCredentialSpec: opt(string).at(2, 'The contents of the GMSA credential spec.'),
    runAsUserName: opt(string).at(3, 'The user that it runs as.'),
    hostProcess: opt(bool).at(4, 'Whether it runs as a process of the host.'),
  },
)
export type WindowsSecurityContextOptions = TypeOf<typeof WindowsSecurityContextOptions>

export const SecurityContext = message('core/v1.SecurityContext', 'What a container may be and do.', {
  capabilities: opt(Capabilities).at(1, 'Rights of the superuser that are given or taken away.'),
  privileged: opt(bool).at(2, 'Whether it is as powerful as a process of the node itself.'),
  seLinuxOptions: opt(SELinuxOptions).at(3, 'The SELinux label.'),
  windowsOptions: opt(WindowsSecurityContextOptions).at(10, 'What holds on Windows.'),
  runAsUser: opt(int64).at(4, 'The number of the user that it runs as; that of the image unless given.'),
  runAsGroup: opt(int64).at(8, 'The number of the group that it runs as.'),
  runAsNonRoot: opt(bool).at(5, 'Whether it must not run as the superuser.'),
  readOnlyRootFilesystem: opt(bool).at(6, 'Whether its own files cannot be changed.'),
  allowPrivilegeEscalation: opt(bool).at(7, 'Whether a process may gain more rights than its parent has.'),
  procMount: opt(string.oneOf('Default', 'Unmasked')).at(9, 'How much of /proc it sees: Default or Unmasked.'),
  seccompProfile: opt(SeccompProfile).at(11, 'The system calls that it may make.'),
  appArmorProfile: opt(AppArmorProfile).at(12, 'The AppArmor profile.'),
})
export type SecurityContext = TypeOf<typeof SecurityContext>

export const Sysctl = message('core/v1.Sysctl', 'A setting of the kernel.', {
  name: req(string).at(1, 'The name, as net.core.somaxconn.'),
  value: req(string).at(2, 'The value.'),
})
export type Sysctl = TypeOf<typeof Sysctl>

export const PodSecurityContext = message(
  'core/v1.PodSecurityContext',
  'What all containers of a pod may be and do, and who owns its volumes.',
  {
    seLinuxOptions: opt(SELinuxOptions).at(1, 'The SELinux label of the containers.'),
    windowsOptions: opt(WindowsSecurityContextOptions).at(8, 'What holds on Windows.'),
    runAsUser: opt(int64).at(2, 'The number of the user that the containers run as; that of the image unless given.'),
    runAsGroup: opt(int64).at(6, 'The number of the group that the containers run as.'),
    runAsNonRoot: opt(bool).at(3, 'Whether the containers must not run as the superuser.'),
    supplementalGroups: list(int64).owned('atomic').at(4, 'The numbers of further groups.'),
    supplementalGroupsPolicy: opt(string.oneOf('Merge', 'Strict')).at(
      12,
      'Merge adds the groups of the image, Strict does not.',
    ),
    fsGroup: opt(int64).at(5, "The group that owns the pod's volumes and that its containers are in."),
    sysctls: list(Sysctl).owned('atomic').at(7, 'Settings of the kernel for this pod.'),
    fsGroupChangePolicy: opt(string.oneOf('Always', 'OnRootMismatch')).at(
      9,
      "When the owner of a volume's files is changed: Always, or OnRootMismatch if the root's is wrong.",
    ),
    seccompProfile: opt(SeccompProfile).at(10, 'The system calls that the containers may make.'),
    appArmorProfile: opt(AppArmorProfile).at(11, 'The AppArmor profile of the containers.'),
    seLinuxChangePolicy: opt(string).at(13, 'How a volume gets its SELinux label: MountOption or Recursive.'),
  },
)
export type PodSecurityContext = TypeOf<typeof PodSecurityContext>
