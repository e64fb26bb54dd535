// The network of a node: the CNI configuration as soon as the node has its pod addresses, the routes to the other
// nodes' pods, and the kernel's settings. Woken by nodes that change, never by the clock.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Node } from '#api/core/node.ts'
import type { Informers } from '#client/informer.ts'
import type { Clock } from '#lib/clock.ts'
import { output, type Run } from '#lib/exec.ts'
import type { Log } from '#lib/log.ts'
import { Loop } from '#lib/loop.ts'
import { type Random, systemRandom } from '#lib/random.ts'
import { conflist, conflistFile } from './cni.ts'
import { byFamily, parseRoutes, podCIDRsOf, routeCommands, routeProtocol, wantedRoutes } from './routes.ts'

export interface NetworkOptions {
  readonly informers: Informers
  readonly nodeName: string
  readonly clock: Clock
  readonly random?: Random
  readonly log: Log
  readonly run: Run
  /** Put before `ip`, as in `['ip', 'netns', 'exec', 'node-1']`, when this process is not in the node's namespace. */
  readonly prefix?: readonly string[]
  /** Where the container runtime looks for its CNI configuration. */
  readonly confDir: string
  /** Where the addresses of pods are remembered. */
  readonly dataDir: string
  readonly mtu?: number
  /** Writes a setting of the kernel; by /proc/sys unless given. */
  readonly sysctl?: (name: string, value: string) => Promise<void>
}

export interface Network {
  /** Resolves when pods can be given an address: the configuration is written and the routes stand. */
  readonly ready: Promise<void>
  /** Resolves when everything that the informers have shown so far has been done. */
  settled(): Promise<void>
  /** `cleanup` takes routes, configuration and remembered addresses away too. */
  stop(options?: { readonly cleanup?: boolean }): Promise<void>
}

export function startNetwork(options: NetworkOptions): Network {
  const { informers, nodeName, clock, log, run, prefix = [], confDir, dataDir, mtu, sysctl = writeSysctl } = options
  const nodes = informers.of(Node)
  const ready = Promise.withResolvers<void>()
  let unsubscribe = () => {}
  let stopped = false

  const ip = (args: readonly string[], input?: string) => {
    const [command, ...rest] = [...prefix, 'ip', ...args]
    return output(run, command!, rest, { input })
  }

  const keepRoutes = async (want: ReturnType<typeof wantedRoutes>): Promise<void> => {
    const shown = await Promise.all(
      ['-4', '-6'].map((family) => ip([family, '-json', 'route', 'show', 'proto', String(routeProtocol)])),
    )
    const commands = routeCommands(shown.flatMap(parseRoutes), want)
    // -force: one node that cannot be reached must not keep the others from being reached.
    const results = await Promise.allSettled(
      byFamily(commands).map(({ six, lines }) =>
        ip([six ? '-6' : '-4', '-force', '-batch', '-'], `${lines.join('\n')}\n`),
      ),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  const work = async (): Promise<void> => {
    const self = nodes.get(undefined, nodeName)
    const podCIDRs = self ? podCIDRsOf(self) : []
    for (const [name, value] of settingsFor(podCIDRs)) await sysctl(name, value)
    await keepRoutes(wantedRoutes(nodes.list(), nodeName))
    if (podCIDRs.length === 0) return
    await writeWhenChanged(confDir, conflistFile, conflist({ podCIDRs, mtu, dataDir }))
    ready.resolve()
  }

  const loop = new Loop({
    clock,
    random: options.random ?? systemRandom,
    work,
    failed: (error, waitMs) => log.warn('Cannot set up the network of this node; trying again', { error, waitMs }),
  })

  nodes.synced.then(() => {
    if (stopped) return
    unsubscribe = nodes.onChange((next, old) => {
      if (shapeOf(next) !== shapeOf(old)) loop.wake()
    })
    loop.wake()
  }, ready.reject)
  // Whoever does not wait for it has not to be told.
  ready.promise.catch(() => {})

  return {
    ready: ready.promise,
    settled: () => loop.settled(),
    async stop({ cleanup = false } = {}) {
      stopped = true
      unsubscribe()
      await loop.stop()
      if (!cleanup) return
      await rm(join(confDir, conflistFile), { force: true })
      await rm(dataDir, { recursive: true, force: true })
      await keepRoutes([])
    },
  }
}

/** What matters here of a node; its heartbeats do not. */
const shapeOf = (node: Node | undefined): string =>
  node === undefined ? '' : JSON.stringify([podCIDRsOf(node), node.status.addresses])

/** A redirect would tell a pod that its neighbour is to be reached directly, and costs it ICMP errors that it needs. */
const settingsFor = (podCIDRs: readonly string[]): readonly (readonly [name: string, value: string])[] => [
  ['net/ipv4/ip_forward', '1'],
  ['net/ipv4/conf/all/send_redirects', '0'],
  ['net/ipv4/conf/default/send_redirects', '0'],
  ...(podCIDRs.some((cidr) => cidr.includes(':')) ? [['net/ipv6/conf/all/forwarding', '1'] as const] : []),
]

async function writeSysctl(name: string, value: string): Promise<void> {
  const file = `/proc/sys/${name}`
  if ((await readFile(file, 'utf8')).trim() !== value) await writeFile(file, value)
}

/** A reader sees the old file or the new one, never a part; a file that is right already keeps its time. */
async function writeWhenChanged(dir: string, name: string, text: string): Promise<void> {
  const file = join(dir, name)
  const before = await readFile(file, 'utf8').catch(() => undefined)
  if (before === text) return
  await mkdir(dir, { recursive: true })
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}
