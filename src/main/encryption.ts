// How values are encrypted on the disk, from the flags: with the server's own keys, or as an administrator's file says.

import { join } from 'node:path'
import { UsageError } from '#cli/command.ts'
import type { Log } from '#lib/log.ts'
import type { Family } from '#server/metric-families.ts'
import { EncryptionKeys } from '#store/encryption-keys.ts'

export interface EncryptionOptions {
  readonly encryptionResources: string
  readonly encryptionProviderConfig?: string
}

/** `secrets`, `deployments.apps`, `*.apps`, `*.` and `*.*`. */
const resourcePattern = /^(\*|[a-z0-9-]+)(\.([a-z0-9.-]*|\*))?$/

function resourcesIn(text: string): readonly string[] {
  const resources = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  const wrong = resources.find((each) => each === '*' || !resourcePattern.test(each))
  if (wrong !== undefined)
    throw new UsageError(`--encryption-resources: "${wrong}" is no resource; secrets and deployments.apps are`)
  if (resources.length === 0) throw new UsageError('--encryption-resources names none')
  return resources
}

export function encryptionKeys(
  options: EncryptionOptions,
  { dataDir, log }: { readonly dataDir: string; readonly log: Log },
): EncryptionKeys {
  const path = join(dataDir, 'encryption-keys.yaml')
  const resources = resourcesIn(options.encryptionResources)
  try {
    return new EncryptionKeys({ path, resources, givenPath: options.encryptionProviderConfig, log })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

export const encryptionGauge = (keys: EncryptionKeys): Family => ({
  name: 'pinnace_encryption_rewriting',
  help: 'Whether values are being encrypted with a new key at the moment.',
  values: () => [{ labels: {}, value: keys.status.rewriting ? 1 : 0 }],
})
