import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addCluster, type ClusterAccess, hasCluster, removeCluster, resolveContext } from './kubeconfig.ts'

const access: ClusterAccess = {
  name: 'pinnace',
  server: 'https://127.0.0.1:6443',
  authorityPem: 'CA',
  certPem: 'CERT',
  keyPem: 'KEY',
}
const noFiles = (): string => assert.fail('no file is referred to')

test('addCluster() writes a file that resolves to what was added', () => {
  const resolved = resolveContext(addCluster('', access), noFiles)
  assert.equal(resolved.server, access.server)
  assert.deepEqual(resolved.credentials, {
    authorityPem: 'CA',
    insecureSkipVerify: false,
    certPem: 'CERT',
    keyPem: 'KEY',
    token: undefined,
  })
})

test('addCluster() keeps the entries and comments of others and replaces its own', () => {
  const other = addCluster('', { ...access, name: 'other' }).replace('clusters:', '# mine\nclusters:')
  const twice = addCluster(addCluster(other, access), { ...access, server: 'https://127.0.0.1:7777' })
  assert.match(twice, /# mine/)
  assert.equal(resolveContext(twice, noFiles).server, 'https://127.0.0.1:7777')
  assert.equal(resolveContext(twice, noFiles, 'other').name, 'other')
  assert.equal(twice.match(/name: pinnace$/gm)?.length, 3)
})

test('removeCluster() takes out what addCluster() put in', () => {
  const before = addCluster('', { ...access, name: 'other' })
  const after = removeCluster(addCluster(before, access), 'pinnace')
  assert.equal(hasCluster(after, 'pinnace'), false)
  assert.equal(hasCluster(after, 'other'), true)
  assert.equal(after, before)
})

test('removeCluster() leaves no current context when there was none before, or when that one has gone', () => {
  assert.match(removeCluster(addCluster('', access), 'pinnace'), /current-context: ""/)
  const alone = removeCluster(addCluster(addCluster('', { ...access, name: 'other' }), access), 'other')
  assert.match(removeCluster(alone, 'pinnace'), /current-context: ""/)
})

test('addCluster() twice still knows what the current context was before', () => {
  const before = addCluster('', { ...access, name: 'other' })
  assert.equal(removeCluster(addCluster(addCluster(before, access), access), 'pinnace'), before)
})

test('resolveContext() names what is missing', () => {
  assert.throws(() => resolveContext('current-context: a\n', noFiles), /no context "a"/)
})
