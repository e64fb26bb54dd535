// One cluster of real nodes for all tests of a run: made before the first, ended after the last, whatever happens
// to this process in between. Tests see it as a user does, through kubectl.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { groupOf, processesIn } from '#cli/cluster/cgroups.ts'
import { findProgram, inspectMachine } from '#cli/cluster/machine.ts'
import { type RunOptions, type RunResult, run } from '#lib/exec.ts'
import { sleep } from './wait.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(root, 'bin', 'pinnace')

/** How long a node may be silent: longer than the 10 s between its heartbeats, shorter than a user would want. */
export const gracePeriodSeconds = 16

/** What the user has had before. */
const usersOwn = `apiVersion: v1
kind: Config
clusters:
  - name: work
    cluster:
      server: https://127.0.0.1:1
contexts:
  - name: work
    context:
      cluster: work
      user: me
users:
  - name: me
    user: {}
current-context: work
`

/** Why there can be no cluster of real nodes here; undefined: there can. */
export function whyNot(): string | undefined {
  const { missing } = inspectMachine(process.platform, process.getuid?.() ?? -1, process.env.PATH ?? '')
  if (missing.length > 0) return `real nodes need ${missing.map(({ what }) => what).join(', ')}`
  if (!findProgram('kubectl', process.env.PATH ?? '')) return 'kubectl is not on the PATH'
  return undefined
}

/** What a server answers is what tests look into. */
// biome-ignore lint/suspicious/noExplicitAny: a type would promise what the test is to find out.
export type Answer = any

export interface TestNode {
  readonly name: string
  readonly address: string
}

/** Resolves when all of a program's output has come; the caller sees it while it comes. */
export interface Running {
  readonly output: () => string
  readonly ended: Promise<number | null>
  readonly stop: () => Promise<void>
  readonly write: (text: string) => void
}

export class TestCluster {
  readonly name: string
  readonly dir: string
  readonly dataDir: string
  readonly kubeconfig: string
  nodes: readonly TestNode[] = []
  /** Tells the clusters of a machine apart, in the names of links and in addresses. */
  index = -1
  readonly #kubectl: string

  constructor(name: string) {
    this.name = name
    this.dir = mkdtempSync(join(tmpdir(), `${name}-`))
    this.dataDir = join(this.dir, 'cluster')
    this.kubeconfig = join(this.dir, 'kubeconfig')
    this.#kubectl = findProgram('kubectl', process.env.PATH ?? '') ?? 'kubectl'
    writeFileSync(this.kubeconfig, usersOwn)
    watchOver(this)
  }

  get env(): Record<string, string> {
    return { KUBECONFIG: this.kubeconfig, HOME: this.dir, NODE_COMPILE_CACHE: join(tmpdir(), 'pinnace-compile-cache') }
  }

