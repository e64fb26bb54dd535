// What a behaviour is: one sentence of the published conformance document, and a test of it that runs against any
// Kubernetes API server. Nothing of `src/server` is known here; the cluster is reached as its users reach it.
//
// To write one:
// - One file, `conformance/<group>/<slug of the name>.ts`, with one export: `export const test = behaviour(...)`. It is
//   found by its place; `conformance/list.test.ts` says what the file must be called. Name and release are the list's.
// - Assert what the sentence demands (status, reason, fields, order, what is left), not merely that nothing failed: it
//   has to fail on a server that is wrong. Never assert on words or numbers that are only our own server's.
// - All behaviours run at the same time on one cluster. Use `t.namespace`, and names from `t.name()` for what is not in
//   it; select by a label of your own where you list or watch across namespaces or delete collections.
// - Whatever is outside `t.namespace` goes with `t.cleanup(...)`. Set `serial` only for what disturbs others.
// - Wait with `t.eventually` or a watch for what a controller does; never sleep, never assert that something takes long.
//   That nothing happens is shown by something later that does: an event that comes next, a second object.
// - `needs: ['pods']` is for what needs containers that really run (output, files, network). Pods that become ready, or
//   end as `pinnace.dev/simulate` says, do not: simulated nodes have them. `t.image` is what such containers run.
// - 15 to 60 lines. What three or more share goes to `conformance/fixtures/`: look there first.
// - `fails: 'why'` marks what our own server does not do yet. Our tests then want it to fail, and say so when it passes.

import type { Client, PatchType } from '#client/client.ts'
import type { Clock } from '#lib/clock.ts'
import type { RunResult } from '#lib/exec.ts'
import type { Random } from '#lib/random.ts'
import type { Group } from './list.ts'

/** JSON of a shape that the behaviour itself knows. */
// biome-ignore lint/suspicious/noExplicitAny: what a server answers is checked by the assertions on it
export type Json = any

export interface Facts {
  readonly group: Group
  /** Exactly as in list.ts. */
  readonly name: string
  readonly since: string
  /** `pods`: containers that really run. */
  readonly needs?: readonly 'pods'[]
  /** No namespace is made for it. */
  readonly clusterScoped?: true
  /** Runs alone, after the others. */
  readonly serial?: true
  /** Longer than the usual two minutes. */
  readonly timeoutMs?: number
  /** Why our own server does not pass it yet. */
  readonly fails?: string
}

export interface Behaviour extends Facts {
  readonly run: (t: Context) => Promise<void>
}

export const behaviour = (facts: Facts, run: (t: Context) => Promise<void>): Behaviour => ({ ...facts, run })

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface RequestOptions {
  readonly query?: Query | undefined
  /** `content-type` is `application/json` where there is a body, unless given. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** An object is sent as JSON. */
  readonly body?: object | string | Uint8Array | undefined
}

/** Whatever a server says, errors too. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  readonly text: string
  /** Undefined when it is not JSON. */
  readonly body: Json
}

export interface WatchedEvent {
  readonly type: string
  readonly object: Json
}

/** An open watch. Events are kept until they are asked for, in their order. */
export interface Watch {
  /** The next event; fails when none comes in time, and when the watch ends. */
  next(): Promise<WatchedEvent>
  /** The next event that is meant; those before it are passed over. */
  until(what: string, isMeant: (event: WatchedEvent) => boolean): Promise<WatchedEvent>
  stop(): void
}

/** Requests of one user. Those that give JSON throw a StatusError unless the answer is 2xx. */
export interface Api {
  /** By kind: `t.client.create(ConfigMap, { metadata: { name, namespace: t.namespace } })`. */
  readonly client: Client
  request(method: string, path: string, options?: RequestOptions): Promise<Reply>
  get(path: string, query?: Query): Promise<Json>
  post(path: string, body: object, query?: Query): Promise<Json>
  put(path: string, body: object, query?: Query): Promise<Json>
  patch(path: string, type: PatchType, body: object, query?: Query): Promise<Json>
  /** `options` is the body: a DeleteOptions. */
  delete(path: string, options?: object, query?: Query): Promise<Json>
  watch(path: string, query?: Query): Promise<Watch>
}

/** Who asks, where it is not the administrator. */
export interface Identity {
  readonly token?: string
  readonly certPem?: string
  readonly keyPem?: string
}

export interface KubectlOptions {
  readonly stdin?: string
  /** It has to end with another code than 0; without this, with 0. */
  readonly fails?: boolean
}

export interface WebhookServer {
  readonly url: string
  /** PEM, in base64: a `caBundle`. */
  readonly caBundle: string
}

/** `path` is what stands behind the server's url, its query included. What is thrown is answered with 500. */
export type WebhookHandler = (body: Json, path: string) => Json | Promise<Json>

/** What `eventually` has found. */
export type Truthy<T> = Exclude<NonNullable<T>, false | '' | 0>

export interface Context extends Api {
  /** Made for this behaviour, with its default service account; deleted afterwards. */
  readonly namespace: string
  readonly nodes: 'simulated' | 'real'
  /** An image of a shell with the tools of busybox. */
  readonly image: string
  /** An image of a container that does nothing but run, which nodes have without a registry. */
  readonly idleImage: string
  readonly clock: Clock
  readonly random: Random
  /** Aborts when the behaviour has ended, or has to. */
  readonly signal: AbortSignal
  /** Of this machine, as the API server reaches it. */
  readonly address: string
  /** Of the API server. */
  readonly server: { readonly url: string; readonly authorityPem: string | undefined; readonly kubeconfig: string }
  /** A name that nobody else has: `prefix-x7k2p`. */
  name(prefix: string): string
  /** The path of a collection, an object or a subresource in `t.namespace`: `t.path('apps/v1', 'deployments', 'web')`. */
  path(apiVersion: string, plural: string, name?: string, subresource?: string): string
  /** The same outside of namespaces, or across all of them. */
  clusterPath(apiVersion: string, plural: string, name?: string, subresource?: string): string
  /** As somebody else. */
  as(identity: Identity): Api
  /** Asks until the answer is true, and gives it. What is thrown counts as no, and is told when time is over. */
  eventually<T>(what: string, check: () => T | Promise<T>, options?: { timeoutMs?: number }): Promise<Truthy<T>>
  /** The real kubectl, in `t.namespace`. The behaviour is skipped where there is none. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<RunResult>
  /** An HTTPS server on this machine that speaks JSON, for webhooks, conversion and APIServices. */
  webhookServer(handler: WebhookHandler): Promise<WebhookServer>
  /** Ends the behaviour as skipped: this cluster cannot show it. */
  skip(why: string): never
  /** Done afterwards, the last one first. What is not found any more is fine. */
  cleanup(undo: () => unknown): void
}
