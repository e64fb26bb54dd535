// The store that the flags name, with what it needs: indexes of every kind, and keys where it keeps values on the disk.

import type { KindRegistry } from '#api/kind-registry.ts'
import { type Outside, UsageError } from '#cli/command.ts'
import { createIndexer } from '#server/app.ts'
import type { EncryptionKeys } from '#store/encryption-keys.ts'
import { MemoryStore } from '#store/memory.ts'
import { openSqliteStore } from '#store/sqlite.ts'
import type { Store } from '#store/store.ts'

export async function openStore(
  kind: string,
  path: string,
  options: { kinds: KindRegistry; outside: Outside; keys: () => EncryptionKeys },
): Promise<{ store: Store; encryption: EncryptionKeys | undefined }> {
  const { clock } = options.outside
  if (kind === 'memory') return { store: new MemoryStore(clock), encryption: undefined }
  if (kind === 'sqlite') {
    const keys = options.keys()
    const indexer = createIndexer(options.kinds)
    const store = await openSqliteStore({ path, clock, indexer, encryption: keys.encryption })
    try {
      keys.use(store)
    } catch (error) {
      await store.close()
      throw error
    }
    return { store, encryption: keys }
  }
  throw new UsageError(`"${kind}" is no store; stores are sqlite and memory`)
}
