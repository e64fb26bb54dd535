// All roles and bindings that every cluster has.

import { agentPolicy, clusterPolicy, metricsPolicy } from './cluster-roles.ts'
import { controllerPolicy } from './controller-roles.ts'
import { namespacePolicy } from './namespace-roles.ts'
import type { Policy } from './notation.ts'

export const policies: readonly Policy[] = [
  clusterPolicy,
  controllerPolicy,
  agentPolicy,
  metricsPolicy,
  namespacePolicy,
]
