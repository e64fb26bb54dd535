// Every behaviour against our own server, over HTTPS, with simulated nodes.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Cluster, connectTo } from './cluster.ts'
import { loadBehaviours } from './load.ts'
import { type OwnCluster, startOwnCluster } from './own-cluster.ts'
import { describeBehaviours, timeout } from './suite.ts'

const behaviours = await loadBehaviours()

describe('conformance', { concurrency: 1, timeout }, () => {
  let own: OwnCluster
  let cluster: Cluster

  before(async () => {
    own = await startOwnCluster()
    cluster = await connectTo(own.kubeconfig)
    assert.equal(cluster.nodes, 'simulated')
  })
  after(() => own?.stop())

  describeBehaviours(behaviours, () => cluster)
  test('whatever the controllers and the scheduler did for it, they had the right to do', () => {
    assert.deepEqual(own.forbidden(), [])
  })
})
