// Tokens of service accounts for controllers that run alone, as upstream's do with --use-service-account-credentials:
// asked for by TokenRequest, renewed well before they end, and asked for anew when the server no longer takes them. An
// account that is not there is made.
//
// Assumes: whoever asks may create service accounts and their tokens in kube-system, as upstream's role
// `system:kube-controller-manager` allows.

import { ServiceAccount } from '#api/core/service-account.ts'
import { isAlreadyExists, isNotFound } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import type { Client, Ref } from './client.ts'

/** Where a client has its bearer token from. */
export interface TokenSource {
  /** One that is good for a while yet. */
  get(): Promise<string>
  /** The server has not taken this one. */
  refused(token: string): void
}

interface Token {
  readonly text: string
  readonly renewAtMs: number
}

const namespace = 'kube-system'
const wantedSeconds = 3600
/** Of its time; the rest is for a server that cannot be reached just then. */
const usedPart = 0.8

export function accountToken(account: string, { client, clock }: { client: Client; clock: Clock }): TokenSource {
  const ref = { namespace, name: account }
  let known: Token | undefined
  let asking: Promise<Token> | undefined
  return {
    async get() {
      if (known && clock.monotonic() < known.renewAtMs) return known.text
      asking ??= request(ref, client, clock).finally(() => {
        asking = undefined
      })
      known = await asking
      return known.text
    },
    refused(token) {
      if (known?.text === token) known = undefined
    },
  }
}

async function request(ref: Ref, client: Client, clock: Clock): Promise<Token> {
  const startedMs = clock.monotonic()
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: wantedSeconds },
  }
  const ask = () => client.createSubresource(ServiceAccount, ref, 'token', body)
  const { spec, status } = await ask().catch(async (error) => {
    if (!isNotFound(error)) throw error
    await create(ref, client)
    return ask()
  })
  // The server may give less than was asked for.
  const seconds = spec?.expirationSeconds ?? wantedSeconds
  return { text: status.token, renewAtMs: startedMs + seconds * 1000 * usedPart }
}

async function create(ref: Ref, client: Client): Promise<void> {
  try {
    await client.create(ServiceAccount, { metadata: { namespace: ref.namespace ?? '', name: ref.name } })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}
