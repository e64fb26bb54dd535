// What has been acknowledged stays, and what runs goes on, whichever of the cluster's own parts is killed.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { realClock } from '#lib/clock.ts'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { fetchText } from './connections.ts'
import { app, service } from './pods.ts'
import { eventually } from './wait.ts'

function clientOf(cluster: TestCluster): HttpClient {
  const read = (file: string) => readFileSync(file, 'utf8')
  const { server, credentials } = resolveContext(read(cluster.kubeconfig), read)
  return new HttpClient({ url: server, credentials: () => credentials, userAgent: 'test', clock: realClock })
}

/** The one process that this file names. */
const pidIn = (file: string): number => Number(readFileSync(file, 'utf8').split(' ')[0])

export const durability = (cluster: TestCluster) =>
  describe('kill -9', { concurrency: 1 }, () => {
    let ns: Namespace
    let url: string

    /** What must not change: which containers run, since when, and how often they were started. */
    const containers = async (): Promise<unknown[]> => {
      const { items } = await ns.get('pods', '-l', 'app=web')
      return items.map(({ metadata, status }: Answer) => {
        const [{ containerID, restartCount, state }] = status.containerStatuses
        return [metadata.name, containerID, restartCount, state.running?.startedAt]
      })
    }

    before(async () => {
      ns = await cluster.namespace('durability')
      await ns.apply(app({ name: 'web' }), service('web', 'web', { type: 'NodePort' }))
      await ns.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
      const { nodePort } = (await ns.get('service', 'web')).spec.ports[0]
      url = `http://${cluster.nodes[0]!.address}:${nodePort}/`
    })

    test('of the server amid 500 creates: every acknowledged object is there, and no container has stopped', async () => {
      const running = await containers()
      const client = clientOf(cluster)
      const acknowledged: string[] = []
      let next = 0
      const worker = async () => {
        while (next < 500) {
          const name = `made-${next++}`
          try {
            await client.create(ConfigMap, { metadata: { namespace: ns.name, name }, data: { name } })
          } catch {
            // The server has been killed: this one was never acknowledged, and may be there or not.
            return
          }
          acknowledged.push(name)
          if (acknowledged.length === 200) process.kill(pidIn(join(cluster.dataDir, 'server.pid')), 'SIGKILL')
        }
      }
      await Promise.all(Array.from({ length: 20 }, worker))
      await client.close()
      assert.ok(acknowledged.length >= 200 && acknowledged.length < 500, `${acknowledged.length} were acknowledged`)
      assert.match(await fetchText(url), /^hello v1/, 'without a server, services go on')
      await cluster.up()
      const { items } = await ns.get('configmaps')
      const there = new Map<string, Answer>(items.map((item: Answer) => [item.metadata.name, item]))
      assert.deepEqual(
        acknowledged.filter((name) => there.get(name)?.data?.name !== name),
        [],
      )
      for (const { metadata, data } of items)
        if (metadata.name.startsWith('made-')) assert.equal(data.name, metadata.name, 'none is half there')
      assert.deepEqual(await containers(), running)
      assert.match(await fetchText(url), /^hello v1/)
      await ns.kubectl('scale', 'deployment/web', '--replicas=4')
      await ns.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
      await ns.kubectl('scale', 'deployment/web', '--replicas=3')
      await eventually(async () => assert.equal((await containers()).length, 3))
    })

    test('of every agent: they take over the containers that run', async () => {
      const running = await containers()
      for (const { name } of cluster.nodes)
        process.kill(pidIn(join(cluster.dataDir, 'nodes', name, 'agent.pid')), 'SIGKILL')
      await cluster.up()
      await ns.kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'app=web', '--timeout=30s')
      assert.deepEqual(await containers(), running)
      const [pod] = (await ns.get('pods', '-l', 'app=web')).items
      assert.equal(await ns.sh(pod.metadata.name, 'hostname'), `${pod.metadata.name}\n`)
      assert.match(await fetchText(url), /^hello v1/)
      await ns.kubectl('delete', 'pod', pod.metadata.name, '--timeout=30s')
      await ns.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
    })

    test('of a containerd and its agent: the containers go on, and belong to the next', async () => {
      const running = await containers()
      const [, , { name }] = cluster.nodes as [unknown, unknown, { name: string }]
      for (const part of ['containerd', 'agent'])
        process.kill(pidIn(join(cluster.dataDir, 'nodes', name, `${part}.pid`)), 'SIGKILL')
      await cluster.up()
      await ns.kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'app=web', '--timeout=30s')
      assert.deepEqual(await containers(), running)
    })

    test('of everything, as when the machine loses its power: up brings the cluster and its pods back', async () => {
      for (const pid of cluster.processes()) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // It has ended with its parent.
        }
      }
      await cluster.up()
      await ns.kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'app=web', '--timeout=60s')
      for (const [, , restarts] of (await containers()) as [string, string, number][]) assert.equal(restarts, 1)
      assert.match(await eventually(() => fetchText(url)), /^hello v1/)
      await ns.delete()
    })
  })
