import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { addCluster, resolveContext } from '#client/kubeconfig.ts'
import { addContext, contextName, kubeconfigPath, removeContext } from './kubeconfig-file.ts'

for (const [KUBECONFIG, expected] of [
  [undefined, '/home/ada/.kube/config'],
  ['', '/home/ada/.kube/config'],
  ['/a', '/a'],
  ['/a:/b', '/a'],
  [':/b', '/b'],
  ['own/config', '/here/own/config'],
] as const) {
  test(`with $KUBECONFIG ${KUBECONFIG === undefined ? 'unset' : `"${KUBECONFIG}"`} the file is ${expected}`, () => {
    assert.equal(kubeconfigPath({ KUBECONFIG }, '/home/ada', '/here'), expected)
  })
}

test('contextName() of the usual cluster is as short as its name', () => {
  assert.equal(contextName('pinnace'), 'pinnace')
  assert.equal(contextName('test'), 'pinnace-test')
})

function files(t: TestContext): { admin: string; config: string } {
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-test-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const admin = join(dir, 'admin.kubeconfig')
  const access = { name: 'pinnace', server: 'https://127.0.0.1:6443', authorityPem: 'ca', certPem: 'c', keyPem: 'k' }
  writeFileSync(admin, addCluster('', access))
  return { admin, config: join(dir, 'new', 'config') }
}

const noFile = (): string => assert.fail('everything is in the file itself')

test('addContext() makes the file, for its owner only, and the context leads to the server', (t) => {
  const { admin, config } = files(t)
  addContext(config, 'test', admin)
  const { name, server, credentials } = resolveContext(readFileSync(config, 'utf8'), noFile)
  assert.deepEqual([name, server, credentials.keyPem], ['pinnace-test', 'https://127.0.0.1:6443', 'k'])
  assert.equal(statSync(config).mode & 0o777, 0o600)
})

test('a file that held nothing but ours is gone with the last context', (t) => {
  const { admin, config } = files(t)
  addContext(config, 'a', admin)
  addContext(config, 'b', admin)
  addContext(config, 'b', admin)
  removeContext(config, 'a')
  assert.equal(resolveContext(readFileSync(config, 'utf8'), noFile).name, 'pinnace-b')
  removeContext(config, 'b')
  assert.equal(existsSync(config), false)
})

test("what else is in a user's file stays as it is, comments included", (t) => {
  const { admin, config } = files(t)
  const own = `# mine
apiVersion: v1
kind: Config
clusters:
  - name: work # the big one
    cluster: { server: https://work }
contexts:
  - name: work
    context: { cluster: work, user: me }
users:
  - name: me
    user: { token: t }
current-context: work
`
  addContext(config, 'a', admin)
  writeFileSync(config, own)
  addContext(config, 'a', admin)
  assert.equal(resolveContext(readFileSync(config, 'utf8'), noFile).name, 'pinnace-a')
  removeContext(config, 'a')
  assert.equal(readFileSync(config, 'utf8'), own)
})

test('removeContext() touches neither a file without the context nor a missing one', (t) => {
  const { admin, config } = files(t)
  const before = readFileSync(admin, 'utf8')
  removeContext(admin, 'test')
  removeContext(config, 'test')
  assert.equal(readFileSync(admin, 'utf8'), before)
  assert.equal(existsSync(config), false)
})
