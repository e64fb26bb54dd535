// Every pod runs as a service account of its namespace, and gets that account's token, the cluster's authority and
// its own namespace as files, unless it or the account does not want them.

import type { Pod } from '#api/core/pod.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import type { Volume } from '#api/core/volume.ts'
import { forbidden } from '#api/status-error.ts'
import { nameSuffix } from '#lib/random.ts'
import type { StoredObject } from '#store/store.ts'
import { selectionOf } from '../selection.ts'
import { objectOf } from '../stored.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumePrefix = 'kube-api-access-'
/** A little longer than an hour, as upstream's, so that it can tell these tokens from others. */
const tokenSeconds = 3607
/** A namespace that is just being made gets its account in a moment: so long a pod is held back. */
const patienceMs = 1000

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: ({ operation, kind, subresource, object }) =>
    operation === 'CREATE' &&
    kind.resource === 'pods' &&
    subresource === '' &&
    object?.metadata.annotations?.[mirrorAnnotation] === undefined,
  mutate: (context) => {
    const pod = context.object as Pod
    pod.spec.serviceAccountName ||= 'default'
    pod.spec.serviceAccount = pod.spec.serviceAccountName
    const { registries } = context.call.core
    const stored = registries.of(ServiceAccount).find(context.namespace, pod.spec.serviceAccountName)
    if (stored) return complete(context, pod, stored)
    return appearing(context, pod.spec.serviceAccountName).then((appeared) => complete(context, pod, appeared))
  },
}

/** The account, once it is there. */
async function appearing({ call, namespace, kind, name }: AdmissionContext, account: string): Promise<StoredObject> {
  const { core } = call
  const registry = core.registries.of(ServiceAccount)
  const selection = selectionOf(ServiceAccount, { namespace, name: account })
  const watcher = registry.hub.join(selection, core.store.revision)
  const timer = core.clock.after(patienceMs, () => watcher.items.end())
  try {
    for await (const _ of watcher.items) {
      const stored = registry.find(namespace, account)
      if (stored) return stored
    }
  } finally {
    timer.cancel()
    watcher.items.end()
  }
  throw forbidden(
    kind,
    name,
    `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`,
  )
}

function complete({ call }: AdmissionContext, pod: Pod, stored: StoredObject): void {
  const account = objectOf(stored) as ServiceAccount
  if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length)
    pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets)
  if (!(pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)) return
  const name = pod.spec.volumes?.find((volume) => volume.name.startsWith(volumePrefix))?.name
  const volume = name ?? volumePrefix + nameSuffix(call.core.random)
  let mounted = false
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    if (container.volumeMounts?.some((mount) => mount.mountPath === mountPath)) continue
    container.volumeMounts = [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath }]
    mounted = true
  }
  if (mounted && name === undefined) pod.spec.volumes = [...(pod.spec.volumes ?? []), tokenVolume(volume)]
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 0o644,
  },
})
