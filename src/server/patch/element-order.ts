// The order of a merged list: the items that the patch speaks of stand in the patch's order, the others in the live
// list's, and the two rows are laid into each other as the live list had them.

/** `known` says by what an item is known; equal ones are the same item. */
export function inOrder(
  merged: readonly unknown[],
  wanted: readonly unknown[],
  live: readonly unknown[],
  known: (item: unknown) => unknown,
): readonly unknown[] {
  const wantedAt = placesOf(wanted, known)
  const liveAt = placesOf(live, known)
  const ours: unknown[] = []
  const theirs: unknown[] = []
  for (const item of merged) (wantedAt.has(known(item)) ? theirs : ours).push(item)
  const by = (places: ReadonlyMap<unknown, number>) => (a: unknown, b: unknown) =>
    (places.get(known(a)) ?? Number.POSITIVE_INFINITY) - (places.get(known(b)) ?? Number.POSITIVE_INFINITY) || 0
  theirs.sort(by(wantedAt))
  ours.sort(by(liveAt))

  const out: unknown[] = []
  let i = 0
  for (const item of theirs) {
    const at = liveAt.get(known(item))
    if (at !== undefined) {
      while (i < ours.length && (liveAt.get(known(ours[i])) ?? Number.POSITIVE_INFINITY) < at) out.push(ours[i++])
    }
    out.push(item)
  }
  while (i < ours.length) out.push(ours[i++])
  return out
}

function placesOf(items: readonly unknown[], known: (item: unknown) => unknown): Map<unknown, number> {
  const places = new Map<unknown, number>()
  for (const [i, item] of items.entries()) {
    const key = known(item)
    if (!places.has(key)) places.set(key, i)
  }
  return places
}
