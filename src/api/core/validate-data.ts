// What ConfigMaps and Secrets hold: keys that can be file names, no more than a megabyte, no change once fixed.

import { own } from '#lib/json.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { configMapKey } from '../names.ts'

export const maxBytes = 1024 * 1024

/** Of base64 text, without decoding it. */
export function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding)
}

export function validateKeys(data: Readonly<Record<string, string>>, path: Path, errors: FieldErrors): void {
  for (const key of Object.keys(data)) errors.invalidEach(path.key(key), key, configMapKey(key))
}

export const totalBytes = (data: Readonly<Record<string, string>>, sizeOf: (value: string) => number): number =>
  Object.values(data).reduce((sum, value) => sum + sizeOf(value), 0)

type Holder = { readonly immutable?: boolean | undefined; readonly data?: unknown; readonly binaryData?: unknown }

export function validateImmutable(next: Holder, old: Holder, errors: FieldErrors): void {
  if (!old.immutable) return
  const fixed = 'field is immutable when `immutable` is set'
  if (!next.immutable) errors.forbidden('immutable', fixed)
  for (const field of ['data', 'binaryData'] as const) {
    if (!sameValue(next[field] ?? {}, old[field] ?? {})) errors.forbidden(field, fixed)
  }
}

export function validateConfigMapData(
  data: Readonly<Record<string, string>>,
  binaryData: Readonly<Record<string, string>>,
  errors: FieldErrors,
): void {
  const path = Path.of('data')
  validateKeys(data, path, errors)
  for (const key of Object.keys(data)) {
    if (Object.hasOwn(binaryData, key)) errors.invalid(path.key(key), key, 'duplicate of key present in binaryData')
  }
  validateKeys(binaryData, Path.of('binaryData'), errors)
  const bytes = totalBytes(data, (text) => Buffer.byteLength(text)) + totalBytes(binaryData, decodedBytes)
  // An empty field name: the object as a whole.
  if (bytes > maxBytes) errors.tooLong('[]', maxBytes)
}

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}
const jsonKeys = new Set(['.dockercfg', '.dockerconfigjson'])
const accountName = 'kubernetes.io/service-account.name'

function validateJson(base64: string, path: Path, errors: FieldErrors): void {
  try {
    JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
  } catch (error) {
    // The contents must not come back in the message.
    errors.invalid(path, '<secret contents redacted>', error instanceof SyntaxError ? 'invalid JSON' : String(error))
  }
}

export function validateSecretData(
  type: string,
  data: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
  errors: FieldErrors,
): void {
  const path = Path.of('data')
  validateKeys(data, path, errors)
  if (totalBytes(data, decodedBytes) > maxBytes) errors.tooLong(path, maxBytes)
  for (const key of own(requiredKeys, type) ?? []) {
    const value = data[key]
    if (value === undefined) errors.required(path.key(key))
    else if (jsonKeys.has(key)) validateJson(value, path.key(key), errors)
  }
  if (type === 'kubernetes.io/service-account-token' && !annotations[accountName]) {
    errors.required(Path.of('metadata').child('annotations').key(accountName))
  }
  if (type === 'kubernetes.io/basic-auth' && data.username === undefined && data.password === undefined) {
    for (const key of ['username', 'password']) errors.required(path.key(key))
  }
  if (type === 'kubernetes.io/ssh-auth' && !data['ssh-privatekey']) errors.required(path.key('ssh-privatekey'))
}
