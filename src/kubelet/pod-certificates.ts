// Certificates for one pod: a key of its own for each podCertificate source, a PodCertificateRequest for it, what was
// issued, and the next one when it is time. As upstream's podcertificate manager does, and with the same events. Keys
// stay in memory and in the volume; after a restart of the agent new ones are asked for.
//
// Assumes: of one source it is asked for one thing at a time. Guarantees: one request at a time for each source.

import { PodCertificateRequest } from '#api/certificates/pod-certificate-request.ts'
import { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import type { PodCertificateProjection } from '#api/core/volume.ts'
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/events.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import { type StubKeyType, stubKeyTypes, stubRequest } from '#lib/stub-request.ts'
import { certificatesOf } from './volumes/trust-bundles.ts'
import type { Credentials } from './volumes/volume.ts'

const minuteMs = 60_000
/** Not all pods of a node begin at once. */
const maxJitterMs = 5 * minuteMs
const overdueMs = 10 * minuteMs
/** A request that nobody sees is taken for deleted. */
const abandonMs = 15 * minuteMs
const retryMs = minuteMs

export interface Issued {
  readonly keyPem: string
  readonly chainPem: string
  /** With the jitter. */
  readonly refreshAtMs: number
  readonly notAfterMs: number
}

export interface Pending {
  readonly name: string
  readonly uid: string
  readonly keyPem: string
  readonly abandonAtMs: number
}

export type Outcome =
  | { readonly at: 'waiting' }
  | { readonly at: 'issued'; readonly issued: Issued }
  | { readonly at: 'refused'; readonly type: 'Denied' | 'Failed'; readonly text: string }

/** What has become of a request. */
export function outcomeOf({ metadata, status }: PodCertificateRequest, keyPem: string, jitterMs: number): Outcome {
  const place = `${metadata.namespace}/${metadata.name}`
  for (const { type, reason, message } of status.conditions ?? []) {
    if (type === 'Denied' || type === 'Failed') {
      const verb = type === 'Denied' ? 'was denied' : 'failed'
      const why = `reason=${JSON.stringify(reason)}, message=${JSON.stringify(message)}`
      return { at: 'refused', type, text: `PodCertificateRequest ${place} ${verb}, ${why}` }
    }
    if (type === 'Issued') {
      const chainPem = certificatesOf(status.certificateChain ?? '').join('')
      const refreshAtMs = Date.parse(status.beginRefreshAt ?? '') + jitterMs
      return {
        at: 'issued',
        issued: { keyPem, chainPem, refreshAtMs, notAfterMs: Date.parse(status.notAfter ?? '') },
      }
    }
  }
  return { at: 'waiting' }
}

/** When to look at a source again by the clock: the next of what can happen to it without anybody's doing. */
export function lookAtMs(issued: Issued, pending: Pending | undefined, nowMs: number): number {
  if (!pending) return issued.refreshAtMs
  const times = [issued.refreshAtMs + overdueMs, issued.notAfterMs, pending.abandonAtMs]
  return Math.min(...times.filter((time) => time > nowMs), nowMs + abandonMs)
}

export type Lateness = 'CertificateOverdueForRefresh' | 'CertificateExpired'

/** What is to be told of a certificate that should have been replaced by now. */
export function latenessOf({ refreshAtMs, notAfterMs }: Issued, nowMs: number): readonly Lateness[] {
  const overdue: Lateness[] = nowMs >= refreshAtMs + overdueMs ? ['CertificateOverdueForRefresh'] : []
  return nowMs >= notAfterMs ? [...overdue, 'CertificateExpired'] : overdue
}

const latenessTexts: Readonly<Record<Lateness, string>> = {
  CertificateOverdueForRefresh: 'PodCertificate refresh overdue',
  CertificateExpired: 'PodCertificate expired',
}

interface SourceState {
  issued?: Issued | undefined
  pending?: Pending | undefined
  /** The pending one has been seen: when it is there no more it was deleted. */
  seen?: boolean
  refused?: string
  readonly told: Set<Lateness>
}

export interface PodCertificatesOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly events: EventRecorder
  readonly nodeName: string
  /** The request as it is known on this node. */
  readonly request: (name: string) => PodCertificateRequest | undefined
}

