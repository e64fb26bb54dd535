// Service account tokens for pods, asked of the API server, bound to the pod, and kept until four fifths of
// their life have passed, or a day, as upstream's token manager does.

import type { TokenRequest } from '#api/authentication/token-request.ts'
import type { Pod } from '#api/core/pod.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import type { Client } from '#client/client.ts'
import type { Clock } from '#lib/clock.ts'
import type { Token } from './volumes/volume.ts'

const longestUseMs = 24 * 3600 * 1000

/** When a token should be replaced. */
export function refreshAtMs(issuedAtMs: number, expiresAtMs: number): number {
  return Math.min(issuedAtMs + longestUseMs, issuedAtMs + (expiresAtMs - issuedAtMs) * 0.8)
}

/** The tokens of one pod. */
export class PodTokens {
  readonly #client: Client
  readonly #clock: Clock
  readonly #tokens = new Map<string, Token>()

  constructor(client: Client, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  async get(pod: Pod, audience: string, expirationSeconds: number): Promise<Token> {
    const key = `${audience} ${expirationSeconds}`
    const known = this.#tokens.get(key)
    if (known && this.#clock.now() < known.refreshAtMs) return known
    try {
      const token = await this.#request(pod, audience, expirationSeconds)
      this.#tokens.set(key, token)
      return token
    } catch (error) {
      // While it is still good, a token that cannot be renewed is better than none.
      if (known && this.#clock.now() < known.expiresAtMs) return { ...known, refreshAtMs: this.#clock.now() + 60_000 }
      throw error
    }
  }

  async #request(pod: Pod, audience: string, expirationSeconds: number): Promise<Token> {
    const { name = '', namespace, uid = '' } = pod.metadata
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    }
    const account = pod.spec.serviceAccountName || 'default'
    const issuedAtMs = this.#clock.now()
    const answer: TokenRequest = await this.#client.createSubresource(
      ServiceAccount,
      { namespace, name: account },
      'token',
      body,
    )
    const expiresAtMs = Date.parse(answer.status.expirationTimestamp)
    return { token: answer.status.token, expiresAtMs, refreshAtMs: refreshAtMs(issuedAtMs, expiresAtMs) }
  }
}
