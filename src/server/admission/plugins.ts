// Which plugins see a write, in this order: one line each.

import type { Rbac } from '../authz/rbac.ts'
import type { AdmissionPlugin } from './admission.ts'
import { alwaysAdmit, alwaysDeny } from './always.ts'
import { alwaysPullImages } from './always-pull-images.ts'
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
} from './certificates.ts'
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { denyServiceExternalIps } from './deny-service-external-ips.ts'
import { escalation } from './escalation.ts'
import { extendedResourceToleration } from './extended-resource-toleration.ts'
import { limitPodHardAntiAffinityTopology } from './limit-pod-hard-anti-affinity-topology.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts'
import { podResizeValidator } from './pod-resize-validator.ts'
import { type PodSecurityOptions, podSecurity } from './pod-security.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { mutatingPolicies } from './policies/mutating.ts'
import { validatingPolicies } from './policies/validating.ts'
import { priority } from './priority.ts'
import { resourceQuota } from './resource-quota.ts'
import { runtimeClass } from './runtime-class.ts'
import { type PluginSelection, selectedPlugins } from './selected-plugins.ts'
import { serviceAccount } from './service-account.ts'
import { type ServiceIpsOptions, serviceIps } from './service-ips.ts'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts'
import { taintNewNodes } from './taint-new-nodes.ts'
import { mutatingWebhooks, validatingWebhooks } from './webhooks/plugins.ts'

export interface PluginsOptions extends ServiceIpsOptions, PluginSelection {
  /** Without it, roles and bindings may be written by whoever may write them. */
  readonly rbac?: Rbac
  readonly podSecurity?: PodSecurityOptions
}

export const admissionPlugins = (options: PluginsOptions): readonly AdmissionPlugin[] =>
  selectedPlugins(allPlugins(options), options)

const allPlugins = (options: PluginsOptions): readonly AdmissionPlugin[] => [
  alwaysAdmit,
  namespaceLifecycle,
  limitPodHardAntiAffinityTopology,
  limitRanger(options.store),
  serviceAccount,
  nodeRestriction,
  taintNewNodes,
  alwaysPullImages,
  podSecurity(options.podSecurity),
  priority,
  defaultTolerationSeconds,
  extendedResourceToleration,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  clusterTrustBundleAttest,
  certificateSubjectRestriction,
  defaultIngressClass,
  denyServiceExternalIps,
  podTopologyLabels,
  podResizeValidator,
  mutatingPolicies(options.store),
  mutatingWebhooks(options.store),
  // Sees what the others have made of a role.
  ...(options.rbac ? [escalation(options.rbac)] : []),
  serviceIps(options),
  validatingPolicies(options.store),
  validatingWebhooks(options.store),
  // The last one but one that refuses all: it charges for what is written.
  resourceQuota(options.store),
  alwaysDeny,
]
