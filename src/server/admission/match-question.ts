// From a write in the pipeline to the question which webhooks and policies it concerns.

import { Namespace } from '#api/core/namespace.ts'
import { notFound } from '#api/status-error.ts'
import { objectOf } from '../stored.ts'
import type { AdmissionContext } from './admission.ts'
import { equivalentsOf, type MatchQuestion } from './match-rules.ts'

/** As upstream, which gives a namespace its own name as its namespace. */
export const namespaceOf = ({
  kind,
  namespace,
  name,
}: Pick<AdmissionContext, 'kind' | 'namespace' | 'name'>): string =>
  kind.resource === Namespace.resource ? name : namespace

export function matchQuestion(context: AdmissionContext): MatchQuestion {
  const { call, kind, operation, subresource, name, object, old, generatedName } = context
  const { core } = call
  const namespace = namespaceOf(context)
  return {
    operation,
    kind,
    subresource,
    namespace,
    // Upstream asks before it has drawn a name.
    name: generatedName ? '' : name,
    object,
    old,
    namespaceLabels: () => {
      const stored = core.registries.of(Namespace).find('', namespace)
      if (!stored) throw notFound(Namespace, namespace)
      return objectOf(stored).metadata.labels
    },
    equivalents: () => equivalentsOf(core.kinds, kind, subresource),
  }
}
