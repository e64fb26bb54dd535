// Gets documents of issuers over HTTPS, from servers that an authority vouches for: bounded in time and size.

import { get } from 'node:https'

const timeoutMs = 10_000
const longestBytes = 1024 * 1024

/** `authorityPem`: instead of those that the machine trusts. */
export const fetchJson =
  (authorityPem: string | undefined) =>
  (url: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options = { timeout: timeoutMs, ...(authorityPem === undefined ? {} : { ca: authorityPem }) }
      const request = get(url, options, (response) => {
        const chunks: Buffer[] = []
        let sizeBytes = 0
        response.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length
          if (sizeBytes > longestBytes) request.destroy(new Error(`${url} is longer than ${longestBytes} bytes`))
          else chunks.push(chunk)
        })
        response.once('error', reject)
        response.once('end', () => {
          if (response.statusCode !== 200) return reject(new Error(`${url} answered ${response.statusCode}`))
          try {
            resolve(JSON.parse(Buffer.concat(chunks).toString()))
          } catch (error) {
            reject(new Error(`${url} is no JSON`, { cause: error }))
          }
        })
      })
      request.once('timeout', () => request.destroy(new Error(`${url} did not answer within ${timeoutMs} ms`)))
      request.once('error', reject)
    })
