// Keeps the API server told of the node: registers it, renews its Lease every 10 s, and writes its status when it
// has something new to say, or every 5 minutes. The one regular timer of an idle node is the Lease's.

import { Lease } from '#api/coordination/lease.ts'
import { Node } from '#api/core/node.ts'
import type { NodeStatus } from '#api/core/node-types.ts'
import { isAlreadyExists, isConflict, isNotFound } from '#api/status-error.ts'
import type { Client } from '#client/client.ts'
import { backoffMs } from '#lib/backoff.ts'
import { type Clock, formatMicroTime } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import { missingLabels, newNode, nodeLabels, nodeStatus, saysTheSame } from './node-status.ts'
import type { Image, Runtime, RuntimeVersion } from './runtime/runtime.ts'
import type { KubeletSettings } from './settings.ts'

export interface NodeReporterOptions {
  readonly client: Client
  readonly runtime: Runtime
  readonly clock: Clock
  readonly log: Log
  readonly nodeName: string
  readonly settings: KubeletSettings
  readonly signal: AbortSignal
}

const leaseNamespace = 'kube-node-lease'
const leaseSeconds = 40
/** As upstream: then it is left to the next time. */
const leaseAttempts = 5
const renewMs = 10_000
/** While the runtime is not ready it is asked more often: nobody tells when it becomes so. */
const notReadyMs = 1_000
const refreshMs = 300_000
const retry = { initialMs: 200, capMs: 7_000 }

export class NodeReporter {
  readonly #options: NodeReporterOptions
  #status: NodeStatus | undefined
  #statusAtMs = Number.NEGATIVE_INFINITY
  #lease: Lease | undefined
  #version: RuntimeVersion | undefined
  #isRegistered = false
  #isReady = false
  readonly registered: Promise<void>
  #markRegistered!: () => void

  constructor(options: NodeReporterOptions) {
    this.#options = options
    this.registered = new Promise((resolve) => {
      this.#markRegistered = resolve
    })
  }

  /** Runs until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, log, nodeName } = this.#options
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#report()
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        failures++
        log.warn('Cannot report the node', { node: nodeName, error: errorText(error) })
      }
      const pauseMs = failures > 0 ? backoffMs(failures - 1, retry) : this.#isReady ? renewMs : notReadyMs
      await clock.sleep(pauseMs, signal).catch(() => {})
    }
  }

  async #report(): Promise<void> {
    const status = await this.#observe()
    if (!this.#isRegistered) await this.#register(status)
    const { clock } = this.#options
    if (!saysTheSame(this.#status, status) || clock.now() - this.#statusAtMs >= refreshMs) await this.#write(status)
    await this.#renewLease()
  }

  async #observe(): Promise<NodeStatus> {
    const { runtime, settings, clock } = this.#options
    let reasons: readonly string[]
    let images: readonly Image[] = []
    try {
      this.#version ??= await runtime.version()
      reasons = await runtime.notReadyReasons()
      images = await runtime.listImages()
    } catch (error) {
      reasons = [`container runtime is down: ${errorText(error)}`]
    }
    this.#isReady = reasons.length === 0
    const version = this.#version ?? { name: 'unknown', version: '' }
    return nodeStatus({
      settings,
      runtime: version,
      images,
      notReadyReasons: reasons,
      previous: this.#status,
      nowMs: clock.now(),
    })
  }

  async #register(status: NodeStatus): Promise<void> {
    const { client, nodeName, settings, clock, signal } = this.#options
    try {
      const node = await client.create(Node, newNode(nodeName, settings, status), { signal })
      // Only where the server takes a status along with a create is there nothing left to write.
      this.#status = node.status?.conditions?.length ? status : undefined
      this.#statusAtMs = clock.now()
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      const node = await client.get(Node, { name: nodeName }, signal)
      const labels = missingLabels(node, nodeLabels(nodeName, settings))
      if (Object.keys(labels).length > 0)
        await client.patch(Node, { name: nodeName }, { metadata: { labels } }, { type: 'merge', signal })
      this.#status = node.status
    }
    this.#isRegistered = true
    this.#markRegistered()
  }

  async #write(status: NodeStatus): Promise<void> {
    const { client, nodeName, clock, signal } = this.#options
    const before = this.#status
    const conditions = (status.conditions ?? []).map((condition) => {
      const old = before?.conditions?.find((c) => c.type === condition.type)
      const since = old?.status === condition.status ? old.lastTransitionTime : undefined
      return since ? { ...condition, lastTransitionTime: since } : condition
    })
    // Lists that are merged by key would keep what is no longer there.
    const addresses = [...(status.addresses ?? []), ...(before?.addresses ? [{ $patch: 'replace' }] : [])]
    const patch = { status: { ...status, conditions, addresses } }
    try {
      const node = await client.patch(Node, { name: nodeName }, patch, {
        type: 'strategic',
        subresource: 'status',
        signal,
      })
      this.#status = { ...status, conditions: node.status?.conditions ?? conditions }
      this.#statusAtMs = clock.now()
    } catch (error) {
      // Somebody has deleted the node: it says that it is here.
      if (isNotFound(error)) this.#isRegistered = false
      throw error
    }
  }

  async #renewLease(attempts = leaseAttempts): Promise<void> {
    const { client, nodeName, clock, signal } = this.#options
    const spec = {
      holderIdentity: nodeName,
      leaseDurationSeconds: leaseSeconds,
      renewTime: formatMicroTime(clock.now()),
    }
    const name = { namespace: leaseNamespace, name: nodeName }
    try {
      this.#lease ??= await client.get(Lease, name, signal)
      this.#lease = await client.update(
        Lease,
        { metadata: this.#lease.metadata, spec: { ...this.#lease.spec, ...spec } },
        { signal },
      )
    } catch (error) {
      this.#lease = undefined
      if (isConflict(error) && attempts > 1) return this.#renewLease(attempts - 1)
      if (!isNotFound(error)) throw error
      this.#lease = await client.create(Lease, { metadata: name, spec }, { signal })
    }
  }
}
