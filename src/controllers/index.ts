// The controllers: a line here is the registration. Settings come from the server's command line.

import type { KindRegistry } from '#api/kind-registry.ts'
import type { Controller } from '#client/controller.ts'
import { bootstrapSigner } from './bootstrap-signer.ts'
import { clusterRoleAggregation } from './cluster-role-aggregation.ts'
import { csrCleaner } from './csr-cleaner.ts'
import { deployment } from './deployment.ts'
import { disruption } from './disruption.ts'
import { endpoints } from './endpoints.ts'
import { endpointSlice } from './endpointslice.ts'
import { endpointSliceMirroring } from './endpointslice-mirroring.ts'
import { garbageCollector } from './garbage-collector.ts'
import { legacyTokenCleaner } from './legacy-token-cleaner.ts'
import { namespaceController } from './namespace.ts'
import { type NodeIpamOptions, nodeIpam } from './node-ipam.ts'
import { type NodeLifecycleOptions, nodeLifecycle } from './node-lifecycle.ts'
import { podCertificateRequestCleaner } from './pod-certificate-request-cleaner.ts'
import { type PodGcOptions, podGc } from './pod-gc.ts'
import { policyStatus } from './policy-status.ts'
import { pvProtection } from './pv-protection.ts'
import { pvcProtection } from './pvc-protection.ts'
import { replicaSet } from './replica-set.ts'
import { replicationController } from './replication-controller.ts'
import { resourceQuota } from './resource-quota.ts'
import { rootCaPublisher } from './root-ca-publisher.ts'
import { serviceAccount } from './service-account.ts'
import { type ServiceAccountTokenOptions, serviceAccountToken } from './service-account-token.ts'
import type { KindsElsewhere } from './stored-kinds.ts'
import { taintEviction } from './taint-eviction.ts'
import { tokenCleaner } from './token-cleaner.ts'
import { vacProtection } from './vac-protection.ts'

export interface ControllersOptions {
  /** What is served, now and later: for those that look after objects of every kind. */
  readonly kinds: KindRegistry
  readonly elsewhere?: KindsElsewhere | undefined
  /** The CA that pods trust the server by; without it nothing is published. */
  readonly caPem?: string | undefined
  /** Signs lasting service account tokens; without it Secrets that ask for one stay empty. */
  readonly signToken?: ServiceAccountTokenOptions['sign'] | undefined
  readonly nodeLifecycle?: NodeLifecycleOptions
  /** `false`: somebody else gives nodes their ranges. */
  readonly nodeIpam?: NodeIpamOptions | false
  readonly podGc?: PodGcOptions
}

export const controllers = ({
  kinds,
  elsewhere,
  caPem,
  signToken,
  ...options
}: ControllersOptions): readonly Controller[] => [
  namespaceController(kinds, elsewhere),
  garbageCollector(kinds, elsewhere),
  serviceAccount,
  clusterRoleAggregation,
  policyStatus(kinds),
  tokenCleaner,
  bootstrapSigner,
  csrCleaner,
  podCertificateRequestCleaner,
  legacyTokenCleaner,
  ...(caPem === undefined ? [] : [rootCaPublisher(caPem)]),
  ...(caPem === undefined || signToken === undefined ? [] : [serviceAccountToken({ caPem, sign: signToken })]),
  deployment,
  replicaSet,
  replicationController,
  endpointSlice,
  endpointSliceMirroring,
  endpoints,
  nodeLifecycle(options.nodeLifecycle),
  taintEviction(),
  podGc(options.podGc),
  ...(options.nodeIpam === false ? [] : [nodeIpam(options.nodeIpam)]),
  disruption,
  resourceQuota(kinds),
  pvcProtection,
  pvProtection,
  vacProtection,
]
