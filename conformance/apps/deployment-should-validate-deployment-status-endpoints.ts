// The status of a Deployment is read, replaced and patched on its own.

import { behaviour } from '../behaviour.ts'
import { deploymentPath, isRolledOut } from '../fixtures/rollouts.ts'
import { checkStatus } from '../fixtures/status.ts'
import { makeDeployment } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Deployment should validate Deployment Status endpoints', since: '1.22' },
  async (t) => {
    await makeDeployment(t, 'told', { replicas: 1 })
    await isRolledOut(t, 'told')
    await checkStatus(t, { collection: deploymentPath(t), name: 'told', spec: { minReadySeconds: 99 } })
  },
)
