import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '#api/cel/cel.ts'
import { admissionEnvironment } from '#api/cel/stored-expressions.ts'
import { Namespace } from '#api/core/namespace.ts'
import { Pod } from '#api/core/pod.ts'
import type { AnyKind } from '#api/kind.ts'
import type { AdmissionContext } from '../admission.ts'
import { withAuthorizer } from './authorizer.ts'

/** Whom the request's own resource is asked about, where an expression asks. */
function asked(about: { kind: AnyKind; subresource: string; namespace: string; name: string }): unknown {
  const environment = admissionEnvironment({ params: false, variables: undefined })
  const { program } = compile("authorizer.requestResource.check('get').allowed()", environment)
  const questions: unknown[] = []
  const inputs = withAuthorizer({}, about as AdmissionContext, (question) => {
    questions.push(question)
    return { allowed: true, reason: '' }
  })
  assert.equal(program?.run(inputs).value, true)
  const { group, resource, subresource, namespace, name } = questions[0] as Record<string, unknown>
  return { group, resource, subresource, namespace, name }
}

test("the request's own resource is asked about where it is", () => {
  const about = { subresource: 'status', namespace: 'a', name: 'x' }
  assert.deepEqual(asked({ kind: Pod, ...about }), { group: '', resource: 'pods', ...about })
})

test('a namespace is in itself', () => {
  assert.deepEqual(asked({ kind: Namespace, subresource: '', namespace: '', name: 'x' }), {
    group: '',
    resource: 'namespaces',
    subresource: '',
    namespace: 'x',
    name: 'x',
  })
})
