// Static bearer tokens: the token with which nodes join, and those of a file. Compared by digests in constant time, so
// that an attacker learns nothing from how long a refusal takes.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { UserInfo } from '../request.ts'

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

export function staticTokens(tokens: ReadonlyMap<string, UserInfo>): (token: string) => Promise<UserInfo | undefined> {
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

/** The cells of one line: separated by commas, in double quotes where a comma is part of them. */
function cells(line: string): string[] {
  const found: string[] = []
  const cell = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/gy
  for (;;) {
    const match = cell.exec(line)
    if (!match) throw new Error('a quote is not closed, or stands where none may stand')
    found.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim())
    if (match[3] === '') return found
  }
}

/** A file as upstream's --token-auth-file: `token,user,uid,"group1,group2"` in each line. */
export function parseTokenFile(text: string): ReadonlyMap<string, UserInfo> {
  const tokens = new Map<string, UserInfo>()
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [token = '', name = '', uid, groups = ''] = cells(line)
    if (uid === undefined) throw new Error(`line ${i + 1}: a token, a user and a UID are needed`)
    if (token === '') throw new Error(`line ${i + 1}: the token is empty`)
    if (name === '') throw new Error(`line ${i + 1}: the user is empty`)
    if (tokens.has(token)) throw new Error(`line ${i + 1}: the token stands in an earlier line too`)
    const named = groups.split(',').map((group) => group.trim())
    tokens.set(token, { name, ...(uid === '' ? {} : { uid }), groups: named.filter((group) => group !== '') })
  }
  return tokens
}
