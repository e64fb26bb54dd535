// A connection that is kept for the next request may be closed at its other end in the very moment in which that
// request goes out. The failure says nothing of the request then, and what changes nothing is asked again, as Go's
// HTTP client does for Kubernetes' own components.

import type { ClientRequest } from 'node:http'

/** Why a request failed on a connection that had served another before. */
export class StaleConnection extends Error {}

/** Every failed attempt uses up one kept connection; an agent keeps few. */
const mostAttempts = 8

/** Whether a request that failed without an answer may be sent again. */
export const mayBeStale = (request: ClientRequest): boolean =>
  request.reusedSocket && (request.method === 'GET' || request.method === 'HEAD')

/** Sends until an attempt fails with something else than StaleConnection; then, or in the end, throws what it says. */
export async function onLiveConnection<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error
      if (attempt === mostAttempts) throw error.cause
    }
  }
}
