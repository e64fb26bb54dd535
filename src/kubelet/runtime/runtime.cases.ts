// What every Runtime must do, as cases that run on each of them: the simulated one always, containerd where there
// is one. A runtime under test brings its images and commands; the cases say what is expected of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerConfig, ContainerStatus, Runtime, RuntimeEvent, SandboxConfig } from './runtime.ts'

/** Runs until stopped; ends with code 3 shortly after its start; does not hear SIGTERM. */
export type Program = 'runs' | 'exits' | 'ignoresTerm'

export interface RuntimeUnderTest {
  readonly runtime: Runtime
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>
  /** An image that is there, and the command that makes it behave so. */
  program(program: Program): { readonly image: string; readonly command: readonly string[] }
  readonly logDirectory: string
  close(): Promise<void>
}

export function testSandbox(name: string, logDirectory: string, attempt = 0): SandboxConfig {
  return {
    name,
    namespace: 'test',
    uid: `uid-${name}`,
    attempt,
    hostname: name,
    logDirectory,
    dns: { servers: [], searches: [], options: [] },
    portMappings: [],
    labels: { own: name },
    annotations: { note: 'a sandbox' },
    cgroupParent: '',
    sysctls: {},
    // The node's network: a network of its own is another part's business.
    hostNetwork: true,
    hostPID: false,
    hostIPC: false,
    shareProcessNamespace: false,
    privileged: false,
    seccomp: { type: 'Unconfined' },
    supplementalGroups: [],
    runtimeHandler: '',
  }
}

export function testContainer(
  name: string,
  image: string,
  imageId: string,
  command: readonly string[],
): ContainerConfig {
  return {
    name,
    attempt: 0,
    image: imageId,
    imageName: image,
    command,
    args: [],
    workingDir: '',
    env: [{ name: 'GREETING', value: 'hello' }],
    mounts: [],
    devices: [],
    labels: { container: name },
    annotations: { hash: 'abc' },
    logPath: `${name}.log`,
    stdin: false,
    stdinOnce: false,
    tty: false,
    resources: { cpuPeriodMicros: 100_000, cpuQuotaMicros: 0, cpuShares: 2, memoryLimitBytes: 0, oomScoreAdj: 1000 },
    privileged: false,
    readonlyRootfs: false,
    supplementalGroups: [],
    addCapabilities: [],
    dropCapabilities: [],
    noNewPrivileges: false,
    seccomp: { type: 'Unconfined' },
    maskedPaths: [],
    readonlyPaths: [],
    pidMode: 'container',
  }
}

/** Gathers events from before the first call on. */
class Listener {
  readonly seen: RuntimeEvent[] = []
  readonly #control = new AbortController()
  readonly #ended: Promise<void>

  constructor(runtime: Runtime) {
    this.#ended = this.#listen(runtime)
  }

