// Which queues a flow may use: a hand of queues dealt from a hash of the flow's name, so that two flows share all
// their queues only by a rare accident (shuffle sharding).

import { createHash } from 'node:crypto'

/** As many different queues as `handSize`, of those numbered below `queues`; the same for the same flow, always. */
export function dealHand(flow: string, queues: number, handSize: number): readonly number[] {
  let rest = createHash('sha256').update(flow).digest().readBigUInt64LE(0)
  const hand: number[] = []
  const taken: number[] = []
  for (let dealt = 0; dealt < Math.min(handSize, queues); dealt++) {
    const left = BigInt(queues - dealt)
    let card = Number(rest % left)
    rest /= left
    // The card is counted among those that are left: every one taken at or before it moves it up by one.
    for (const each of taken) if (card >= each) card++
    taken.push(card)
    taken.sort((a, b) => a - b)
    hand.push(card)
  }
  return hand
}
