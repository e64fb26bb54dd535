// Posts JSON to a server that the administrator has configured, with the credentials for it, and tries again where it
// is only for a moment that it does not answer. Bounded in time, size and number of tries.

import type { IncomingMessage } from 'node:http'
import { Agent, request as requestHttps } from 'node:https'
import type { Clock } from '#lib/clock.ts'
import { http1 } from '#lib/http1.ts'
import { readAll } from '#lib/read-all.ts'
import { within } from '#lib/within.ts'

export interface JsonServer {
  readonly url: string
  readonly authorityPem?: string | undefined
  readonly certPem?: string | undefined
  readonly keyPem?: string | undefined
  readonly token?: string | undefined
  readonly insecureSkipVerify?: boolean | undefined
}

const longestBytes = 1024 * 1024
const attempts = 5
const firstWaitMs = 500
const waitFactor = 1.5

class Refused extends Error {
  readonly status: number
  constructor(url: string, status: number) {
    super(`${url} answered ${status}`)
    this.status = status
  }
}

/** It is out of order, or has too much to do. */
const mayPass = (error: unknown): boolean =>
  error instanceof Refused
    ? error.status >= 500 || error.status === 429
    : (error as { code?: string }).code === 'ECONNRESET'

export interface PostOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  /** What the answer has to be; an acknowledgement may be empty. */
  readonly expects?: 'JSON' | 'acknowledgement'
}

export function jsonPoster(
  server: JsonServer,
  { clock, timeoutMs, expects = 'JSON' }: PostOptions,
): (body: object) => Promise<unknown> {
  const { url, authorityPem, certPem, keyPem, token, insecureSkipVerify } = server
  const secure = url.startsWith('https:')
  const agent = secure
    ? new Agent({
        keepAlive: true,
        maxFreeSockets: 4,
        ...(authorityPem ? { ca: authorityPem } : {}),
        ...(certPem ? { cert: certPem } : {}),
        ...(keyPem ? { key: keyPem } : {}),
        rejectUnauthorized: insecureSkipVerify !== true,
      })
    : undefined

  const once = (text: string, signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        signal,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'content-length': Buffer.byteLength(text),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
      }
      const asked = secure ? requestHttps(url, { ...options, agent }) : http1().request(url, options)
      asked.once('error', reject)
      asked.once('response', (answer) => {
        bytesOf(url, answer)
          .then((bytes) => (expects === 'JSON' ? parsed(url, bytes) : undefined))
          .then(resolve, reject)
      })
      asked.end(text)
    })

  return async (body) => {
    const text = JSON.stringify(body)
    const late = () => new Error(`${url} did not answer within ${timeoutMs} ms`)
    return within({ clock, limitMs: timeoutMs, late }, async (signal) => {
      for (let attempt = 1, waitMs = firstWaitMs; ; attempt++, waitMs *= waitFactor) {
        try {
          return await once(text, signal)
        } catch (error) {
          signal.throwIfAborted()
          if (attempt === attempts || !mayPass(error)) throw error
          await clock.sleep(waitMs, signal)
        }
      }
    })
  }
}

async function bytesOf(url: string, answer: IncomingMessage): Promise<Buffer> {
  const tooLong = () => new Error(`${url} answered more than ${longestBytes} bytes`)
  const bytes = await readAll(answer, { longestBytes, tooLong })
  const status = answer.statusCode ?? 0
  if (status < 200 || status > 299) throw new Refused(url, status)
  return bytes
}

function parsed(url: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw new Error(`${url} is no JSON`, { cause: error })
  }
}
