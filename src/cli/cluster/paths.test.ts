import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterPaths, defaultDataDir } from './paths.ts'

for (const [isRoot, expected] of [
  [true, '/var/lib/pinnace/test'],
  [false, '/home/ada/.local/share/pinnace/test'],
] as const) {
  test(`a cluster of ${isRoot ? 'root' : 'anybody else'} is kept in ${expected}`, () => {
    assert.equal(defaultDataDir('test', isRoot, '/home/ada'), expected)
  })
}

test('everything of a cluster is below its folder, so that taking the folder away takes everything', () => {
  const { node, dir, ...paths } = clusterPaths('/c')
  const { log, pid, dir: nodeDir, ...nodePaths } = node('c-1')
  const parts = ['agent', 'containerd'] as const
  const all = [
    ...Object.values(paths),
    ...Object.values(nodePaths),
    ...parts.map((part) => log(part)),
    ...parts.map((part) => pid(part)),
  ]
  assert.deepEqual(
    all.filter((path) => !path.startsWith(`${dir}/`)),
    [],
  )
  assert.equal(new Set(all).size, all.length, 'no two share a path')
  assert.equal(nodeDir, '/c/nodes/c-1')
})
