// How a node gets and keeps its certificates: a client certificate with the join token, and a serving certificate
// with that. Both are kept in the node's folder and renewed alive, when 20 % of their life is left (upstream's
// rotation), through CertificateSigningRequests that the cluster signs.

import { X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import { StatusError } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { type KeyPair, requestCertificate } from '#lib/pki.ts'
import { nameSuffix, type Random } from '#lib/random.ts'
import type { Client } from './client.ts'
import { HttpClient } from './http.ts'
import { fetchAuthority } from './join-token.ts'

export interface NodeCredentialsOptions {
  readonly server: string
  readonly token: string
  readonly nodeName: string
  /** Where certificates and keys are kept. */
  readonly dir: string
  /** The addresses that the node serves on. */
  readonly ips: readonly string[]
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly userAgent: string
  readonly signal: AbortSignal
}

export interface NodeCredentials {
  readonly authorityPem: string
  /** As they are now: renewed certificates show here. */
  client(): KeyPair
  serving(): KeyPair
  /** Called after a renewal. */
  onRenewed(handler: () => void): void
}

interface Wish {
  readonly file: 'client' | 'serving'
  readonly signerName: string
  readonly usages: readonly ('digital signature' | 'client auth' | 'server auth')[]
}

const clientWish: Wish = {
  file: 'client',
  signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
  usages: ['digital signature', 'client auth'],
}
const servingWish: Wish = {
  file: 'serving',
  signerName: 'kubernetes.io/kubelet-serving',
  usages: ['digital signature', 'server auth'],
}

/** Of a certificate's life, this much may pass before it is renewed. */
const renewAfter = 0.8
const signedWithinSeconds = 60

const read = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

/** Whole or not at all: a crash in the middle leaves the old file. */
async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 })
  await chmod(`${path}.new`, 0o600)
  await rename(`${path}.new`, path)
}

const times = (certPem: string): { fromMs: number; untilMs: number } => {
  const { validFromDate, validToDate } = new X509Certificate(certPem)
  return { fromMs: validFromDate.getTime(), untilMs: validToDate.getTime() }
}

const renewAtMs = (certPem: string): number => {
  const { fromMs, untilMs } = times(certPem)
  return fromMs + (untilMs - fromMs) * renewAfter
}

/** Asks for a certificate and waits until it is signed. */
async function obtain(client: Client, wish: Wish, options: NodeCredentialsOptions): Promise<KeyPair> {
  const { nodeName, ips, random, signal } = options
  const subject = { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'] }
  const names = wish === servingWish ? { dnsNames: [nodeName], ips } : {}
  const { requestPem, keyPem } = await requestCertificate(subject, names)
  const csr = await client.create(CertificateSigningRequest, {
    metadata: { name: `csr-${nameSuffix(random, 8)}` },
    spec: {
      request: Buffer.from(requestPem).toString('base64'),
      signerName: wish.signerName,
      usages: [...wish.usages],
    },
  })
  const { name } = csr.metadata
  const watch = client.watch(CertificateSigningRequest, {
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: csr.metadata.resourceVersion ?? '',
    timeoutSeconds: signedWithinSeconds,
    signal,
  })
  for await (const events of watch) {
    for (const event of events) {
      if (event.type === 'BOOKMARK') continue
      const { certificate, conditions = [] } = event.object.status
      const refused = conditions.find((c) => c.type === 'Denied' || c.type === 'Failed')
      if (refused) throw new Error(`The certificate request "${name}" was refused: ${refused.message}`)
      if (certificate) return { certPem: Buffer.from(certificate, 'base64').toString(), keyPem }
    }
  }
  throw new Error(`The certificate request "${name}" was not signed within ${signedWithinSeconds} s`)
}

const firstPauseMs = 500
const longestPauseMs = 30_000

/** A server that has just started may not have the roles yet that let a node in. Ends with the signal. */
export async function untilAllowed<T>(
  work: () => Promise<T>,
  { clock, log, signal }: Pick<NodeCredentialsOptions, 'clock' | 'log' | 'signal'>,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 403) throw error
      log.warn('The server does not let this node in yet', { error: error.message })
      await clock.sleep(pauseMs, signal)
    }
  }
}

export async function nodeCredentials(options: NodeCredentialsOptions): Promise<NodeCredentials> {
  const { server, token, dir, clock, log, userAgent, signal } = options
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = (file: string): string => join(dir, file)
  let authorityPem = await read(path('ca.crt'))
  if (!authorityPem) {
    authorityPem = await fetchAuthority(server, token)
    await replaceFile(path('ca.crt'), authorityPem)
  }
  const pairs = new Map<Wish, KeyPair>()
  const handlers: (() => void)[] = []

  const clientWith = (credentials: () => { certPem?: string; keyPem?: string; token?: string }): HttpClient =>
    new HttpClient({ url: server, credentials: () => ({ authorityPem, ...credentials() }), userAgent, clock })

  const isGood = ({ certPem }: KeyPair): boolean => times(certPem).untilMs > clock.now()

  const load = async (wish: Wish): Promise<KeyPair | undefined> => {
    const [certPem, keyPem] = [await read(path(`${wish.file}.crt`)), await read(path(`${wish.file}.key`))]
    return certPem && keyPem && isGood({ certPem, keyPem }) ? { certPem, keyPem } : undefined
  }

  const renew = async (wish: Wish): Promise<void> => {
    const known = pairs.get(clientWish)
    const asker = clientWith(() => (known && isGood(known) ? known : { token }))
    try {
      const pair = await obtain(asker, wish, options)
      await replaceFile(path(`${wish.file}.key`), pair.keyPem)
      await replaceFile(path(`${wish.file}.crt`), pair.certPem)
      pairs.set(wish, pair)
    } finally {
      await asker.close()
    }
    for (const handler of handlers) handler()
  }

  /** Wakes when a certificate is due, and after a failure with growing pauses; ends with the signal. */
  const keepFresh = async (wish: Wish): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      const dueMs = renewAtMs(pairs.get(wish)!.certPem) - clock.now()
      const pauseMs = failures === 0 ? dueMs : Math.min(1000 * 2 ** failures, 10 * 60_000)
      await clock.sleep(Math.max(0, pauseMs), signal).catch(() => undefined)
      if (signal.aborted) return
      try {
        await renew(wish)
        failures = 0
      } catch (error) {
        failures++
        log.warn('The certificate could not be renewed', { certificate: wish.file, error: String(error) })
      }
    }
  }

  for (const wish of [clientWish, servingWish]) {
    const known = await load(wish)
    if (known) pairs.set(wish, known)
    else await untilAllowed(() => renew(wish), options)
    void keepFresh(wish)
  }
  return {
    authorityPem,
    client: () => pairs.get(clientWish)!,
    serving: () => pairs.get(servingWish)!,
    onRenewed: (handler) => void handlers.push(handler),
  }
}
