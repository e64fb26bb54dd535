// The cluster that behaviours run against, from a kubeconfig: where it is, who we are, and what kind of nodes it has.

import { readFileSync } from 'node:fs'
import { Node } from '#api/core/node.ts'
import { HttpClient } from '#client/http.ts'
import type { Credentials } from '#client/http2-connection.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { realClock } from '#lib/clock.ts'
import { run } from '#lib/exec.ts'
import { makeServingIdentity, type ServingIdentity } from './webhook-server.ts'

export interface Cluster {
  readonly kubeconfig: string
  readonly url: string
  readonly credentials: Credentials
  readonly nodes: 'simulated' | 'real'
  /** Of a shell with the tools of busybox. */
  readonly image: string
  /** Of a container that does nothing but run, which nodes have without a registry. */
  readonly idleImage: string
  /** Of this machine, as the API server reaches it. */
  readonly address: string
  /** The program; undefined where there is none. */
  readonly kubectl: string | undefined
  readonly servingIdentity: () => Promise<ServingIdentity>
}

async function findKubectl(): Promise<string | undefined> {
  const program = process.env.KUBECTL ?? 'kubectl'
  const works = run(program, ['version', '--client']).then(({ code }) => code === 0)
  return (await works.catch(() => false)) ? program : undefined
}

const idleImageOf = (nodes: readonly Node[]): string =>
  nodes
    .flatMap(({ status }) => status?.images ?? [])
    .flatMap(({ names }) => names ?? [])
    .find((name) => /(^|\/)pause:[^@]+$/.test(name)) ?? 'registry.k8s.io/pause:3.10'

export async function connectTo(
  kubeconfig: string,
  { address = '127.0.0.1', image = 'busybox:1.37' }: { readonly address?: string; readonly image?: string } = {},
): Promise<Cluster> {
  const read = (path: string): string => readFileSync(path, 'utf8')
  const { server: url, credentials } = resolveContext(read(kubeconfig), read)
  const clock = realClock
  const client = new HttpClient({ url, credentials: () => credentials, userAgent: 'conformance', clock })
  try {
    const { items } = await client.list(Node)
    const isSimulated = (node: Node): boolean =>
      node.status?.nodeInfo?.containerRuntimeVersion?.startsWith('simulated://') ?? true
    let identity: Promise<ServingIdentity> | undefined
    return {
      kubeconfig,
      url,
      credentials,
      nodes: items.length > 0 && !items.some(isSimulated) ? 'real' : 'simulated',
      image,
      idleImage: idleImageOf(items),
      address,
      kubectl: await findKubectl(),
      servingIdentity: () => {
        identity ??= makeServingIdentity(address, clock.now())
        return identity
      },
    }
  } finally {
    await client.close()
  }
}
