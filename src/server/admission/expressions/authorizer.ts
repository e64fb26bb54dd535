// What expressions may ask about access: anything, and what concerns the request's own resource.

import { type Authorize, AuthorizerValue, ResourceCheck } from '#api/cel/library-authorizer.ts'
import type { AdmissionContext } from '../admission.ts'
import { namespaceOf } from '../match-question.ts'
import type { Inputs } from './evaluation.ts'

/** Who answers what expressions ask about access. */
export function withAuthorizer(inputs: Inputs, context: AdmissionContext, authorize: Authorize): Inputs {
  const { kind, subresource, name } = context
  const about = { group: kind.group, resource: kind.plural, subresource, namespace: namespaceOf(context), name }
  return {
    ...inputs,
    authorizer: new AuthorizerValue(authorize),
    'authorizer.requestResource': new ResourceCheck(authorize, about),
  }
}

/** Messages may not ask what somebody may do. */
export function withoutAuthorizer(inputs: Inputs): Inputs {
  const { authorizer: _authorizer, 'authorizer.requestResource': _requestResource, ...rest } = inputs
  return rest
}
