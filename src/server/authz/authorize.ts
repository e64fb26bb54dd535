// Who may do what: the authorizers in their order. The first that allows or forbids has decided; where none does, it
// is refused, with what each had to say.

import type { Attributes, Authorize, Decision } from '../access.ts'
import { mastersGroup } from '../authn/user.ts'

const allowed: Decision = { allowed: true }
const noOpinion: Decision = { allowed: false, reason: '' }

/** Those who set the cluster up, and the parts of the server itself: no role can shut them out. */
export const authorizeMasters: Authorize = ({ user }: Attributes) =>
  user.groups.includes(mastersGroup) ? allowed : noOpinion

/** Synchronous as long as all authorizers are, so that a request does not give way for nothing. */
export const firstOf =
  (...authorizers: readonly Authorize[]): Authorize =>
  (attributes) =>
    from(authorizers, 0, attributes, '')

function from(
  authorizers: readonly Authorize[],
  start: number,
  attributes: Attributes,
  said: string,
): Decision | Promise<Decision> {
  let reason = said
  for (let at = start; at < authorizers.length; at++) {
    const decision = authorizers[at]!(attributes)
    if (decision instanceof Promise) {
      return decision.then((late) =>
        isFinal(late) ? late : from(authorizers, at + 1, attributes, joined(reason, late)),
      )
    }
    if (isFinal(decision)) return decision
    reason = joined(reason, decision)
  }
  return { allowed: false, reason }
}

const isFinal = (decision: Decision): boolean => decision.allowed || decision.denied === true

const joined = (said: string, { reason = '' }: Decision): string =>
  reason === '' ? said : said === '' ? reason : `${said}\n${reason}`
