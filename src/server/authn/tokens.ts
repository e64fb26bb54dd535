// Static bearer tokens: the token with which nodes join. Compared in constant time, so that an attacker learns
// nothing from how long a refusal takes.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { UserInfo } from '../request.ts'
import type { TokenMethod } from './authenticate.ts'

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

export function staticTokens(tokens: ReadonlyMap<string, UserInfo>): TokenMethod {
  const known = [...tokens].map(([token, user]) => ({ digest: digest(token), user }))
  return async (token) => {
    const presented = digest(token)
    return known.find((entry) => timingSafeEqual(entry.digest, presented))?.user
  }
}

/** Whoever holds the join token may ask for a node's certificate, as upstream's bootstrap tokens may. */
export const joinUser: UserInfo = {
  name: 'system:bootstrap:pinnace',
  groups: ['system:bootstrappers', 'system:bootstrappers:pinnace:default-node-token'],
}
