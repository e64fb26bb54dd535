// The scheduler and the controllers in processes of their own, against any Kubernetes API server. Of several of a
// kind one works, chosen by a Lease; the others wait for it to go.

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { builtIn } from '#api/kinds.ts'
import { type Outside, UsageError } from '#cli/command.ts'
import { HttpClient } from '#client/http.ts'
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
}

function clientFrom(path: string, name: string, { clock, version }: Outside): HttpClient {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new UsageError(`"${file}" cannot be read: ${error instanceof Error ? error.message : error}`)
    }
  }
  const { server, credentials } = resolveContext(read(path), read)
  return new HttpClient({ url: server, credentials: () => credentials, userAgent: `${name}/${version}`, clock })
}

/** What a part needs that runs against a remote API server, and what of it is stopped in the end. */
function connect(name: string, role: Role, options: AloneOptions, outside: Outside) {
  const { clock, random } = outside
  const { log, stop } = role
  const client = clientFrom(options.kubeconfig, name, outside)
  stop.onStop('client', () => client.close())
  const informers = createInformers({ client, clock, random, log })
  stop.onStop('informers', () => informers.stop())
  return { client, informers, clock, random, log, signal: stop.signal }
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
  await whileLeading('kube-controller-manager', role, parts, () => {
    const running = startControllers({
      ...parts,
      kinds: builtIn,
      clusterCidr: options.clusterCidr,
      nodeMonitorGracePeriod: options.nodeMonitorGracePeriod,
    })
    role.stop.onStop('controllers', () => running.stopped)
  })
}
