// Every behaviour against our own server, over HTTPS, with simulated nodes. What is marked as failing has to fail, so
// that the marks, and with them the table of docs/conformance.md, stay true.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Cluster, connectTo } from './cluster.ts'
import { type Loaded, loadBehaviours } from './load.ts'
import { type OwnCluster, startOwnCluster } from './own-cluster.ts'
import { runBehaviour } from './runner.ts'

const behaviours = await loadBehaviours()

const timeout = 300_000
const parallel = 8

/** For what is going to fail: waiting longer would not help it. */
const shortPatienceMs = 2000

describe('conformance', { concurrency: 1, timeout }, () => {
  let own: OwnCluster
  let cluster: Cluster

  before(async () => {
    own = await startOwnCluster()
    cluster = await connectTo(own.kubeconfig)
    assert.equal(cluster.nodes, 'simulated')
  })
  after(() => own?.stop())

  const check = (behaviour: Loaded) =>
    test(behaviour.name, { timeout }, async (context) => {
      const { result, why, error } = await runBehaviour(
        behaviour,
        cluster,
        behaviour.fails === undefined ? undefined : shortPatienceMs,
      )
      if (result === 'skipped') return context.skip(why)
      if (behaviour.fails !== undefined)
        return assert.equal(result, 'failed', `It passes: take \`fails\` out of conformance/${behaviour.path}`)
      if (result === 'failed') throw error
    })

  describe('together', { concurrency: parallel, timeout }, () => {
    for (const behaviour of behaviours) if (!behaviour.serial) check(behaviour)
  })
  describe('one by one', { concurrency: 1, timeout }, () => {
    for (const behaviour of behaviours) if (behaviour.serial) check(behaviour)
  })
  test('whatever the controllers and the scheduler did for it, they had the right to do', () => {
    assert.deepEqual(own.forbidden(), [])
  })
})
