import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import { MemoryStore } from '#store/memory.ts'
import { admissionPlugins } from './plugins.ts'

/** Upstream's plugins that are on by default in 1.37, and NodeRestriction, in its order. Not among them: those that only
 *  work behind a feature gate (PodGroupWorkloadExists, NodeDeclaredFeatureValidator, JobValidation), and
 *  PodGroupProtection, whose kind is not served. */
const upstream = [
  ...['NamespaceLifecycle', 'LimitRanger', 'ServiceAccount', 'NodeRestriction', 'TaintNodesByCondition'],
  ...['PodSecurity', 'Priority', 'DefaultTolerationSeconds', 'DefaultStorageClass', 'StorageObjectInUseProtection'],
  ...['PersistentVolumeClaimResize', 'RuntimeClass', 'CertificateApproval', 'CertificateSigning'],
  ...['ClusterTrustBundleAttest', 'CertificateSubjectRestriction', 'DefaultIngressClass', 'PodTopologyLabels'],
  ...['PodResizeValidator', 'MutatingAdmissionPolicy', 'MutatingAdmissionWebhook', 'ValidatingAdmissionPolicy'],
  ...['ValidatingAdmissionWebhook', 'ResourceQuota'],
]

test("plugins are upstream's, in upstream's order", async () => {
  const store = new MemoryStore(new VirtualClock())
  const names = admissionPlugins({ store, random: seededRandom(1) }).map(({ name }) => name)
  assert.deepEqual(
    names.filter((name) => upstream.includes(name)),
    upstream,
  )
  assert.equal(new Set(names).size, names.length)
  assert.equal(names.at(-1), 'ResourceQuota')
  await store.close()
})
