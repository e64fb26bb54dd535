// Cells that volumes and claims share.

const shortModes: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

/** `RWO,RWX`: each once, in a fixed order. */
export const formatAccessModes = (modes: readonly string[] = []): string =>
  shortModes.flatMap(([mode, short]) => (modes.includes(mode) ? [short] : [])).join(',')

export const unset = '<unset>'

/** What is being deleted is told so, whatever its phase. */
export const phaseOf = (metadata: { readonly deletionTimestamp?: string | undefined }, phase: string | undefined) =>
  metadata.deletionTimestamp ? 'Terminating' : (phase ?? '')
