// The scheduler and the controllers in processes of their own, against any Kubernetes API server. Of several of a
// kind one works, chosen by a Lease; the others wait for it to go.

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { builtIn } from '#api/kinds.ts'
import { type Outside, parseBool, UsageError } from '#cli/command.ts'
import { accountToken } from '#client/account-tokens.ts'
import { HttpClient } from '#client/http.ts'
import type { ConnectionOptions } from '#client/http2-connection.ts'
import { createInformers } from '#client/informers.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { electLeader } from '#client/leader-election.ts'
import { nameSuffix } from '#lib/random.ts'
import { startControllers } from './controllers.ts'
import { type Role, type RoleOptions, startRole } from './role.ts'
import { startScheduling } from './scheduler.ts'

export interface AloneOptions extends RoleOptions {
  readonly kubeconfig: string
  readonly clusterCidr: string
  readonly nodeMonitorGracePeriod: string
  /** As upstream's flag of this name. */
  readonly useServiceAccountCredentials: string
}

type Connection = Pick<ConnectionOptions, 'url' | 'credentials'>

function connectionOf(path: string): Connection {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new UsageError(`"${file}" cannot be read: ${error instanceof Error ? error.message : error}`)
    }
  }
  const { server, credentials } = resolveContext(read(path), read)
  return { url: server, credentials: () => credentials }
}

/** What a part needs that runs against a remote API server, and what of it is stopped in the end. */
function connect(name: string, role: Role, options: AloneOptions, outside: Outside) {
  const { clock, random, version } = outside
  const { log, stop } = role
  const to = connectionOf(options.kubeconfig)
  const userAgent = `${name}/${version}`
  const client = new HttpClient({ ...to, userAgent, clock })
  stop.onStop('client', () => client.close())
  const informers = createInformers({ client, clock, random, log })
  stop.onStop('informers', () => informers.stop())
  return { client, to, userAgent, informers, clock, random, log, signal: stop.signal }
}

/** Each account by a token of its own, over one connection that shows no certificate. */
function accountClients({ client, to, userAgent, clock }: ReturnType<typeof connect>, { stop }: Role) {
  const { authorityPem, insecureSkipVerify } = to.credentials()
  const shared = new HttpClient({
    url: to.url,
    credentials: () => ({ authorityPem, insecureSkipVerify }),
    userAgent,
    clock,
  })
  stop.onStop('accounts', () => shared.close())
  return (account: string) => shared.as(accountToken(account, { client, clock }))
}

/** Runs `work` while this process leads; ends the process when it no longer does, as upstream's components do. */
async function whileLeading(
  name: string,
  role: Role,
  parts: ReturnType<typeof connect>,
  work: () => void,
): Promise<void> {
  const identity = `${hostname()}_${nameSuffix(parts.random, 8)}`
  const lead = async (signal: AbortSignal): Promise<void> => {
    work()
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
  void electLeader({ ...parts, namespace: 'kube-system', name, identity }, lead).then(() => role.stop.stop())
  await role.run()
}

export async function runSchedulerAlone(options: AloneOptions, outside: Outside): Promise<void> {
  const role = startRole('kube-scheduler', options, outside)
  const parts = connect('kube-scheduler', role, options, outside)
  await whileLeading('kube-scheduler', role, parts, () => {
    const scheduler = startScheduling(parts)
    role.stop.onStop('scheduler', () => scheduler.stop())
  })
}

export async function runControllersAlone(options: AloneOptions, outside: Outside): Promise<void> {
  const role = startRole('kube-controller-manager', options, outside)
  const parts = connect('kube-controller-manager', role, options, outside)
  const isOwn = parseBool('--use-service-account-credentials', options.useServiceAccountCredentials)
  const clients = isOwn ? { clientOf: accountClients(parts, role) } : {}
  await whileLeading('kube-controller-manager', role, parts, () => {
    const running = startControllers({
      ...parts,
      ...clients,
      kinds: builtIn,
      clusterCidr: options.clusterCidr,
      nodeMonitorGracePeriod: options.nodeMonitorGracePeriod,
    })
    role.stop.onStop('controllers', () => running.stopped)
  })
}
