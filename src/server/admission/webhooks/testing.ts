// For tests: a webhook that is really asked over HTTPS, and a server that asks it.

import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { realClock } from '#lib/clock.ts'
import { createAuthority, issue } from '#lib/pki.ts'

// biome-ignore lint/suspicious/noExplicitAny: whatever the server has sent
export type Review = any

/** What is answered to a request; undefined: nothing ever is. A string is sent as it is. */
export type Answer = (request: Review, path: string) => object | string | undefined

export interface TestHook {
  /** As `clientConfig`. */
  at(path: string): { readonly url: string; readonly caBundle: string }
  readonly host: string
  readonly caBundle: string
  /** All requests so far, with the path at which they came. */
  readonly asked: { readonly path: string; readonly request: Review; readonly review: Review }[]
  answer: Answer
  /** Resolves when the next request has come in. */
  nextRequest(): Promise<void>
  stop(): void
}

export const yes: Answer = () => ({ allowed: true })

export const patchOf = (operations: unknown): object => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})

export async function startHook(): Promise<TestHook> {
  const nowMs = realClock.now()
  const authority = await createAuthority('hooks', nowMs)
  const serving = await issue(authority, {
    commonName: 'hook',
    dnsNames: ['hook.tools.svc'],
    ips: ['127.0.0.1'],
    usages: ['server'],
    nowMs,
    lifetimeMs: 1e7,
  })
  const waiting: (() => void)[] = []
  const server = createServer({ cert: serving.certPem, key: serving.keyPem }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString())
      const path = request.url ?? ''
      hook.asked.push({ path, request: review.request, review })
      for (const resolve of waiting.splice(0)) resolve()
      const answered = hook.answer(review.request, path.split('?')[0]!)
      if (answered === undefined) return
      if (typeof answered === 'string') return void response.end(answered)
      const { kind, apiVersion } = review
      response.end(JSON.stringify({ kind, apiVersion, response: { uid: review.request.uid, ...answered } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const caBundle = Buffer.from(authority.certPem).toString('base64')
  const hook: TestHook = {
    at: (path) => ({ url: `https://${host}${path}`, caBundle }),
    host,
    caBundle,
    asked: [],
    answer: yes,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return hook
}
