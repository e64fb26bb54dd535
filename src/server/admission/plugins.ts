// Which plugins see a write, in this order: one line each.

import type { AdmissionPlugin } from './admission.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { priority } from './priority.ts'
import { serviceAccount } from './service-account.ts'
import { type ServiceIpsOptions, serviceIps } from './service-ips.ts'
import { taintNewNodes } from './taint-new-nodes.ts'

export const admissionPlugins = (options: ServiceIpsOptions): readonly AdmissionPlugin[] => [
  namespaceLifecycle,
  serviceAccount,
  defaultTolerationSeconds,
  priority,
  taintNewNodes,
  serviceIps(options),
]
