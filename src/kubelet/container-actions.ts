// Starting and stopping one container, with everything that goes before and after: configuration, hooks, the wait
// until nobody is sent to the pod any more, and the events that tell of it. When and whether is nextStep's part.

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import { errorText } from '#lib/log.ts'
import { containerConfig, containerMounts, podDirectory, sandboxConfig } from './container-config.ts'
import type { PodAddresses } from './downward.ts'
import { ConfigError, type ConfigSources, environment } from './env.ts'
import { runHook } from './hooks.ts'
import type { ContainerEvent } from './images.ts'
import type { PodReferences } from './pod-references.ts'
import type { PodVolumes } from './pod-volumes.ts'
import type { ContainerConfig, Image, Sandbox } from './runtime/runtime.ts'
import type { RuntimeView } from './runtime-view.ts'
import type { WorkerContext } from './worker-context.ts'

/** What the actions need of the pod's worker. */
export interface ActionScope {
  readonly context: WorkerContext
  readonly view: RuntimeView
  readonly volumes: PodVolumes
  readonly references: PodReferences
  readonly sources: ConfigSources
  readonly pod: () => Pod
  readonly isEnding: () => boolean
  readonly addresses: () => PodAddresses
  readonly eventOf: (container: string) => ContainerEvent
  /** Aborts when hooks must no longer hold up the pod's end. */
  readonly windDown: AbortSignal
}

export interface StartFailure {
  readonly reason: 'CreateContainerConfigError' | 'CreateContainerError' | 'RunContainerError' | 'PostStartHookError'
  readonly text: string
  /** Something of the configuration is missing: waiting alone changes nothing. */
  readonly isConfig: boolean
}

/** Undefined when it runs, or has run. */
export async function startContainer(
  scope: ActionScope,
  container: Container,
  image: Image,
  sandbox: Sandbox,
  restartCount: number,
): Promise<StartFailure | undefined> {
  const { context, view, pod, eventOf } = scope
  const { runtime, settings } = context
  const event = eventOf(container.name)
  let id: string | undefined
  let reason: StartFailure['reason'] = 'CreateContainerConfigError'
  try {
    const config = await configOf(scope, container, image, restartCount)
    reason = 'CreateContainerError'
    id = await runtime.createContainer(sandbox.id, config, sandboxConfig(pod(), sandbox.attempt, settings))
    view.hide(id)
    event('Normal', 'Created', 'Container created')
    reason = 'RunContainerError'
    await runtime.startContainer(id)
    event('Normal', 'Started', 'Container started')
    reason = 'PostStartHookError'
    await postStart(scope, container, id)
    return undefined
  } catch (error) {
    const text = errorText(error)
    if (reason === 'PostStartHookError' && id !== undefined) {
      event('Warning', 'FailedPostStartHook', text)
      event('Normal', 'Killing', 'FailedPostStartHook')
      await runtime.stopContainer(id, pod().spec.terminationGracePeriodSeconds ?? 30)
    } else event('Warning', 'Failed', `Error: ${text}`)
    return { reason, text, isConfig: error instanceof ConfigError }
  } finally {
    if (id !== undefined) await showStarted(view, id)
  }
}

async function showStarted(view: RuntimeView, id: string): Promise<void> {
  try {
    await view.observe(id)
  } finally {
    view.show(id)
  }
}

async function configOf(
  scope: ActionScope,
  container: Container,
  image: Image,
  restartCount: number,
): Promise<ContainerConfig> {
  const { context, references, sources, volumes, eventOf } = scope
  const { services, allocatable, files, settings, rootDir } = context
  await references.containerSynced(container)
  const pod = scope.pod()
  const addresses = scope.addresses()
  const env = environment({ pod, container, sources, services: services(), addresses, allocatable: allocatable() })
  for (const { source, keys } of env.skipped)
    eventOf(container.name)(
      'Warning',
      'InvalidEnvironmentVariableNames',
      `Keys [${keys.join(', ')}] from the EnvFrom ${source} were skipped since they are considered invalid environment variable names.`,
    )
  const mounts = await containerMounts({
    pod,
    container,
    restartCount,
    podDir: podDirectory(rootDir, pod),
    env,
    files,
    volumePath: (name) => volumes.hostPath(name),
  })
  const { targetContainerName } = pod.spec.ephemeralContainers?.find((each) => each.name === container.name) ?? {}
  const target = targetContainerName ? runningId(scope, targetContainerName) : undefined
  return containerConfig({ pod, container, restartCount, image, env, mounts, settings, rootDir, target })
}

function runningId({ view }: ActionScope, name: string): string {
  const running = view.containers.find((each) => each.name === name && each.state === 'running')
  if (!running) throw new Error(`unable to find target container ${name}`)
  return running.id
}

async function postStart(scope: ActionScope, container: Container, id: string): Promise<void> {
  const handler = container.lifecycle?.postStart
  if (!handler) return
  // A command in a container cannot be called off; when the pod is to end, it ends with the container.
  await Promise.race([runHook(handler, hookContext(scope, container, id, scope.windDown)), aborted(scope.windDown)])
}

/** `isRepeated`: the container is being stopped already, and is now to end sooner. */
export async function stopContainer(
  scope: ActionScope,
  id: string,
  stop: { container: Container | undefined; name: string; graceSeconds: number; text: string; isRepeated: boolean },
): Promise<void> {
  const { runtime, clock } = scope.context
  const { container, name, graceSeconds, text, isRepeated } = stop
  if (isRepeated) {
    await runtime.stopContainer(id, graceSeconds)
  } else {
    scope.eventOf(name)('Normal', 'Killing', text)
    const startedMs = clock.monotonic()
    await beforeStop(scope, container, id, graceSeconds * 1000)
    const leftSeconds = graceSeconds - Math.round((clock.monotonic() - startedMs) / 1000)
    // Whatever the hook has used up, upstream leaves a container two seconds.
    await runtime.stopContainer(id, Math.max(Math.min(2, graceSeconds), leftSeconds))
  }
  await scope.view.observe(id)
}

/** The preStop hook, and meanwhile the wait until nobody is sent to the pod any more; both within the grace. */
async function beforeStop(
  scope: ActionScope,
  container: Container | undefined,
  id: string,
  graceMs: number,
): Promise<void> {
  const { clock, drain } = scope.context
  const handler = container?.lifecycle?.preStop
  const drains = drain && scope.isEnding() ? drain : undefined
  if (!handler && !drains) return
  const limit = new AbortController()
  const timer = clock.after(graceMs, () => limit.abort(new Error('the grace period is over')))
  const hook = async () => {
    if (!handler || !container) return
    try {
      await runHook(handler, hookContext(scope, container, id, limit.signal), graceMs)
    } catch (error) {
      if (!limit.signal.aborted) scope.eventOf(container.name)('Warning', 'FailedPreStopHook', errorText(error))
    }
  }
  const drained = drains?.(scope.pod(), limit.signal).catch(() => {})
  await Promise.race([Promise.all([hook(), drained]), aborted(limit.signal)])
  timer.cancel()
  limit.abort()
}

function hookContext({ context, addresses }: ActionScope, spec: Container, containerId: string, signal: AbortSignal) {
  const { runtime, prober, clock } = context
  return { runtime, prober, clock, containerId, spec, podIP: addresses().podIPs[0] ?? '', signal }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
