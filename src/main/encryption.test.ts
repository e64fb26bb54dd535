import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { UsageError } from '#cli/command.ts'
import type { Log } from '#lib/log.ts'
import { encryptionKeys } from './encryption.ts'

const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }

function newDir(context: TestContext): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'pinnace-encryption-'))
  context.after(() => rmSync(dataDir, { recursive: true }))
  return dataDir
}

for (const [text, problem] of [
  ['', /names none$/],
  ['secrets,*', /"\*" is no resource; secrets and deployments\.apps are$/],
  ['Secrets', /"Secrets" is no resource/],
] as const) {
  test(`--encryption-resources "${text}" is refused`, (context) => {
    const dataDir = newDir(context)
    const open = () => encryptionKeys({ encryptionResources: text }, { dataDir, log })
    assert.throws(open, (error) => error instanceof UsageError && problem.test(error.message))
    assert.deepEqual(readdirSync(dataDir), [])
  })
}

test('the first start makes a key, the next ones read it', (context) => {
  const dataDir = newDir(context)
  const open = () => encryptionKeys({ encryptionResources: ' secrets , *.example.com' }, { dataDir, log })
  const first = open()
  assert.deepEqual(first.status.rules[0]?.resources, ['secrets', '*.example.com'])
  assert.deepEqual(open().status, first.status)
  assert.deepEqual(readdirSync(dataDir), ['encryption-keys.yaml'])
})

test('keys that cannot be read are never replaced', (context) => {
  const dataDir = newDir(context)
  const path = join(dataDir, 'encryption-keys.yaml')
  writeFileSync(path, 'kind: Other')
  assert.throws(
    () => encryptionKeys({ encryptionResources: 'secrets' }, { dataDir, log }),
    /cannot be used: the file must/,
  )
  const missing = { encryptionResources: 'secrets', encryptionProviderConfig: join(dataDir, 'none.yaml') }
  assert.throws(() => encryptionKeys(missing, { dataDir, log }), /none\.yaml" cannot be used: ENOENT/)
})
