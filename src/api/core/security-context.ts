import { bool, int64, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const AppArmorProfile = message('core/v1.AppArmorProfile', 'DOC:core/v1.AppArmorProfile', {
  type: req(string.oneOf('Localhost', 'RuntimeDefault', 'Unconfined')).at(1, 'DOC:core/v1.AppArmorProfile.type'),
  localhostProfile: opt(string).at(2, 'DOC:core/v1.AppArmorProfile.localhostProfile'),
})
export type AppArmorProfile = TypeOf<typeof AppArmorProfile>

export const Capabilities = message('core/v1.Capabilities', 'DOC:core/v1.Capabilities', {
  add: list(string).owned('atomic').at(1, 'DOC:core/v1.Capabilities.add'),
  drop: list(string).owned('atomic').at(2, 'DOC:core/v1.Capabilities.drop'),
})
export type Capabilities = TypeOf<typeof Capabilities>

export const SELinuxOptions = message('core/v1.SELinuxOptions', 'DOC:core/v1.SELinuxOptions', {
  user: string.at(1, 'DOC:core/v1.SELinuxOptions.user'),
  role: string.at(2, 'DOC:core/v1.SELinuxOptions.role'),
  type: string.at(3, 'DOC:core/v1.SELinuxOptions.type'),
  level: string.at(4, 'DOC:core/v1.SELinuxOptions.level'),
})
export type SELinuxOptions = TypeOf<typeof SELinuxOptions>

export const SeccompProfile = message('core/v1.SeccompProfile', 'DOC:core/v1.SeccompProfile', {
  type: req(string.oneOf('Localhost', 'RuntimeDefault', 'Unconfined')).at(1, 'DOC:core/v1.SeccompProfile.type'),
  localhostProfile: opt(string).at(2, 'DOC:core/v1.SeccompProfile.localhostProfile'),
})
export type SeccompProfile = TypeOf<typeof SeccompProfile>

export const WindowsSecurityContextOptions = message(
  'core/v1.WindowsSecurityContextOptions',
  'DOC:core/v1.WindowsSecurityContextOptions',
  {
    gmsaCredentialSpecName: opt(string).at(1, 'DOC:core/v1.WindowsSecurityContextOptions.gmsaCredentialSpecName'),
    gmsaCredentialSpec: opt(string).at(2, 'DOC:core/v1.WindowsSecurityContextOptions.gmsaCredentialSpec'),
    runAsUserName: opt(string).at(3, 'DOC:core/v1.WindowsSecurityContextOptions.runAsUserName'),
    hostProcess: opt(bool).at(4, 'DOC:core/v1.WindowsSecurityContextOptions.hostProcess'),
  },
)
export type WindowsSecurityContextOptions = TypeOf<typeof WindowsSecurityContextOptions>

export const SecurityContext = message('core/v1.SecurityContext', 'DOC:core/v1.SecurityContext', {
  capabilities: opt(Capabilities).at(1, 'DOC:core/v1.SecurityContext.capabilities'),
  privileged: opt(bool).at(2, 'DOC:core/v1.SecurityContext.privileged'),
  seLinuxOptions: opt(SELinuxOptions).at(3, 'DOC:core/v1.SecurityContext.seLinuxOptions'),
  windowsOptions: opt(WindowsSecurityContextOptions).at(10, 'DOC:core/v1.SecurityContext.windowsOptions'),
  runAsUser: opt(int64).at(4, 'DOC:core/v1.SecurityContext.runAsUser'),
  runAsGroup: opt(int64).at(8, 'DOC:core/v1.SecurityContext.runAsGroup'),
  runAsNonRoot: opt(bool).at(5, 'DOC:core/v1.SecurityContext.runAsNonRoot'),
  readOnlyRootFilesystem: opt(bool).at(6, 'DOC:core/v1.SecurityContext.readOnlyRootFilesystem'),
  allowPrivilegeEscalation: opt(bool).at(7, 'DOC:core/v1.SecurityContext.allowPrivilegeEscalation'),
  procMount: opt(string.oneOf('Default', 'Unmasked')).at(9, 'DOC:core/v1.SecurityContext.procMount'),
  seccompProfile: opt(SeccompProfile).at(11, 'DOC:core/v1.SecurityContext.seccompProfile'),
  appArmorProfile: opt(AppArmorProfile).at(12, 'DOC:core/v1.SecurityContext.appArmorProfile'),
})
export type SecurityContext = TypeOf<typeof SecurityContext>

export const Sysctl = message('core/v1.Sysctl', 'DOC:core/v1.Sysctl', {
  name: req(string).at(1, 'DOC:core/v1.Sysctl.name'),
  value: req(string).at(2, 'DOC:core/v1.Sysctl.value'),
})
export type Sysctl = TypeOf<typeof Sysctl>

export const PodSecurityContext = message('core/v1.PodSecurityContext', 'DOC:core/v1.PodSecurityContext', {
  seLinuxOptions: opt(SELinuxOptions).at(1, 'DOC:core/v1.PodSecurityContext.seLinuxOptions'),
  windowsOptions: opt(WindowsSecurityContextOptions).at(8, 'DOC:core/v1.PodSecurityContext.windowsOptions'),
  runAsUser: opt(int64).at(2, 'DOC:core/v1.PodSecurityContext.runAsUser'),
  runAsGroup: opt(int64).at(6, 'DOC:core/v1.PodSecurityContext.runAsGroup'),
  runAsNonRoot: opt(bool).at(3, 'DOC:core/v1.PodSecurityContext.runAsNonRoot'),
  supplementalGroups: list(int64).owned('atomic').at(4, 'DOC:core/v1.PodSecurityContext.supplementalGroups'),
  supplementalGroupsPolicy: opt(string.oneOf('Merge', 'Strict')).at(
    12,
    'DOC:core/v1.PodSecurityContext.supplementalGroupsPolicy',
  ),
  fsGroup: opt(int64).at(5, 'DOC:core/v1.PodSecurityContext.fsGroup'),
  sysctls: list(Sysctl).owned('atomic').at(7, 'DOC:core/v1.PodSecurityContext.sysctls'),
  fsGroupChangePolicy: opt(string.oneOf('Always', 'OnRootMismatch')).at(
    9,
    'DOC:core/v1.PodSecurityContext.fsGroupChangePolicy',
  ),
  seccompProfile: opt(SeccompProfile).at(10, 'DOC:core/v1.PodSecurityContext.seccompProfile'),
  appArmorProfile: opt(AppArmorProfile).at(11, 'DOC:core/v1.PodSecurityContext.appArmorProfile'),
  seLinuxChangePolicy: opt(string).at(13, 'DOC:core/v1.PodSecurityContext.seLinuxChangePolicy'),
})
export type PodSecurityContext = TypeOf<typeof PodSecurityContext>
