// The published behaviours on real nodes: those that need containers that really run, and all the others again.

import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { type Cluster, connectTo } from '../../conformance/cluster.ts'
import { loadBehaviours } from '../../conformance/load.ts'
import { describeBehaviours, timeout } from '../../conformance/suite.ts'
import type { TestCluster } from './cluster.ts'

const behaviours = await loadBehaviours()

export const conformance = (cluster: TestCluster) =>
  describe('conformance', { concurrency: 1, timeout }, () => {
    let behaving: Cluster
    before(async () => {
      behaving = await connectTo(cluster.kubeconfig, { image: 'tools:v1' })
      assert.equal(behaving.nodes, 'real')
    })
    describeBehaviours(behaviours, () => behaving)
  })
