export const applyMergePatch = (current: object, patch: unknown): object => (patch ? current : current)
