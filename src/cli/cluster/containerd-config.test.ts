import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerdConfig } from './containerd-config.ts'

const config = {
  rootDir: '/c/nodes/c-1/containerd',
  stateDir: '/c/nodes/c-1/run',
  socket: '/c/nodes/c-1/run/containerd.sock',
  cniConfDir: '/c/nodes/c-1/cni',
  cniBinDir: '/usr/lib/cni',
  sandboxImage: 'pinnace.dev/pause:1',
  restrictOomScoreAdj: true,
  ociRuntime: '/usr/sbin/runc',
}

/** Every path that the configuration names, but for programs of the machine. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/"(\/[^"]*)"/g)].map((match) => match[1]!).filter((path) => !path.startsWith('/usr/'))

test("everything that a node's containerd keeps is below the node's folder", () => {
  const paths = pathsIn(containerdConfig(config))
  assert.ok(paths.length >= 4)
  assert.deepEqual(
    paths.filter((path) => !path.startsWith('/c/nodes/c-1/')),
    [],
  )
})

test('a path with quotes and blanks stays one string', () => {
  const text = containerdConfig({ ...config, rootDir: '/a "b" c' })
  assert.match(text, /^root = "\/a \\"b\\" c"$/m)
})

test('where no process may get a lower oom_score_adj, containerd is told so', () => {
  for (const restrictOomScoreAdj of [true, false])
    assert.match(
      containerdConfig({ ...config, restrictOomScoreAdj }),
      new RegExp(`^ {2}restrict_oom_score_adj = ${restrictOomScoreAdj}$`, 'm'),
    )
})