  /** The kubectls of this machine by version, as in `1.27`; the one on the PATH is ''. */
  kubectls(): ReadonlyMap<string, string> {
    const dir = dirname(realpathSync(this.#kubectl))
    const found = readdirSync(dir).flatMap((file) => {
      const [, version] = /^kubectl\.(\d+\.\d+)$/.exec(file) ?? []
      return version ? [[version, join(dir, file)] as const] : []
    })
    return new Map([['', this.#kubectl], ...found])
  }

  async pinnace(...args: readonly string[]): Promise<string> {
    const [command = '', ...rest] = args
    const own = ['--name', this.name, '--data-dir', this.dataDir]
    const verbs = command === 'image' || command === 'node' ? [command, rest.shift() ?? ''] : [command]
    const result = await run(program, [...verbs, ...rest, ...own], { env: this.env, timeoutMs: 90_000 })
    if (result.code === 0) return result.stdout
    throw new Error(`pinnace ${args.join(' ')}: ${result.stderr}${result.stdout}`)
  }

  async up(nodes?: number, flags: readonly string[] = []): Promise<void> {
    const count = nodes === undefined ? [] : ['--nodes', String(nodes)]
    const answer = await this.pinnace('up', ...count, '-o', 'json', ...flags.map((flag) => `--server-flag=${flag}`))
    this.nodes = JSON.parse(answer).nodes
    this.index = Number(this.nodes[0]?.address.split('.')[2])
  }

  async down(): Promise<void> {
    await this.pinnace('down')
  }

  /** What kubectl says, whatever its exit code. */
  tryKubectl(args: readonly string[], options: RunOptions & { version?: string } = {}): Promise<RunResult> {
    const kubectl = this.kubectls().get(options.version ?? '') ?? this.#kubectl
    return run(kubectl, args, { timeoutMs: 60_000, ...options, env: { ...this.env, ...options.env } })
  }

  async kubectl(args: readonly string[], options: RunOptions & { version?: string } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.tryKubectl(args, options)
    if (code === 0) return stdout
    throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  }

  /** Starts kubectl and lets it run. */
  start(args: readonly string[], command: string = this.#kubectl): Running {
    const child = spawn(command, args, { env: { ...process.env, ...this.env }, stdio: ['pipe', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    child.stdin.on('error', () => {})
    const ended = new Promise<number | null>((resolve) => {
      child.on('close', (code) => resolve(code))
      child.on('error', () => resolve(null))
    })
    return {
      output: () => text,
      ended,
      write: (input) => void child.stdin.write(input),
      stop: async () => {
        child.kill('SIGTERM')
        const late = sleep(2000).then(() => child.kill('SIGKILL'))
        await Promise.race([ended, late])
      },
    }
  }

  /** The ids of the cluster's processes, or of one part of it: `server` or a node's name. */
  processes(part?: string): number[] {
    return processesIn(groupOf(this.name, part))
  }

  /** A container's process, seen from the machine: the one that has this word in its command line. */
  processOf(word: string): number {
    const found = this.processes().find((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word)
      } catch {
        // It has ended since it was listed.
        return false
      }
    })
    assert.ok(found, `no process has "${word}" in its command line`)
    return found
  }

  async namespace(name: string): Promise<Namespace> {
    await this.kubectl(['create', 'namespace', name])
    return new Namespace(this, name)
  }
}

/** A namespace in which one topic's tests are alone. */
export class Namespace {
  readonly cluster: TestCluster
  readonly name: string

  constructor(cluster: TestCluster, name: string) {
    this.cluster = cluster
    this.name = name
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.cluster.kubectl(['-n', this.name, ...args])
  }

  try(...args: readonly string[]): Promise<RunResult> {
    return this.cluster.tryKubectl(['-n', this.name, ...args])
  }

  start(...args: readonly string[]): Running {
    return this.cluster.start(['-n', this.name, ...args])
  }

  apply(...objects: readonly object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects }
    return this.cluster.kubectl(['-n', this.name, 'apply', '-f', '-'], { input: JSON.stringify(list) })
  }

  async get(...args: readonly string[]): Promise<Answer> {
    return JSON.parse(await this.kubectl('get', ...args, '-o', 'json'))
  }

  /** Waits until the pods, given as kubectl takes them, are ready. */
  ready(...pods: readonly string[]): Promise<string> {
    return this.kubectl('wait', '--for=condition=Ready', '--timeout=60s', ...pods)
  }

  /** Runs a shell's line in a pod's container and returns what it prints. */
  sh(pod: string, line: string, ...flags: readonly string[]): Promise<string> {
    return this.kubectl('exec', pod, ...flags, '--', 'sh', '-c', line)
  }

  /** The reasons and messages of an object's events, oldest first. */
  async events(object: string): Promise<readonly { reason: string; message: string; type: string }[]> {
    const { items } = await this.get('events', '--field-selector', `involvedObject.name=${object}`)
    return items
  }

  async delete(): Promise<void> {
    await this.cluster.kubectl(['delete', 'namespace', this.name, '--wait=false'])
  }
}

/** Ends the cluster when this process has ended, even by kill -9. */
function watchOver(cluster: TestCluster): void {
  const script =
    'tail --pid="$1" -f /dev/null; [ -e "$4" ] && "$2" down --name "$3" --data-dir "$4" >/dev/null 2>&1; rm -rf "$5"'
  const args = ['-c', script, 'sh', String(process.pid), program, cluster.name, cluster.dataDir, cluster.dir]
  const child = spawn('sh', args, { detached: true, stdio: 'ignore', env: { ...process.env, ...cluster.env } })
  child.unref()
}

/** Builds the images that the tests run: the example's versions, one that crashes, and a box of tools. */
export async function buildImages(cluster: TestCluster): Promise<void> {
  const broken = join(cluster.dir, 'broken')
  mkdirSync(broken, { recursive: true })
  cpSync(join(root, 'examples/hello/v2/image.yaml'), join(broken, 'image.yaml'))
  const settings =
    'copy: { /bin/busybox: bin/busybox }\nlinks: { bin/sh: busybox }\ncmd: [/bin/sh, -c, "echo broken; exit 3"]\n'
  writeFileSync(join(broken, 'image.yaml'), settings)
  const builds: [string, string][] = [
    [join(root, 'examples/hello/v1'), 'hello:v1'],
    [join(root, 'examples/hello/v2'), 'hello:v2'],
    [broken, 'hello:v3'],
    [join(root, 'test/node/tools'), 'tools:v1'],
  ]
  for (const [dir, tag] of builds) await cluster.pinnace('image', 'build', dir, '--tag', tag)
}

/** Copies the logs of the cluster's parts to the folder that LOGS names. */
export function keepLogs({ dataDir }: TestCluster): void {
  const to = process.env.LOGS
  if (!to || !existsSync(dataDir)) return
  for (const file of globSync('{*.log,nodes/*/*.log}', { cwd: dataDir })) cpSync(join(dataDir, file), join(to, file))
}

export function remove(cluster: TestCluster): void {
  if (existsSync(cluster.dir)) rmSync(cluster.dir, { recursive: true })
}
