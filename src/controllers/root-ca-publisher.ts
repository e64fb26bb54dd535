// Publishes the cluster's CA in every namespace, as the ConfigMap `kube-root-ca.crt` that pods get mounted.

import { ConfigMap as ConfigMapKind } from '#api/core/config-map.ts'
import { Namespace as NamespaceKind } from '#api/core/namespace.ts'
import { isAlreadyExists, isNotFound } from '#api/status-error.ts'
import { type Controller, controller, trigger } from '#client/controller.ts'
import { isEqual } from './equal.ts'
import { isNamespaceLeaving } from './replica-set.ts'

const name = 'kube-root-ca.crt'
const descriptionAnnotation = 'kubernetes.io/description'
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

export function rootCaPublisher(caPem: string): Controller {
  const data = { 'ca.crt': caPem }
  return controller({
    name: 'root-ca-certificate-publisher-controller',
    account: 'root-ca-cert-publisher',
    reconciles: NamespaceKind,
    triggers: [
      trigger(ConfigMapKind, (next, old) => {
        const { metadata } = (next ?? old)!
        return metadata.name === name ? [{ name: metadata.namespace ?? '' }] : []
      }),
    ],
    async reconcile({ name: namespace }, { client, informers }) {
      const found = informers.of(NamespaceKind).get(undefined, namespace)
      if (!found || found.status.phase === 'Terminating' || found.metadata.deletionTimestamp !== undefined) return
      const current = informers.of(ConfigMapKind).get(namespace, name)
      const annotations = { [descriptionAnnotation]: description }
      const metadata = { namespace, name, annotations }
      if (!current) {
        await client.create(ConfigMapKind, { metadata, data }).catch((error) => {
          if (!isAlreadyExists(error) && !isNamespaceLeaving(error) && !isNotFound(error)) throw error
        })
        return
      }
      if (isEqual(current.data, data) && current.metadata.annotations?.[descriptionAnnotation] !== undefined) return
      await client.update(ConfigMapKind, {
        ...current,
        metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } },
        data,
      })
    },
  })
}
