import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { arbitraryOf } from '#api/arbitrary.ts'
import { PodSpec } from '#api/core/pod-spec.ts'
import { PodSecurityContext, SecurityContext } from '#api/core/security-context.ts'
import { Volume } from '#api/core/volume.ts'
import { details, violations } from './checks.ts'
import type { CheckedPod } from './pod.ts'
import { type LevelVersion, parseVersion } from './policy.ts'

interface Parts {
  readonly pod?: object
  readonly container?: object
  readonly annotations?: Record<string, string>
}

/** What restricted asks for, and whatever a case changes. */
function podWith({ pod = {}, container = {}, annotations = {} }: Parts): CheckedPod {
  const { securityContext: ofPod, ...restOfPod } = pod as { securityContext?: object }
  const { securityContext: ofContainer, ...rest } = container as { securityContext?: object }
  const secured = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...ofContainer }
  return {
    annotations,
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...ofPod },
      containers: [{ name: 'a', image: 'i', ...rest, securityContext: secured }],
      ...restOfPod,
    },
  } as unknown as CheckedPod
}

const inContainer = (securityContext: object): Parts => ({ container: { securityContext } })
const inPod = (securityContext: object): Parts => ({ pod: { securityContext } })

const level = (text: string): LevelVersion => {
  const [name, version = 'latest'] = text.split(':') as [LevelVersion['level'], string?]
  return { level: name, version: parseVersion(version)! }
}

const against = (parts: Parts, wanted: string): string => details(violations(level(wanted), podWith(parts)))

/** What levels have against it; those not named have nothing. */
type Case = readonly [about: string, parts: Parts, refused: Readonly<Record<string, string>>]

const newest = ['privileged', 'baseline', 'restricted']
const both = (text: string) => ({ baseline: text, restricted: text })

