// Which plugins are on, as upstream's flags say it: its defaults and NodeRestriction, and those that are enabled, without
// those that are disabled.

import type { AdmissionPlugin } from './admission.ts'

export interface PluginSelection {
  readonly enable?: readonly string[]
  readonly disable?: readonly string[]
}

/** On only where somebody wants it. */
const offUnlessEnabled: ReadonlySet<string> = new Set([
  'AlwaysAdmit',
  'AlwaysDeny',
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'ExtendedResourceToleration',
  'LimitPodHardAntiAffinityTopology',
])

/** Upstream's, off by default there too. */
const notHere: ReadonlySet<string> = new Set([
  'EventRateLimit',
  'ImagePolicyWebhook',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'NodeDeclaredFeatureValidator',
  'OwnerReferencesPermissionEnforcement',
  'PodNodeSelector',
  'PodTolerationRestriction',
])

/** All that upstream knows; what else is in our list, as the addresses of services, is part of the server. */
export const knownPlugins: ReadonlySet<string> = new Set([
  ...['NamespaceLifecycle', 'LimitRanger', 'ServiceAccount', 'NodeRestriction', 'TaintNodesByCondition', 'PodSecurity'],
  ...['Priority', 'DefaultTolerationSeconds', 'DefaultStorageClass', 'StorageObjectInUseProtection'],
  ...['PersistentVolumeClaimResize', 'RuntimeClass', 'CertificateApproval', 'CertificateSigning'],
  ...['ClusterTrustBundleAttest', 'CertificateSubjectRestriction', 'DefaultIngressClass', 'PodTopologyLabels'],
  ...['PodResizeValidator', 'MutatingAdmissionPolicy', 'MutatingAdmissionWebhook', 'ValidatingAdmissionPolicy'],
  ...['ValidatingAdmissionWebhook', 'ResourceQuota'],
  ...offUnlessEnabled,
  ...notHere,
])

export const selectedPlugins = (
  all: readonly AdmissionPlugin[],
  { enable = [], disable = [] }: PluginSelection,
): readonly AdmissionPlugin[] =>
  all.filter(({ name }) => !disable.includes(name) && (!offUnlessEnabled.has(name) || enable.includes(name)))

/** What is wrong with a selection, in upstream's words where it has some. */
export function selectionProblems({ enable = [], disable = [] }: PluginSelection): readonly string[] {
  const unknown = (flag: string, names: readonly string[]) =>
    names
      .filter((name) => !knownPlugins.has(name))
      .map((name) => `${flag}-admission-plugins plugin ${JSON.stringify(name)} is unknown`)
  const missing = enable
    .filter((name) => notHere.has(name))
    .map((name) => `enable-admission-plugins plugin "${name}" is not available here`)
  const both = [...new Set(enable.filter((name) => disable.includes(name)))].sort()
  const overlap =
    both.length === 0
      ? []
      : [`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`]
  return [...unknown('enable', enable), ...missing, ...unknown('disable', disable), ...overlap]
}
