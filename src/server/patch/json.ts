export const applyJsonPatch = (current: object, patch: unknown): object => (patch ? current : current)
