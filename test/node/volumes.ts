// Volumes of every sort that a node makes by itself, as the containers see them.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Namespace, TestCluster } from './cluster.ts'
import { configMap, type Fields, pod, shell, tools } from './pods.ts'
import { eventually } from './wait.ts'

const mount = (name: string, mountPath: string, more: Fields = {}): Fields => ({ name, mountPath, ...more })

export const volumes = (cluster: TestCluster) =>
  describe('volumes', { concurrency: 4 }, () => {
    let ns: Namespace
    before(async () => {
      ns = await cluster.namespace('volumes')
    })

    test('emptyDir is shared by containers, outlives their restarts, and can be memory', async () => {
      const volumeMounts = [mount('disk', '/disk'), mount('memory', '/memory')]
      const writer = shell(
        'writer',
        'date +%s%N >> /disk/starts; echo ready > /memory/word; while [ ! -e /disk/end ]; do sleep 0.2; done; rm /disk/end',
        { volumeMounts },
      )
      await ns.apply(
        pod('empty', [writer, tools('reader', { volumeMounts })], {
          volumes: [
            { name: 'disk', emptyDir: {} },
            { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
          ],
        }),
      )
      await ns.ready('pod/empty')
      const reader = (line: string) => ns.sh('empty', line, '-c', 'reader')
      assert.equal(await eventually(() => reader('cat /memory/word')), 'ready\n')
      assert.match(await reader('mount | grep " /memory "'), /^tmpfs on \/memory type tmpfs .*size=8192k/)
      assert.match(await reader('stat -c %a /disk'), /^777$/m)
      await reader('touch /disk/end')
      await eventually(async () => assert.equal(await reader('wc -l < /disk/starts'), '2\n'))
    })

    test('hostPath reaches into the machine, of the type that is asked for', async () => {
      const dir = join(cluster.dir, 'shared')
      mkdirSync(dir)
      writeFileSync(join(dir, 'file'), 'from the machine\n')
      const hostPath = (path: string, type?: string) => ({
        hostPath: { path: join(dir, path), ...(type ? { type } : {}) },
      })
      await ns.apply(
        pod(
          'host',
          [
            tools('main', {
              volumeMounts: [
                mount('dir', '/dir', { readOnly: true }),
                mount('made', '/made'),
                mount('part', '/part', { subPath: 'below' }),
              ],
            }),
          ],
          {
            volumes: [
              { name: 'dir', ...hostPath('', 'Directory') },
              { name: 'made', ...hostPath('made', 'DirectoryOrCreate') },
              { name: 'part', ...hostPath('made') },
            ],
          },
        ),
        pod('wrong', [tools('main', { volumeMounts: [mount('dir', '/dir')] })], {
          volumes: [{ name: 'dir', ...hostPath('file', 'Directory') }],
        }),
      )
      await ns.ready('pod/host')
      assert.equal(await ns.sh('host', 'cat /dir/file'), 'from the machine\n')
      await assert.rejects(ns.sh('host', 'touch /dir/other'), /Read-only file system/)
      await ns.sh('host', 'echo deep > /part/file')
      assert.equal(await ns.sh('host', 'cat /made/below/file'), 'deep\n')
      const event = await eventually(async () => {
        const found = (await ns.events('wrong')).find(({ reason }) => reason === 'FailedMount')
        assert.ok(found)
        return found
      })
      assert.match(
        event.message,
        /^MountVolume\.SetUp failed for volume "dir" : hostPath type check failed: .* is not a directory$/,
      )
    })

    test('a ConfigMap and a Secret are files that follow them', async () => {
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys' },
        stringData: { password: 'open sesame' },
      }
      await ns.apply(
        configMap('settings', { colour: 'blue', 'size.txt': '10' }),
        secret,
        pod(
          'reader',
          [
            tools('main', {
              volumeMounts: [
                mount('settings', '/settings'),
                mount('picked', '/picked'),
                mount('keys', '/keys'),
                mount('settings', '/one/colour', { subPath: 'colour' }),
              ],
            }),
          ],
          {
            volumes: [
              { name: 'settings', configMap: { name: 'settings' } },
              {
                name: 'picked',
                configMap: {
                  name: 'settings',
                  items: [{ key: 'size.txt', path: 'deep/size', mode: 0o400 }],
                  defaultMode: 0o440,
                },
              },
              { name: 'keys', secret: { secretName: 'keys', defaultMode: 0o400 } },
            ],
          },
        ),
      )
      await ns.ready('pod/reader')
      const read = (line: string) => ns.sh('reader', line)
      assert.equal(await read('ls /settings; cat /settings/colour'), 'colour\nsize.txt\nblue')
      assert.equal(await read('ls /picked; cat /picked/deep/size; stat -L -c %a /picked/deep/size'), 'deep\n10400\n')
      assert.equal(
        await read('cat /keys/password; stat -L -c %a /keys/password; mount | grep -c "on /keys type tmpfs"'),
        'open sesame400\n1\n',
      )
      await ns.apply(configMap('settings', { colour: 'green', new: 'yes' }), {
        ...secret,
        stringData: { password: 'changed' },
      })
      await eventually(
        async () => assert.equal(await read('ls /settings; cat /settings/colour'), 'colour\nnew\ngreen'),
        90_000,
      )
      await eventually(async () => assert.equal(await read('cat /keys/password'), 'changed'), 90_000)
      assert.equal(await read('cat /one/colour'), 'blue', 'a subPath does not follow')
    })

    test('what is missing keeps the pod waiting, says so, and lets it start when it is there', async () => {
      await ns.apply(
        pod('waiting', [tools('main', { volumeMounts: [mount('late', '/late')] })], {
          volumes: [{ name: 'late', configMap: { name: 'late' } }],
        }),
        pod('content', [tools('main', { volumeMounts: [mount('late', '/late')] })], {
          volumes: [{ name: 'late', configMap: { name: 'never', optional: true } }],
        }),
      )
      await ns.ready('pod/content')
      const event = await eventually(async () => {
        const found = (await ns.events('waiting')).find(({ reason }) => reason === 'FailedMount')
        assert.ok(found)
        return found
      })
      assert.equal(event.message, 'MountVolume.SetUp failed for volume "late" : configmap "late" not found')
      const [status] = (await ns.get('pod', 'waiting')).status.containerStatuses
      assert.equal(status.state.waiting.reason, 'ContainerCreating')
      await ns.apply(configMap('late', { here: 'now' }))
      await ns.ready('pod/waiting')
      assert.equal(await ns.sh('waiting', 'cat /late/here'), 'now')
    })

    test('a projected volume has a token that the server accepts, and what else is put together', async () => {
      await ns.apply(
        configMap('parts', { part: 'of it' }),
        pod(
          'projected',
          [tools('main', { volumeMounts: [mount('all', '/all')], resources: { limits: { memory: '64Mi' } } })],
          {
            volumes: [
              {
                name: 'all',
                projected: {
                  sources: [
                    { serviceAccountToken: { path: 'token', audience: 'somebody', expirationSeconds: 3600 } },
                    { configMap: { name: 'parts' } },
                    {
                      downwardAPI: {
                        items: [
                          { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
                          { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
                          { path: 'memory', resourceFieldRef: { containerName: 'main', resource: 'limits.memory' } },
                        ],
                      },
                    },
                  ],
                },
              },
            ],
          },
          { labels: { a: 'b', c: 'd' } },
        ),
      )
      await ns.ready('pod/projected')
      const read = (line: string) => ns.sh('projected', line)
      assert.equal(
        await read('cat /all/part /all/name /all/labels; echo; cat /all/memory'),
        `of itprojecteda="b"\nc="d"\n${64 * 1024 * 1024}`,
      )
      const claims = JSON.parse(Buffer.from((await read('cat /all/token')).split('.')[1]!, 'base64url').toString())
      assert.deepEqual(claims.aud, ['somebody'])
      assert.equal(claims['kubernetes.io'].pod.name, 'projected')
      await ns.kubectl('label', 'pod', 'projected', 'c-', 'e=f')
      await eventually(async () => assert.equal(await read('cat /all/labels'), 'a="b"\ne="f"'), 90_000)
    })

    test('every pod has the account of its namespace, and reaches the server with it', async () => {
      await ns.apply(pod('account', [tools('main')]))
      await ns.ready('pod/account')
      const dir = '/var/run/secrets/kubernetes.io/serviceaccount'
      assert.equal(await ns.sh('account', `ls ${dir}; cat ${dir}/namespace`), 'ca.crt\nnamespace\ntoken\nvolumes')
      const token = await ns.sh('account', `cat ${dir}/token`)
      const asIt = { env: { KUBECONFIG: await withoutUsers(cluster) } }
      const seen = () =>
        cluster.tryKubectl(['-n', 'volumes', 'get', 'pod', 'account', '-o', 'name', `--token=${token}`], asIt)
      assert.match((await seen()).stderr, /User "system:serviceaccount:volumes:default" cannot get resource "pods"/)
      await ns.kubectl('create', 'rolebinding', 'reads', '--clusterrole=view', '--serviceaccount=volumes:default')
      await eventually(async () => assert.equal((await seen()).stdout, 'pod/account\n'))
      const forged = await cluster.tryKubectl(['get', 'pods', `--token=${token.slice(0, -6)}AAAAAA`], asIt)
      assert.match(forged.stderr, /Unauthorized|must be logged in/)
    })
  })

/** A kubeconfig with nobody in it, so that only the token speaks. */
async function withoutUsers(cluster: TestCluster): Promise<string> {
  const config = JSON.parse(await cluster.kubectl(['config', 'view', '--raw', '--minify', '-o', 'json']))
  config.users = []
  for (const { context } of config.contexts) context.user = ''
  const file = join(cluster.dir, 'nobody')
  writeFileSync(file, JSON.stringify(config))
  return file
}