const cases: readonly Case[] = [
  ['nothing', {}, {}],
  [
    'hostProcess',
    { ...inPod({ windowsOptions: { hostProcess: true } }), ...inContainer({ windowsOptions: { hostProcess: true } }) },
    both('hostProcess (pod and container "a" must not set securityContext.windowsOptions.hostProcess=true)'),
  ],
  ['no hostProcess', inPod({ windowsOptions: { hostProcess: false } }), {}],
  [
    'host namespaces',
    { pod: { hostNetwork: true, hostPID: true, hostIPC: true } },
    both('host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)'),
  ],
  ['no host namespaces', { pod: { hostNetwork: false, hostPID: false, hostIPC: false } }, {}],
  [
    'privileged',
    inContainer({ privileged: true }),
    both('privileged (container "a" must not set securityContext.privileged=true)'),
  ],
  ['not privileged', inContainer({ privileged: false }), {}],
  [
    'capabilities beyond the usual',
    inContainer({ capabilities: { add: ['SYS_TIME', 'NET_RAW', 'CHOWN'], drop: ['ALL'] } }),
    {
      baseline:
        'non-default capabilities (container "a" must not include "NET_RAW", "SYS_TIME" in securityContext.capabilities.add)',
      restricted:
        'unrestricted capabilities (container "a" must not include "CHOWN", "NET_RAW", "SYS_TIME" in securityContext.capabilities.add)',
      'baseline:v1.0':
        'non-default capabilities (container "a" must not include "NET_RAW", "SYS_TIME" in securityContext.capabilities.add)',
    },
  ],
  [
    'usual capabilities',
    inContainer({ capabilities: { add: ['CHOWN', 'NET_BIND_SERVICE'] } }),
    {
      restricted:
        'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]; container "a" must not include "CHOWN" in securityContext.capabilities.add)',
    },
  ],
  ['the one that may be added', inContainer({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } }), {}],
  [
    'a host path',
    {
      pod: {
        volumes: [
          { name: 'h', hostPath: { path: '/' } },
          { name: 'n', nfs: {} },
          { name: 'e', emptyDir: {} },
        ],
      },
    },
    {
      baseline: 'hostPath volumes (volume "h")',
      restricted: 'restricted volume types (volumes "h", "n" use restricted volume types "hostPath", "nfs")',
    },
  ],
  [
    'a volume of no known type',
    { pod: { volumes: [{ name: 'x' }] } },
    { restricted: 'restricted volume types (volume "x" uses restricted volume type "unknown")' },
  ],
  [
    'volumes for everybody',
    {
      pod: {
        volumes: [
          ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image'],
          ...['persistentVolumeClaim', 'projected', 'secret'],
        ].map((type) => ({ name: type, [type]: {} })),
      },
    },
    {},
  ],
  [
    'host ports',
    {
      container: {
        ports: [{ containerPort: 1, hostPort: 80 }, { containerPort: 2, hostPort: 8080 }, { containerPort: 3 }],
      },
    },
    both('hostPort (container "a" uses hostPorts 80, 8080)'),
  ],
  ['ports that are not of the host', { container: { ports: [{ containerPort: 1, hostPort: 0 }] } }, {}],
  [
    'AppArmor taken away',
    {
      ...inPod({ appArmorProfile: { type: 'Unconfined' } }),
      annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' },
    },
    both(
      'forbidden AppArmor profiles (pod and annotation must not set AppArmor profile type to "Unconfined", "container.apparmor.security.beta.kubernetes.io/a="unconfined"")',
    ),
  ],
  [
    'AppArmor taken away in a container',
    inContainer({ appArmorProfile: { type: 'Unconfined' } }),
    both('forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")'),
  ],
  [
    'AppArmor as it should be',
    {
      ...inPod({ appArmorProfile: { type: 'RuntimeDefault' } }),
      ...inContainer({ appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } }),
      annotations: {
        'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default',
        'container.apparmor.security.beta.kubernetes.io/b': 'localhost/p',
      },
    },
    {},
  ],
  [
    'SELinux of its own',
    { ...inPod({ seLinuxOptions: { type: 'foo', user: 'u' } }), ...inContainer({ seLinuxOptions: { role: 'r' } }) },
    both(
      'seLinuxOptions (pod and container "a" set forbidden securityContext.seLinuxOptions: type "foo"; user may not be set; role may not be set)',
    ),
  ],
  [
    'SELinux types of containers',
    { ...inPod({ seLinuxOptions: { type: 'container_t', level: 's0' } }), ...inContainer({ seLinuxOptions: {} }) },
    {},
  ],
  [
    'the SELinux type of container engines',
    inPod({ seLinuxOptions: { type: 'container_engine_t' } }),
    {
      'baseline:v1.30': 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
      'baseline:v1.31': '',
    },
  ],
  [
    'an unmasked /proc',
    inContainer({ procMount: 'Unmasked' }),
    both('procMount (container "a" must not set securityContext.procMount to "Unmasked")'),
  ],
  ['a masked /proc', inContainer({ procMount: 'Default' }), {}],
  [
    'an unmasked /proc of a pod with users of its own',
    { pod: { hostUsers: false }, ...inContainer({ procMount: 'Unmasked' }) },
    {
      restricted: 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
      'baseline:v1.34': 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
      'restricted:v1.34': 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
      'baseline:v1.35': '',
    },
  ],
  [
    'no filter for calls',
    {
      ...inPod({ seccompProfile: { type: 'Unconfined' } }),
      ...inContainer({ seccompProfile: { type: 'Unconfined' } }),
    },
    {
      ...both(
        'seccompProfile (pod and container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
      ),
      'baseline:v1.18': '',
    },
  ],
  [
    'nothing said of filters',
    inPod({ seccompProfile: undefined }),
    {
      restricted:
        'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
      'restricted:v1.18': '',
    },
  ],
  [
    'a filter in the container',
    { ...inPod({ seccompProfile: undefined }), ...inContainer({ seccompProfile: { type: 'Localhost' } }) },
    {},
  ],
  [
    'filters in annotations, which counted once',
    {
      annotations: {
        'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
        'container.seccomp.security.alpha.kubernetes.io/a': 'docker/default',
      },
    },
    {
      'baseline:v1.18': 'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
      'restricted:v1.18': 'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
    },
  ],
  [
    'settings of the kernel',
    inPod({
      sysctls: [
        { name: 'kernel.msgmax', value: '1' },
        { name: 'a.b', value: '1' },
      ],
    }),
    both('forbidden sysctls (kernel.msgmax, a.b)'),
  ],
  ...(
    [
      ['kernel.shm_rmid_forced', 0],
      ['net.ipv4.ip_local_port_range', 0],
      ['net.ipv4.tcp_syncookies', 0],
      ['net.ipv4.ping_group_range', 0],
      ['net.ipv4.ip_unprivileged_port_start', 0],
      ['net.ipv4.ip_local_reserved_ports', 27],
      ['net.ipv4.tcp_keepalive_time', 29],
      ['net.ipv4.tcp_fin_timeout', 29],
      ['net.ipv4.tcp_keepalive_intvl', 29],
      ['net.ipv4.tcp_keepalive_probes', 29],
      ['net.ipv4.tcp_rmem', 32],
      ['net.ipv4.tcp_wmem', 32],
      ['net.ipv4.tcp_slow_start_after_idle', 37],
      ['net.ipv4.tcp_notsent_lowat', 37],
    ] as const
  ).map(
    ([name, since]): Case => [
      `${name}, safe since 1.${since}`,
      inPod({ sysctls: [{ name, value: '1' }] }),
      {
        [`baseline:v1.${since}`]: '',
        ...(since === 0 ? {} : { [`baseline:v1.${since - 1}`]: `forbidden sysctls (${name})` }),
      },
    ],
  ),
  [
    'more rights than the parent',
    inContainer({ allowPrivilegeEscalation: undefined }),
    {
      restricted:
        'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
      'restricted:v1.7': '',
    },
  ],
  [
    'on Windows, where some things mean nothing',
    {
      pod: { os: { name: 'windows' }, securityContext: { seccompProfile: undefined } },
      ...inContainer({ allowPrivilegeEscalation: true, capabilities: undefined }),
    },
    {
      'restricted:v1.24':
        'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
      'restricted:v1.25': '',
    },
  ],
  [
    'as the superuser, said by nobody',
    inPod({ runAsNonRoot: undefined }),
    { restricted: 'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)' },
  ],
  [
    'as the superuser, said by both',
    { ...inPod({ runAsNonRoot: false }), ...inContainer({ runAsNonRoot: false }) },
    { restricted: 'runAsNonRoot != true (pod and container "a" must not set securityContext.runAsNonRoot=false)' },
  ],
  ['not as the superuser', { ...inPod({ runAsNonRoot: undefined }), ...inContainer({ runAsNonRoot: true }) }, {}],
  [
    'by number 0',
    { ...inPod({ runAsUser: 0 }), ...inContainer({ runAsUser: 0 }) },
    { restricted: 'runAsUser=0 (pod and container "a" must not set runAsUser=0)', 'restricted:v1.22': '' },
  ],
  ['by another number', inPod({ runAsUser: 1000 }), {}],
  [
    'as the superuser among users of its own',
    { pod: { hostUsers: false, securityContext: { runAsNonRoot: false, runAsUser: 0 } } },
    {
      'restricted:v1.34':
        'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)',
      'restricted:v1.35': '',
    },
  ],
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe): readonly Case[] => [
    [
      `${probe} of another host`,
      { container: { [probe]: { httpGet: { host: 'h', port: 1 } } } },
      {
        ...both('probe or lifecycle host (container "a" uses probe or lifecycle host "h")'),
        'baseline:v1.33': '',
        'baseline:v1.34': 'probe or lifecycle host (container "a" uses probe or lifecycle host "h")',
      },
    ],
    [`${probe} of its own pod`, { container: { [probe]: { tcpSocket: { port: 1 } } } }, {}],
  ]),
  [
    'hooks that lead to other hosts',
    {
      container: {
        lifecycle: { postStart: { httpGet: { host: 'h', port: 1 } }, preStop: { tcpSocket: { host: 'g', port: 1 } } },
      },
    },
    both('probe or lifecycle host (container "a" uses probe or lifecycle hosts "g", "h")'),
  ],
]

