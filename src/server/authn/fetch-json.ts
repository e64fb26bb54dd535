// Gets documents of issuers over HTTPS, from servers that an authority vouches for: bounded in time and size.

import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { readAll } from '#lib/read-all.ts'

const timeoutMs = 10_000
const longestBytes = 1024 * 1024

/** `authorityPem`: instead of those that the machine trusts. */
export const fetchJson =
  (authorityPem: string | undefined) =>
  async (url: string): Promise<unknown> => {
    const response = await answerTo(url, authorityPem)
    const tooLong = () => new Error(`${url} is longer than ${longestBytes} bytes`)
    const bytes = await readAll(response, { longestBytes, tooLong })
    if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
    try {
      return JSON.parse(bytes.toString())
    } catch (error) {
      throw new Error(`${url} is no JSON`, { cause: error })
    }
  }

const answerTo = (url: string, authorityPem: string | undefined): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, ...(authorityPem === undefined ? {} : { ca: authorityPem }) }
    const request = get(url, options, resolve)
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer within ${timeoutMs} ms`)))
    request.once('error', reject)
  })
