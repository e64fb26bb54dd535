// The child of sqlite.crash.test.ts: writes as fast as it can, and prints `key text revision` for each write that
// it was told is durable. It goes on until it is killed, or until the store fails.

import { writeSync } from 'node:fs'
import { realClock } from '#lib/clock.ts'
import { openSqliteStore } from './sqlite.ts'
import { actor, content, indexer } from './store.cases.ts'

const store = await openSqliteStore({
  path: process.argv[2]!,
  indexer,
  clock: realClock,
  keepRevisions: 200,
})

const put = async (key: string, text: number) => {
  const result = await store.commit([{ key, put: content(`${text}`) }], actor)
  if (result.ok) writeSync(1, `${key} ${text} ${result.revision}\n`)
}

async function keepWriting(key: string): Promise<never> {
  const stored = store.get(key)?.value as { readonly text: string } | undefined
  for (let text = Number(stored?.text ?? 0) + 1; ; text++) await put(key, text)
}

try {
  await Promise.all(Array.from({ length: 8 }, (_, i) => keepWriting(`${i % 2 ? 'events' : 'pods'}/a/${i}`)))
} catch (error) {
  writeSync(1, `failed: ${(error as Error).message}\n`)
  await put('pods/a/later', 1).catch((later) => writeSync(1, `failed later: ${later.message}\n`))
  await store.close()
}