export class PodCertificates {
  readonly #options: PodCertificatesOptions
  readonly #states = new Map<string, SourceState>()

  constructor(options: PodCertificatesOptions) {
    this.#options = options
  }

  /** Throws while there is nothing to show: whoever asks does so again when a request of the pod has changed. */
  async get(pod: Pod, volume: string, index: number, source: PodCertificateProjection): Promise<Credentials> {
    const { clock } = this.#options
    const key = `${volume}/${index}`
    const state: SourceState = this.#states.get(key) ?? { told: new Set() }
    this.#states.set(key, state)
    if (state.pending) this.#look(pod, state, state.pending)
    if (state.refused !== undefined) throw new Error(state.refused)
    const { issued } = state
    if (!state.pending && (!issued || clock.now() >= issued.refreshAtMs)) {
      try {
        state.pending = await this.#ask(pod, source)
        state.seen = false
        // It may have been decided on before the answer was here.
        this.#look(pod, state, state.pending)
      } catch (error) {
        if (!issued) throw error
        // What there is stays; it is not worth an event as long as it is good.
        this.#options.log.warn('Cannot ask for the next certificate of a pod', { error: errorText(error) })
        this.#tellLateness(pod, state, issued)
        return { ...issued, refreshAtMs: clock.now() + retryMs }
      }
    }
    if (state.refused !== undefined) throw new Error(state.refused)
    if (!state.issued) throw new Error('credential bundle is not issued yet')
    this.#tellLateness(pod, state, state.issued)
    return { ...state.issued, refreshAtMs: lookAtMs(state.issued, state.pending, clock.now()) }
  }

  #look(pod: Pod, state: SourceState, pending: Pending): void {
    const { clock, events, random, request } = this.#options
    const found = request(pending.name)
    if (!found || found.metadata.uid !== pending.uid) {
      if (state.seen || clock.now() >= pending.abandonAtMs) state.pending = undefined
      return
    }
    state.seen = true
    const outcome = outcomeOf(found, pending.keyPem, random.next() * maxJitterMs)
    if (outcome.at === 'waiting') return
    state.pending = undefined
    if (outcome.at === 'issued') {
      state.issued = outcome.issued
      state.told.clear()
      return
    }
    state.refused = outcome.text
    events.record(pod, 'Warning', outcome.type, outcome.text)
  }

  #tellLateness(pod: Pod, { told }: SourceState, issued: Issued): void {
    for (const reason of latenessOf(issued, this.#options.clock.now())) {
      if (told.has(reason)) continue
      told.add(reason)
      this.#options.events.record(pod, 'Warning', reason, latenessTexts[reason])
    }
  }

  async #ask(pod: Pod, source: PodCertificateProjection): Promise<Pending> {
    const { client, clock, nodeName } = this.#options
    const { name: podName = '', namespace, uid: podUID = '' } = pod.metadata
    const serviceAccountName = pod.spec.serviceAccountName || 'default'
    const [account, node] = await Promise.all([
      client.get(ServiceAccount, { namespace, name: serviceAccountName }),
      client.get(Node, { name: nodeName }),
    ])
    const { requestDer, keyPem } = await stubRequest(keyTypeOf(source))
    const created = await client.create(PodCertificateRequest, {
      metadata: {
        namespace,
        generateName: 'req-',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: podName, uid: podUID }],
      },
      spec: {
        signerName: source.signerName ?? '',
        podName,
        podUID,
        serviceAccountName,
        serviceAccountUID: account.metadata.uid ?? '',
        nodeName,
        nodeUID: node.metadata.uid ?? '',
        maxExpirationSeconds: source.maxExpirationSeconds,
        stubPKCS10Request: requestDer.toString('base64'),
        unverifiedUserAnnotations: source.userAnnotations,
      },
    })
    const { name = '', uid = '' } = created.metadata
    return { name, uid, keyPem, abandonAtMs: clock.now() + abandonMs }
  }
}

function keyTypeOf({ keyType }: PodCertificateProjection): StubKeyType {
  const known = stubKeyTypes.find((type) => type === keyType)
  if (!known) throw new Error(`unknown key type ${JSON.stringify(keyType)}`)
  return known
}
