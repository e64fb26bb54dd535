// `pinnace server`: the API server with its store, and in the same process the controllers and the scheduler,
// which call it directly. Ready when it answers; what is on disk is enough to start again from.

import { mkdirSync } from 'node:fs'
import { type Outside, UsageError } from '#cli/command.ts'
import { createInformers } from '#client/informers.ts'
import { LocalClient } from '#client/local.ts'
import { bootstrapFlowControl } from '#controllers/flow-control.ts'
import { formatTime } from '#lib/clock.ts'
import { authenticatedGroup, mastersGroup, serviceAccount } from '#server/authn/user.ts'
import type { UserInfo } from '#server/request.ts'
import { type Api, type ApiContext, type ApiOptions, startApi } from './api.ts'
import { bootstrap } from './bootstrap.ts'
import { bootstrapPolicy } from './bootstrap-policy.ts'
import { startControllers } from './controllers.ts'
import { keepFlowControl } from './fairness.ts'
import { type ListeningOptions, listeningAt, urlOf } from './listening.ts'
import { type RoleOptions, startRole } from './role.ts'
import { startScheduling } from './scheduler.ts'
import { serverFiles, serviceNames } from './server-files.ts'
import { notesUse } from './token-use.ts'

export interface ServerOptions extends RoleOptions, ListeningOptions, ApiOptions {
  readonly disable?: string
  readonly clusterCidr: string
  readonly nodeMonitorGracePeriod: string
}

const parts = ['controllers', 'scheduler'] as const

function parseDisabled(text: string): Set<string> {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const unknown = names.find((name) => !(parts as readonly string[]).includes(name))
  if (unknown) throw new UsageError(`"${unknown}" cannot be disabled; what can be is ${parts.join(', ')}`)
  return new Set(names)
}

export async function runServer(options: ServerOptions, outside: Outside): Promise<void> {
  const { clock, version } = outside
  const listening = listeningAt(options)
  const disabled = parseDisabled(options.disable ?? '')
  const role = startRole('server', options, outside)
  const startedMs = clock.monotonic()
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const { addresses, localUrl, serviceIp } = listening
  const files = await serverFiles({
    dir: options.dataDir,
    hosts: addresses.map(({ host }) => host),
    serviceIp,
    url: localUrl,
    nowMs: clock.now(),
  })
  const context = { outside, role, files, listening }
  const api = await role.starting(async () => {
    const api = await startApi(options, context)
    await makeFirstObjects(api, options, context)
    return api
  })
  api.ready()
  role.log.info('Ready', { url: localUrl, version, ms: Math.round(clock.monotonic() - startedMs) })
  startParts(api, options, context, disabled)
  await role.run()
}

const clientAs = ({ handle }: Api, user: UserInfo, userAgent: string) => new LocalClient({ handle, user, userAgent })

const clientFor = (api: Api, name: string, groups: readonly string[] = []) =>
  clientAs(api, { name: `system:${name}`, groups: [...groups, authenticatedGroup] }, name)

/** What every cluster has from the beginning. */
async function makeFirstObjects(api: Api, options: ServerOptions, context: ApiContext): Promise<void> {
  const { outside, role, files, listening } = context
  const { addresses, advertised, localUrl, serviceIp, dnsIp } = listening
  const own = clientFor(api, 'apiserver', [mastersGroup])
  await bootstrap(own, {
    address: advertised?.host,
    port: (advertised ?? addresses[0]!).port,
    serviceIp,
    serviceCidr: options.serviceCidr,
    nowText: formatTime(outside.clock.now()),
    dnsIp,
    url: advertised ? urlOf(advertised) : localUrl,
    servingAuthorityPem: files.authority.certPem,
    clientAuthorityPem: files.authority.certPem,
    frontProxyAuthorityPem: files.frontProxyAuthority.certPem,
  })
  api.onTokenUse(notesUse(own, role.log))
  await bootstrapPolicy(own)
  await bootstrapFlowControl(own)
}

/** What works beside the API server, unless it is disabled. */
function startParts(api: Api, options: ServerOptions, context: ApiContext, disabled: ReadonlySet<string>): void {
  const { clock, random } = context.outside
  const { log, stop } = context.role
  const { files, listening } = context
  const component = (name: string, groups?: readonly string[]) => {
    const client = clientFor(api, name, groups)
    const informers = createInformers({ client, clock, random, log, silenceMs: Number.POSITIVE_INFINITY })
    stop.onStop(`${name} informers`, () => informers.stop())
    return { client, informers, clock, random, log: log.child({ component: name }), signal: stop.signal }
  }
  const flowControl = keepFlowControl(component('apiserver', [mastersGroup]))
  stop.onStop('flow control', () => flowControl.stopped)
  if (!disabled.has('controllers')) {
    const manager = 'kube-controller-manager'
    const running = startControllers({
      ...component(manager),
      // Nothing is signed in to here, so these accounts need no objects and no tokens.
      clientOf: (account) => clientAs(api, serviceAccount('kube-system', account), `${manager}/${account}`),
      kinds: api.kinds,
      elsewhere: api.aggregation,
      clusterCidr: options.clusterCidr,
      nodeMonitorGracePeriod: options.nodeMonitorGracePeriod,
      keys: {
        authority: files.authority,
        tokens: api.tokens,
        reserved: { dnsNames: serviceNames, ips: [listening.serviceIp] },
      },
    })
    stop.onStop('controllers', () => running.stopped)
  }
  if (!disabled.has('scheduler')) {
    const scheduler = startScheduling(component('kube-scheduler'))
    stop.onStop('scheduler', () => scheduler.stop())
  }
}
