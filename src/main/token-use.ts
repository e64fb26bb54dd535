// When the lasting tokens of service accounts are used, as their Secrets tell it.

import { Secret } from '#api/core/secret.ts'
import type { Client } from '#client/client.ts'
import type { Log } from '#lib/log.ts'
import { lastUsedLabel } from '#server/authn/secret-token.ts'
import type { NoteUse } from './api.ts'

/** Notes in the Secret of a lasting token on which day it was last used: once, however many use it. */
export function notesUse(client: Client, log: Log): NoteUse {
  const underway = new Set<string>()
  return ({ metadata }, day) => {
    const { uid = '', namespace, name = '' } = metadata
    if (underway.has(uid)) return
    underway.add(uid)
    const labels = { [lastUsedLabel]: day }
    client
      .patch(Secret, { namespace, name }, { metadata: { uid, labels } }, { type: 'merge' })
      .catch((error) => log.warn('Cannot note the use of a token', { secret: `${namespace}/${name}`, error }))
      .finally(() => underway.delete(uid))
  }
}