  async #listen(runtime: Runtime): Promise<void> {
    for await (const event of runtime.events(this.#control.signal)) this.seen.push(event)
  }

  of(id: string): string[] {
    return this.seen.filter((e) => e.containerId === id).map((e) => e.type)
  }

  async stop(): Promise<void> {
    this.#control.abort()
    await this.#ended.catch(() => {})
  }
}

export function runtimeCases(name: string, open: () => Promise<RuntimeUnderTest>): void {
  const it = (what: string, run: (under: RuntimeUnderTest) => Promise<void>) =>
    test(`${name}: ${what}`, async () => {
      const under = await open()
      try {
        await run(under)
      } finally {
        await tidy(under.runtime)
        await under.close()
      }
    })

  const start = async (under: RuntimeUnderTest, program: Program, containerName = 'c', sandboxName = 's') => {
    const { runtime } = under
    const sandbox = testSandbox(sandboxName, under.logDirectory)
    const there = (await runtime.listSandboxes()).find((s) => s.name === sandboxName && s.namespace === 'test')
    const sandboxId = there?.id ?? (await runtime.runSandbox(sandbox))
    const { image, command } = under.program(program)
    const imageId = (await runtime.imageStatus(image))?.id
    assert.ok(imageId, `image ${image} is there`)
    const config = testContainer(containerName, image, imageId, command)
    const id = await runtime.createContainer(sandboxId, config, sandbox)
    return { sandboxId, id }
  }

  it('says its name and that it is ready', async ({ runtime }) => {
    const { name: own, version } = await runtime.version()
    assert.notEqual(own, '')
    assert.notEqual(version, '')
  })

  it('a sandbox is ready, stops, and goes; stopping and removing it again is fine', async (under) => {
    const { runtime } = under
    const id = await runtime.runSandbox(testSandbox('s', under.logDirectory))
    const status = await runtime.sandboxStatus(id)
    assert.equal(status?.state, 'ready')
    assert.deepEqual([status?.name, status?.namespace, status?.uid, status?.attempt], ['s', 'test', 'uid-s', 0])
    assert.equal(status?.labels.own, 's')
    assert.equal(status?.annotations.note, 'a sandbox')
    assert.ok((await runtime.listSandboxes()).some((s) => s.id === id && s.uid === 'uid-s'))
    for (let i = 0; i < 2; i++) await runtime.stopSandbox(id)
    assert.equal((await runtime.sandboxStatus(id))?.state, 'notready')
    for (let i = 0; i < 2; i++) await runtime.removeSandbox(id)
    assert.equal(await runtime.sandboxStatus(id), undefined)
  })

  it('a container is created, runs, and carries what was written on it', async (under) => {
    const { runtime } = under
    const { id, sandboxId } = await start(under, 'runs')
    assert.equal((await runtime.containerStatus(id))?.state, 'created')
    await runtime.startContainer(id)
    const status = await runtime.containerStatus(id)
    assert.equal(status?.state, 'running')
    assert.equal(status?.sandboxId || sandboxId, sandboxId)
    assert.deepEqual([status?.name, status?.attempt], ['c', 0])
    assert.equal(status?.labels.container, 'c')
    assert.equal(status?.annotations.hash, 'abc')
    assert.ok((status?.startedAtMs ?? 0) > 0)
    const listed = (await runtime.listContainers()).find((c) => c.id === id)
    assert.deepEqual([listed?.state, listed?.sandboxId, listed?.name], ['running', sandboxId, 'c'])
  })

  it('a container that ends says how, and an event tells of it', async (under) => {
    const { runtime } = under
    const listener = new Listener(runtime)
    await under.pass(50)
    const { id } = await start(under, 'exits')
    await runtime.startContainer(id)
    const status = await until(under, async () => {
      const now = await runtime.containerStatus(id)
      return now?.state === 'exited' && listener.of(id).includes('stopped') ? now : undefined
    })
    assert.equal(status.exitCode, 3)
    assert.equal(status.reason, 'Error')
    assert.ok(status.finishedAtMs >= status.startedAtMs)
    assert.ok(listener.of(id).includes('started'))
    await listener.stop()
  })

  it('a container that is told to stop ends, and stopping it again is fine', async (under) => {
    const { runtime } = under
    const { id } = await start(under, 'runs')
    await runtime.startContainer(id)
    for (let i = 0; i < 2; i++) await Promise.all([runtime.stopContainer(id, 5), under.pass(10)])
    assert.equal((await runtime.containerStatus(id))?.state, 'exited')
  })

  it('a container that does not hear is killed when its grace is over', async (under) => {
    const { runtime } = under
    const { id } = await start(under, 'ignoresTerm')
    await runtime.startContainer(id)
    // Time for the program to close its ears.
    await under.pass(300)
    const stopped = runtime.stopContainer(id, 1)
    await under.pass(500)
    assert.equal((await runtime.containerStatus(id))?.state, 'running')
    await under.pass(1500)
    await stopped
    const status = await runtime.containerStatus(id)
    assert.deepEqual([status?.state, status?.exitCode], ['exited', 137])
  })

  it('a removed container is gone, also when it ran, and removing it again is fine', async (under) => {
    const { runtime } = under
    const { id } = await start(under, 'runs')
    await runtime.startContainer(id)
    await runtime.stopContainer(id, 0)
    for (let i = 0; i < 2; i++) await runtime.removeContainer(id)
    assert.equal(await runtime.containerStatus(id), undefined)
    assert.ok(!(await runtime.listContainers()).some((c) => c.id === id))
    await runtime.stopContainer(id, 0)
  })

  it('a stopped sandbox takes its containers along', async (under) => {
    const { runtime } = under
    const { id, sandboxId } = await start(under, 'runs', 'a')
    const { id: other } = await start(under, 'runs', 'b')
    await Promise.all([runtime.startContainer(id), runtime.startContainer(other)])
    await runtime.stopSandbox(sandboxId)
    for (const each of [id, other]) assert.equal((await runtime.containerStatus(each))?.state, 'exited')
    await runtime.removeSandbox(sandboxId)
    assert.equal(await runtime.containerStatus(id), undefined)
  })

  it('a command in a container answers with its code', async (under) => {
    const { runtime } = under
    const { id } = await start(under, 'runs')
    await runtime.startContainer(id)
    assert.equal((await runtime.execSync(id, ['true'], 5000)).exitCode, 0)
    const { exitCode, stdout } = await runtime.execSync(id, ['sh', '-c', 'echo $GREETING; exit 7'], 5000)
    assert.deepEqual([exitCode, Buffer.from(stdout).toString()], [7, 'hello\n'])
  })

  it('what a running container uses is told, of an ended one nothing that would count', async (under) => {
    const { runtime } = under
    const [{ id }, { id: ended }] = [await start(under, 'runs', 'a'), await start(under, 'runs', 'b')]
    await Promise.all([runtime.startContainer(id), runtime.startContainer(ended)])
    await runtime.stopContainer(ended, 0)
    await under.pass(100)
    const first = (await runtime.stats()).find(({ containerId }) => containerId === id)
    assert.ok(first && first.timeMs > 0 && first.memoryWorkingSetBytes > 0)
    await under.pass(100)
    const stats = await runtime.stats()
    const second = stats.find(({ containerId }) => containerId === id)!
    assert.ok(second.timeMs > first.timeMs && second.cpuUsageCoreNanos >= first.cpuUsageCoreNanos)
    assert.equal(stats.find(({ containerId }) => containerId === ended)?.memoryWorkingSetBytes ?? 0, 0)
  })

  it('an image that is not there is said to be not there', async (under) => {
    assert.equal(await under.runtime.imageStatus('example.invalid/nothing:1'), undefined)
    const { image } = under.program('runs')
    const status = await under.runtime.imageStatus(image)
    assert.ok(status && status.sizeBytes > 0)
    assert.ok((await under.runtime.listImages()).some((i) => i.id === status.id))
  })

  it('what cannot be done is refused', async (under) => {
    const { runtime } = under
    const { image, command } = under.program('runs')
    const config = testContainer('c', image, image, command)
    await assert.rejects(runtime.createContainer('no-such-sandbox', config, testSandbox('s', under.logDirectory)))
    await assert.rejects(runtime.startContainer('no-such-container'))
    await assert.rejects(runtime.execSync('no-such-container', ['true'], 1000))
  })
}

/** A case leaves nothing of its own to the next one. */
async function tidy(runtime: Runtime): Promise<void> {
  for (const { id, namespace } of await runtime.listSandboxes())
    if (namespace === 'test') await runtime.removeSandbox(id)
}

async function until(
  under: RuntimeUnderTest,
  look: () => Promise<ContainerStatus | undefined>,
): Promise<ContainerStatus> {
  for (let i = 0; i < 100; i++) {
    const found = await look()
    if (found) return found
    await under.pass(50)
  }
  throw new Error('It did not happen')
}
