// Sees to it that every namespace has the service account `default`, which pods use that name none.

import { Namespace as NamespaceKind } from '#api/core/namespace.ts'
import { ServiceAccount as ServiceAccountKind } from '#api/core/service-account.ts'
import { isAlreadyExists } from '#api/status-error.ts'
import { controller, trigger } from '#client/controller.ts'
import { isNamespaceLeaving } from './replica-set.ts'

const name = 'default'

export const serviceAccount = controller({
  name: 'service-account-controller',
  account: 'service-account-controller',
  reconciles: NamespaceKind,
  triggers: [
    trigger(ServiceAccountKind, (next, old) =>
      !next && old?.metadata.name === name ? [{ name: old.metadata.namespace ?? '' }] : [],
    ),
  ],
  async reconcile({ name: namespace }, { client, informers }) {
    const found = informers.of(NamespaceKind).get(undefined, namespace)
    if (!found || found.status.phase === 'Terminating' || found.metadata.deletionTimestamp !== undefined) return
    if (informers.of(ServiceAccountKind).get(namespace, name)) return
    await client.create(ServiceAccountKind, { metadata: { namespace, name } }).catch((error) => {
      if (!isAlreadyExists(error) && !isNamespaceLeaving(error)) throw error
    })
  },
})
