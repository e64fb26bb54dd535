// Comparing and hashing plain API data, where the order of fields means nothing and an absent field is the same as
// an undefined one.

/** JSON with sorted keys: equal data gives equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => isEqual(item, b[i]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const name of Object.keys(left)) if (!isEqual(left[name], right[name])) return false
  for (const name of Object.keys(right)) if (right[name] !== undefined && left[name] === undefined) return false
  return true
}

/** FNV-1a, 32 bits. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

const safeLetters = 'bcdfghjklmnpqrstvwxz2456789'

/** Digits as letters that spell no word: how upstream shows hashes in names. */
export const safeEncode = (text: string): string =>
  Array.from(text, (char) => safeLetters[char.charCodeAt(0) % safeLetters.length]).join('')
