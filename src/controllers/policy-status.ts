// Says in the status of a ValidatingAdmissionPolicy which of its expressions do not fit the kinds that it names, once
// for each generation of it.

import { ValidatingAdmissionPolicy } from '#api/admissionregistration/validating-admission-policy.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { type Controller, controller } from '#client/controller.ts'
import { typeWarnings } from './policy-types.ts'

/** What the status should be; undefined when the generation has been seen to. */
export function plan(policy: ValidatingAdmissionPolicy, kinds: KindRegistry): object | undefined {
  const generation = policy.metadata.generation ?? 0
  if (generation <= (policy.status?.observedGeneration ?? 0)) return undefined
  const expressionWarnings = typeWarnings(policy, kinds)
  return {
    observedGeneration: generation,
    typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {},
  }
}

const name = 'validatingadmissionpolicy-status-controller'

export const policyStatus = (kinds: KindRegistry): Controller =>
  controller({
    name,
    account: name,
    reconciles: ValidatingAdmissionPolicy,
    async reconcile(ref, { client, informers }) {
      const policy = informers.of(ValidatingAdmissionPolicy).get(undefined, ref.name)
      const status = policy && plan(policy, kinds)
      if (!status) return
      const { apiVersion, kind } = ValidatingAdmissionPolicy
      const applied = { apiVersion, kind, metadata: { name: ref.name }, status }
      const options = { type: 'apply', subresource: 'status', fieldManager: name, force: true } as const
      await client.patch(ValidatingAdmissionPolicy, { name: ref.name }, applied, options)
    },
  })
