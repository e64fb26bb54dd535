// Settings that only a driver understands: not too many, and not too large.

import type { FieldErrors, Path } from '../field-errors.ts'
import { qualifiedName } from '../names.ts'

const maxCount = 512
export const maxBytes = 256 * 1024

export const sizeBytes = (entries: Readonly<Record<string, string>>): number =>
  Object.entries(entries).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)

export function validateParameters(
  parameters: Readonly<Record<string, string>> | undefined,
  path: Path,
  errors: FieldErrors,
): void {
  const keys = Object.keys(parameters ?? {})
  if (keys.length > maxCount) {
    errors.tooLong(path, maxCount)
    return
  }
  for (const key of keys) if (key === '') errors.invalid(path, key, 'field can not be empty.')
  if (sizeBytes(parameters ?? {}) > maxBytes) errors.tooLong(path, maxBytes)
}

export function validateProvisioner(name: string, path: Path, errors: FieldErrors): void {
  if (name === '') errors.required(path)
  else errors.invalidEach(path, name, qualifiedName(name.toLowerCase()))
}
