// The child of encryption.crash.test.ts: writes secrets as fast as it can and rotates the key without a pause. It
// prints `key text` for each write that it was told is durable, and `rotated` after each rotation, until it is killed.

import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { realClock } from '#lib/clock.ts'
import { EncryptionKeys } from './encryption-keys.ts'
import { openSqliteStore } from './sqlite.ts'
import { actor, content, indexer } from './store.cases.ts'

const dir = process.argv[2]!
const keys = new EncryptionKeys({ path: join(dir, 'keys.yaml'), resources: ['secrets'] })
const store = await openSqliteStore({
  path: join(dir, 'store.db'),
  indexer,
  clock: realClock,
  keepRevisions: 200,
  encryption: keys.encryption,
})
keys.use(store)

async function keepWriting(key: string): Promise<never> {
  const stored = store.get(key)?.value as { readonly text: string } | undefined
  for (let text = Number(stored?.text.replace(/\D/g, '') ?? 0) + 1; ; text++) {
    const result = await store.commit([{ key, put: content(`hunter${text}`) }], actor)
    if (result.ok) writeSync(1, `${key} ${text}\n`)
  }
}

async function keepRotating(): Promise<never> {
  for (;;) {
    await keys.settled
    if (await keys.rotate()) {
      await keys.settled
      writeSync(1, 'rotated\n')
    }
  }
}

await Promise.all([...Array.from({ length: 4 }, (_, i) => keepWriting(`secrets/a/${i}`)), keepRotating()])
