// Which plugins see a write, in this order: one line each.

import type { Rbac } from '../authz/rbac.ts'
import type { AdmissionPlugin } from './admission.ts'
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
} from './certificates.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { escalation } from './escalation.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { type PodSecurityOptions, podSecurity } from './pod-security.ts'
import { priority } from './priority.ts'
import { serviceAccount } from './service-account.ts'
import { type ServiceIpsOptions, serviceIps } from './service-ips.ts'
import { taintNewNodes } from './taint-new-nodes.ts'

export interface PluginsOptions extends ServiceIpsOptions {
  /** Without it, roles and bindings may be written by whoever may write them. */
  readonly rbac?: Rbac
  readonly podSecurity?: PodSecurityOptions
}

export const admissionPlugins = (options: PluginsOptions): readonly AdmissionPlugin[] => [
  namespaceLifecycle,
  serviceAccount,
  nodeRestriction,
  taintNewNodes,
  podSecurity(options.podSecurity),
  priority,
  defaultTolerationSeconds,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
  ...(options.rbac ? [escalation(options.rbac)] : []),
  serviceIps(options),
]
