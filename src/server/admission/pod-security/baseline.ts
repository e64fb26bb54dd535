// The checks of the level baseline: what is known to lead out of a container. Texts are upstream's.

import {
  type Check,
  type CheckedContainer,
  containersOf,
  counted,
  named,
  namesOf,
  quoted,
  setters,
  sorted,
  type Violation,
} from './pod.ts'

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

const isAppArmorType = (type: string): boolean => type === 'RuntimeDefault' || type === 'Localhost'
const isAppArmorAnnotation = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/')

export const appArmorProfile: Check = (pod) => {
  const ofPod = pod.spec.securityContext?.appArmorProfile?.type
  const badPod = ofPod !== undefined && !isAppArmorType(ofPod)
  const typeOf = ({ securityContext }: CheckedContainer) => securityContext?.appArmorProfile?.type
  const isBad = (container: CheckedContainer) => {
    const type = typeOf(container)
    return type !== undefined && !isAppArmorType(type)
  }
  const bad = containersOf(pod).filter(isBad)
  const annotations = sorted(
    Object.entries(pod.annotations)
      .filter(([key, value]) => key.startsWith(appArmorPrefix) && !isAppArmorAnnotation(value))
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  )
  const values = [
    ...sorted([...(badPod ? [ofPod] : []), ...bad.map((container) => typeOf(container)!)]),
    ...annotations,
  ]
  if (values.length === 0) return undefined
  const explicit = setters(
    badPod,
    bad.map(({ name }) => name),
  )
  const who = [
    ...(explicit === '' ? [] : [explicit]),
    ...(annotations.length > 0 ? [counted('annotation', annotations)] : []),
  ]
  return {
    reason: counted('forbidden AppArmor profile', values),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  }
}

const usualCapabilities: ReadonlySet<string> = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
])

export const capabilities: Check = (pod) => {
  const unusual = ({ securityContext }: CheckedContainer) =>
    (securityContext?.capabilities?.add ?? []).filter((capability) => !usualCapabilities.has(capability))
  const bad = containersOf(pod).filter((container) => unusual(container).length > 0)
  if (bad.length === 0) return undefined
  const names = bad.map(({ name }) => name)
  return {
    reason: 'non-default capabilities',
    detail: `${named(names)} must not include ${quoted(sorted(bad.flatMap(unusual)))} in securityContext.capabilities.add`,
  }
}

export const hostNamespaces: Check = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field])
  if (shared.length === 0) return undefined
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') }
}

export const hostPathVolumes: Check = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name)
  if (names.length === 0) return undefined
  return { reason: 'hostPath volumes', detail: `${counted('volume', names)} ${quoted(names)}` }
}

const uses = (names: readonly string[]): string => (names.length === 1 ? 'uses' : 'use')

export const hostPorts: Check = (pod) => {
  const portsOf = ({ ports }: CheckedContainer) =>
    (ports ?? []).filter(({ hostPort }) => hostPort).map(({ hostPort }) => String(hostPort))
  const bad = containersOf(pod).filter((container) => portsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const names = bad.map(({ name }) => name)
  const ports = sorted(bad.flatMap(portsOf))
  return {
    reason: 'hostPort',
    detail: `${named(names)} ${uses(names)} ${counted('hostPort', ports)} ${ports.join(', ')}`,
  }
}

/** Where probes and hooks of a container lead, other than to its own pod. */
function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: CheckedContainer): readonly string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
  return handlers
    .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .filter((host) => !!host) as string[]
}

export const hostProbesAndHostLifecycle: Check = (pod) => {
  const bad = containersOf(pod).filter((container) => hostsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const names = sorted(bad.map(({ name }) => name))
  const hosts = sorted(bad.flatMap(hostsOf))
  return {
    reason: 'probe or lifecycle host',
    detail: `${named(names)} ${uses(names)} ${counted('probe or lifecycle host', hosts)} ${quoted(hosts)}`,
  }
}

export const privileged: Check = (pod) => {
  const names = namesOf(pod, ({ securityContext }) => securityContext?.privileged === true)
  if (names.length === 0) return undefined
  return { reason: 'privileged', detail: `${named(names)} must not set securityContext.privileged=true` }
}

export const procMount: Check = (pod) => {
  const mountOf = ({ securityContext }: CheckedContainer) => securityContext?.procMount
  const bad = containersOf(pod).filter((container) => (mountOf(container) ?? 'Default') !== 'Default')
  if (bad.length === 0) return undefined
  const names = bad.map(({ name }) => name)
  const types = sorted(bad.map((container) => mountOf(container)!))
  return { reason: 'procMount', detail: `${named(names)} must not set securityContext.procMount to ${quoted(types)}` }
}

interface SELinux {
  readonly type?: string | undefined
  readonly user?: string | undefined
  readonly role?: string | undefined
}

export const seLinuxOptions =
  (allowed: readonly string[]): Check =>
  (pod) => {
    const isBad = (options: SELinux | undefined): options is SELinux =>
      options !== undefined && (!allowed.includes(options.type ?? '') || !!options.user || !!options.role)
    const ofPod = pod.spec.securityContext?.seLinuxOptions
    const bad = containersOf(pod).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions))
    const names = bad.map(({ name }) => name)
    const all = [ofPod, ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions)].filter(isBad)
    if (all.length === 0) return undefined
    const types = sorted(all.map(({ type }) => type ?? '').filter((type) => !allowed.includes(type)))
    const told = [
      ...(types.length > 0 ? [`${counted('type', types)} ${quoted(types)}`] : []),
      ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
    ]
    return {
      reason: 'seLinuxOptions',
      detail: `${setters(isBad(ofPod), names)} set forbidden securityContext.seLinuxOptions: ${told.join('; ')}`,
    }
  }

const containerTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']
export const seLinuxOptions10 = seLinuxOptions(containerTypes)
export const seLinuxOptions31 = seLinuxOptions([...containerTypes, 'container_engine_t'])

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
const isSeccompAnnotation = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')

/** Before there were fields for it. */
export const seccompAnnotations: Check = (pod) => {
  const keys = [seccompPod, ...containersOf(pod).map(({ name }) => seccompPrefix + name)]
  const bad = sorted(
    keys
      .filter((key) => pod.annotations[key] !== undefined && !isSeccompAnnotation(pod.annotations[key]))
      .map((key) => `${key}=${JSON.stringify(pod.annotations[key])}`),
  )
  if (bad.length === 0) return undefined
  return { reason: 'seccompProfile', detail: `forbidden ${counted('annotation', bad)} ${bad.join(', ')}` }
}

const isConfined = (type: string): boolean => type === 'RuntimeDefault' || type === 'Localhost'

const seccompOf = ({ securityContext }: CheckedContainer) => securityContext?.seccompProfile?.type

/** Those who say that nothing is to be filtered. */
export const seccompProfile: Check = (pod) => {
  const ofPod = pod.spec.securityContext?.seccompProfile?.type
  const badPod = ofPod !== undefined && !isConfined(ofPod)
  const bad = containersOf(pod).filter((container) => !isConfined(seccompOf(container) ?? 'RuntimeDefault'))
  const who = setters(
    badPod,
    bad.map(({ name }) => name),
  )
  if (who === '') return undefined
  const types = sorted([...(badPod ? [ofPod] : []), ...bad.map((container) => seccompOf(container)!)])
  const detail = `${who} must not set securityContext.seccompProfile.type to ${quoted(types)}`
  return { reason: 'seccompProfile', detail }
}

/** Those who say nothing, where the pod says nothing either. */
export const unfiltered = (pod: Parameters<Check>[0]): readonly string[] =>
  pod.spec.securityContext?.seccompProfile ? [] : namesOf(pod, (container) => seccompOf(container) === undefined)

export const sysctls =
  (allowed: ReadonlySet<string>): Check =>
  ({ spec }): Violation | undefined => {
    const bad = (spec.securityContext?.sysctls ?? []).filter(({ name }) => !allowed.has(name)).map(({ name }) => name)
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
  }

const sysctlsBySince: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      ...['ip_local_port_range', 'tcp_syncookies', 'ping_group_range', 'ip_unprivileged_port_start'].map(ipv4),
    ],
  ],
  [27, ['ip_local_reserved_ports'].map(ipv4)],
  [29, ['tcp_keepalive_time', 'tcp_fin_timeout', 'tcp_keepalive_intvl', 'tcp_keepalive_probes'].map(ipv4)],
  [32, ['tcp_rmem', 'tcp_wmem'].map(ipv4)],
  [37, ['tcp_slow_start_after_idle', 'tcp_notsent_lowat'].map(ipv4)],
]

function ipv4(name: string): string {
  return `net.ipv4.${name}`
}

/** What is safe has grown from version to version. */
export const sysctlVersions: readonly { readonly since: number; readonly check: Check }[] = sysctlsBySince.map(
  ([since], i) => ({
    since,
    check: sysctls(new Set(sysctlsBySince.slice(0, i + 1).flatMap(([, names]) => names))),
  }),
)

export const windowsHostProcess: Check = (pod) => {
  const who = setters(
    pod.spec.securityContext?.windowsOptions?.hostProcess === true,
    namesOf(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true),
  )
  if (who === '') return undefined
  return { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
}
