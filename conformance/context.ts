// What one behaviour has in its hands while it runs, and what is put away after it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StatusError } from '#api/status-error.ts'
import { realClock } from '#lib/clock.ts'
import { run } from '#lib/exec.ts'
import { nameSuffix, systemRandom } from '#lib/random.ts'
import { HttpApi } from './api.ts'
import type { Behaviour, Context, Identity, Truthy } from './behaviour.ts'
import type { Cluster } from './cluster.ts'
import { startWebhookServer } from './webhook-server.ts'

/** A behaviour that this cluster cannot show. */
export class Skipped extends Error {}

const clock = realClock
const random = systemRandom

const eventuallyTimeoutMs = 30_000
const kubectlTimeoutMs = 60_000

const pathTo = (apiVersion: string, namespace: string, plural: string, name?: string, subresource?: string): string =>
  [
    apiVersion.includes('/') ? '/apis' : '/api',
    apiVersion,
    ...(namespace === '' ? [] : ['namespaces', namespace]),
    plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/')

const isGone = (error: unknown): boolean => error instanceof StatusError && error.code === 404

async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  { timeoutMs = eventuallyTimeoutMs, signal }: { timeoutMs?: number | undefined; signal: AbortSignal },
): Promise<Truthy<T>> {
  const untilMs = clock.monotonic() + timeoutMs
  let delayMs = 20
  let cause: unknown
  for (;;) {
    try {
      const answer = await check()
      if (answer) return answer as Truthy<T>
      cause = undefined
    } catch (error) {
      if (error instanceof Skipped) throw error
      cause = error
    }
    signal.throwIfAborted()
    if (clock.monotonic() >= untilMs) {
      const why = cause instanceof Error ? `: ${cause.message}` : ''
      throw new Error(`Not within ${timeoutMs / 1000} s: ${what}${why}`, { cause })
    }
    await clock.sleep(delayMs, signal)
    delayMs = Math.min(delayMs * 1.5, 300)
  }
}

async function makeNamespace(api: HttpApi, name: string, signal: AbortSignal): Promise<void> {
  await api.post('/api/v1/namespaces', { metadata: { name, labels: { 'conformance-run': 'true' } } })
  // Pods are refused before it is there.
  const account = pathTo('v1', name, 'serviceaccounts', 'default')
  await eventually('the default service account is made', () => api.get(account), { signal })
}

/** Makes what a behaviour needs, runs `work` with it, and puts everything away, whatever happens. */
export async function withContext(
  { clusterScoped, name }: Pick<Behaviour, 'clusterScoped' | 'name'>,
  cluster: Cluster,
  { signal, patienceMs }: { readonly signal: AbortSignal; readonly patienceMs?: number | undefined },
  work: (t: Context) => Promise<void>,
): Promise<void> {
  const { url, credentials, kubeconfig } = cluster
  const undo: (() => unknown)[] = []
  const userAgent = `conformance ${name.replace(/[^ -~]/g, '')}`
  const connect = (as: typeof credentials): HttpApi => {
    const api = new HttpApi({ url, credentials: () => as, userAgent, clock, signal })
    undo.push(() => api.close())
    return api
  }
  const api = connect(credentials)
  const namespace = clusterScoped ? '' : `conformance-${nameSuffix(random, 8)}`

  let home: string | undefined
  const kubectl: Context['kubectl'] = async (args, { stdin, fails = false } = {}) => {
    if (cluster.kubectl === undefined) throw new Skipped('there is no kubectl')
    if (home === undefined) {
      home = mkdtempSync(join(tmpdir(), 'conformance-'))
      const folder = home
      undo.push(() => rmSync(folder, { recursive: true, force: true }))
    }
    const place = ['--kubeconfig', kubeconfig, `--cache-dir=${join(home, 'cache')}`]
    const within = clusterScoped ? [] : ['--namespace', namespace]
    const options = { timeoutMs: kubectlTimeoutMs, signal, env: { HOME: home }, ...(stdin ? { input: stdin } : {}) }
    // First, since what is behind `--` is not kubectl's.
    const ran = await run(cluster.kubectl, [...place, ...(args.includes('-n') ? [] : within), ...args], options)
    if ((ran.code !== 0) !== fails)
      throw new Error(`kubectl ${args.join(' ')} ended with ${ran.code}\n${ran.stdout}\n${ran.stderr}`)
    return ran
  }

  const t: Context = {
    client: api.client,
    request: (...args) => api.request(...args),
    get: (...args) => api.get(...args),
    post: (...args) => api.post(...args),
    put: (...args) => api.put(...args),
    patch: (...args) => api.patch(...args),
    delete: (...args) => api.delete(...args),
    watch: (...args) => api.watch(...args),
    namespace,
    nodes: cluster.nodes,
    address: cluster.address,
    image: cluster.image,
    idleImage: cluster.idleImage,
    clock,
    random,
    signal,
    server: { url, authorityPem: credentials.authorityPem, kubeconfig },
    name: (prefix) => `${prefix}-${nameSuffix(random)}`,
    path: (apiVersion, plural, ...rest) => pathTo(apiVersion, namespace, plural, ...rest),
    clusterPath: (apiVersion, plural, ...rest) => pathTo(apiVersion, '', plural, ...rest),
    as: ({ token, certPem, keyPem }: Identity) =>
      connect({
        authorityPem: credentials.authorityPem,
        insecureSkipVerify: credentials.insecureSkipVerify,
        ...(token === undefined ? {} : { token }),
        ...(certPem === undefined ? {} : { certPem, keyPem }),
      }),
    eventually: (what, check, options = {}) => eventually(what, check, { timeoutMs: patienceMs, ...options, signal }),
    kubectl,
    async webhookServer(handler) {
      const { address } = cluster
      const server = await startWebhookServer(handler, { address, identity: await cluster.servingIdentity() })
      undo.push(() => server.stop())
      return server
    },
    skip: (why) => {
      throw new Skipped(why)
    },
    cleanup: (step) => void undo.push(step),
  }

  try {
    if (namespace !== '') {
      undo.push(() => api.delete(pathTo('v1', '', 'namespaces', namespace)))
      await makeNamespace(api, namespace, signal)
    }
    await work(t)
  } finally {
    // Cleaning up goes on after the behaviour has been stopped.
    api.outliveSignal()
    const failed: unknown[] = []
    for (const step of undo.reverse())
      await Promise.resolve()
        .then(step)
        .catch((error) => isGone(error) || failed.push(error))
    if (failed.length > 0) console.error(`After "${name}" there was left behind: ${failed.join('; ')}`)
  }
}