describe('violations()', () => {
  for (const [about, parts, refused] of cases)
    for (const wanted of new Set([...newest, ...Object.keys(refused)]))
      test(`${wanted} and ${about}`, () => assert.equal(against(parts, wanted), refused[wanted] ?? ''))

  test('tells of baseline first, and of all sorts of containers in the order of their lives', () => {
    const bad = { securityContext: { privileged: true } }
    const spec = {
      hostPID: true,
      initContainers: [{ name: 'i', ...bad }],
      containers: [{ name: 'c', ...bad }],
      ephemeralContainers: [{ name: 'e', ...bad }],
    }
    const pod = { annotations: {}, spec } as unknown as CheckedPod
    assert.equal(
      details(violations(level('restricted:v1.24'), pod)),
      'host namespaces (hostPID=true), privileged (containers "i", "c", "e" must not set securityContext.privileged=true), ' +
        'allowPrivilegeEscalation != false (containers "i", "c", "e" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (containers "i", "c", "e" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or containers "i", "c", "e" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or containers "i", "c", "e" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    )
  })

  test('a version that is not known yet means the newest', () => {
    const parts = inPod({ sysctls: [{ name: 'net.ipv4.tcp_notsent_lowat', value: '1' }] })
    assert.equal(against(parts, 'baseline:v1.99'), '')
  })

  test('whatever baseline refuses, restricted refuses as well, but what means nothing on Windows', () => {
    const container = fc.record({ name: fc.constantFrom('a', 'b'), securityContext: arbitraryOf(SecurityContext) })
    const spec = fc
      .tuple(
        arbitraryOf(PodSpec),
        fc.record({
          containers: fc.array(container, { maxLength: 2 }),
          securityContext: arbitraryOf(PodSecurityContext),
          volumes: fc.array(arbitraryOf(Volume), { maxLength: 2 }),
          hostUsers: fc.boolean(),
        }),
      )
      .map(([any, { ...some }]) => ({ ...(any as object), ...some, os: undefined }))
    let refused = 0
    fc.assert(
      fc.property(spec, fc.nat(40), (given, version) => {
        const pod = { annotations: {}, spec: given } as unknown as CheckedPod
        const lax = violations({ level: 'baseline', version }, pod)
        const strict = violations({ level: 'restricted', version }, pod)
        if (lax.length > 0) refused++
        assert.ok(lax.length === 0 || strict.length > 0, details(lax))
      }),
      { seed: 1 },
    )
    assert.ok(refused > 10, 'there was something to compare')
  })
})
