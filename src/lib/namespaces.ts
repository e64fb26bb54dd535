// For tests only: a small network of namespaces on this machine, gone when the test ends. One node between a
// client outside and pods; `cluster` addresses are as a real node's: every pod hangs on a link of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { output, run } from './exec.ts'

/** Why namespaces cannot be had here; undefined when they can. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root'
  for (const [command, ...args] of [
    ['nft', '--version'],
    ['ip', '-V'],
  ]) {
    const answer = await run(command!, args).catch(() => undefined)
    if (answer?.code !== 0) return `needs the program "${command}"`
  }
  const name = `pnt-${process.pid}-try`
  const made = await run('ip', ['netns', 'add', name])
  if (made.code !== 0) return `cannot make a network namespace: ${made.stderr.trim()}`
  await run('ip', ['netns', 'del', name])
  return undefined
}

export const podAddress = (index: number): string => `10.244.1.${index + 2}`
export const nodeAddress = '192.168.77.1'
export const clientAddress = '192.168.77.2'

const peerFile = fileURLToPath(new URL('./namespaces-peer.ts', import.meta.url))
let worlds = 0

export class World {
  readonly #prefix = `pnt-${process.pid}-${++worlds}-`
  readonly #namespaces: string[] = []
  readonly #children: ChildProcess[] = []

  /** `client` <-> `node` <-> `pod0`, `pod1`, ... A pod that is not linked has a namespace with nothing in it. */
  static async make(pods: number, options: { readonly linked?: boolean } = {}): Promise<World> {
    const world = new World()
    try {
      for (const name of ['client', 'node', ...Array.from({ length: pods }, (_, i) => `pod${i}`)])
        await world.#add(name)
      // As network.ts sets them: a redirect to a pod that reached itself would use up its share of ICMP errors.
      const sysctls = ['ip_forward=1', 'conf.all.send_redirects=0', 'conf.default.send_redirects=0']
      await world.exec('node', 'sysctl', '-qw', ...sysctls.map((sysctl) => `net.ipv4.${sysctl}`))
      await world.#link('client', 'node', 'lan')
      await world.ip('node', `address add ${nodeAddress}/24 dev lan`)
      await world.ip('client', `address add ${clientAddress}/24 dev lan`)
      await world.ip('client', `route add default via ${nodeAddress}`)
      await world.ip('node', `route add default via ${clientAddress}`)
      for (let i = 0; i < pods && options.linked !== false; i++) {
        await world.#link(`pod${i}`, 'node', `p${i}`)
        // Thousands of connections from the address of one node soon use a port again that a pod still waits on.
        await world.exec(`pod${i}`, 'sysctl', '-qw', 'net.ipv4.tcp_max_tw_buckets=0')
        await world.ip(`pod${i}`, `address add ${podAddress(i)}/32 dev p${i}`)
        await world.ip(`pod${i}`, `route add 10.244.1.1 dev p${i} scope link`)
        await world.ip(`pod${i}`, 'route add default via 10.244.1.1')
        await world.ip('node', `address add 10.244.1.1/32 dev p${i}`)
        await world.ip('node', `route add ${podAddress(i)} dev p${i} scope link`)
      }
      return world
    } catch (error) {
      await world.remove()
      throw error
    }
  }

  namespace(name: string): string {
    return this.#prefix + name
  }

  /** What to put before a command so that it runs in the namespace. */
  within(name: string): readonly string[] {
    return ['ip', 'netns', 'exec', this.namespace(name)]
  }

  /** `ip -n <namespace> <words>`. */
  async ip(name: string, words: string): Promise<string> {
    return output(run, 'ip', ['-n', this.namespace(name), ...words.split(' ')])
  }

  async exec(name: string, command: string, ...args: string[]): Promise<string> {
    return output(run, 'ip', ['netns', 'exec', this.namespace(name), command, ...args])
  }

  /** Starts a server in the namespace, on TCP and UDP, that answers with its name and who asked. */
  async serve(name: string, port: number): Promise<void> {
    const [command, ...args] = [...this.within(name), process.execPath, peerFile, 'serve', name, String(port)]
    const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#children.push(child)
    await once(child.stdout!, 'data')
  }

  /** Asks so many times, each on a connection of its own; gives how often each answer (or error) came. */
  async ask(
    from: string,
    address: string,
    port: number,
    options: { times?: number; protocol?: 'tcp' | 'udp'; show?: 'name' | 'client'; localPort?: number } = {},
  ): Promise<Record<string, number>> {
    const { times = 1, protocol = 'tcp', show = 'name', localPort = 0 } = options
    const args = [peerFile, 'ask', protocol, address, String(port), String(times), show, String(localPort)]
    return JSON.parse(await this.exec(from, process.execPath, ...args)) as Record<string, number>
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    for (const namespace of this.#namespaces.splice(0)) await run('ip', ['netns', 'del', namespace])
  }

  async #add(name: string): Promise<void> {
    await output(run, 'ip', ['netns', 'add', this.namespace(name)])
    this.#namespaces.push(this.namespace(name))
    await this.ip(name, 'link set lo up')
  }

  async #link(a: string, b: string, name: string): Promise<void> {
    await this.ip(a, `link add ${name} type veth peer name ${name} netns ${this.namespace(b)}`)
    await this.ip(a, `link set ${name} up`)
    await this.ip(b, `link set ${name} up`)
  }
}
