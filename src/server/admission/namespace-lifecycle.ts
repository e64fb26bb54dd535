// Nothing is created in a namespace that is not there or is going, and the namespaces that the system lives in
// stay.

import { Namespace } from '#api/core/namespace.ts'
import { forbidden, notFound, StatusError } from '#api/status-error.ts'
import { objectOf } from '../stored.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

const permanent: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: ({ operation, kind, subresource }) =>
    (operation === 'CREATE' && kind.namespaced && subresource === '') ||
    (operation === 'DELETE' && kind.resource === Namespace.resource),
  // Asked first, so that no other plugin reserves anything for a write that cannot be.
  mutate: (context) => {
    if (context.operation === 'CREATE') checkOpen(context)
  },
  validate: (context) => {
    if (context.operation !== 'DELETE') checkOpen(context)
    else if (permanent.has(context.name)) throw forbidden(Namespace, context.name, 'this namespace may not be deleted')
  },
}

function checkOpen({ call, kind, namespace, name }: AdmissionContext): void {
  const stored = call.core.registries.of(Namespace).find('', namespace)
  if (!stored) throw notFound(Namespace, namespace)
  if (objectOf(stored).metadata.deletionTimestamp === undefined) return
  const refused = forbidden(
    kind,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  throw new StatusError(refused.code, refused.reason, refused.message, {
    ...refused.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  })
}
