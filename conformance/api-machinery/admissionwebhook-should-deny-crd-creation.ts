// Definitions of custom kinds are admitted as all else is.

import { behaviour } from '../behaviour.ts'
import { admission, rule } from '../fixtures/admission.ts'
import { definitionDraft, definitionPathOf } from '../fixtures/definition.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'AdmissionWebhook should deny crd creation', since: '1.16' },
  async (t) => {
    const hooks = await admission(t, { '/definitions': () => ({ denied: 'this definition is not wanted' }) })
    const label = { 'webhook-test': t.namespace }
    const fields = { namespaceSelector: {}, objectSelector: { matchLabels: label } }
    const rules = [rule('apiextensions.k8s.io', 'customresourcedefinitions')]
    await hooks.register('validating', [hooks.hook('/definitions', { rules, fields })])
    const draft = definitionDraft(t, { labels: label })
    t.cleanup(() => t.delete(definitionPathOf(t, draft.metadata.name)))
    await refused(t.post(definitionPathOf(t), draft), {
      code: 400,
      message: /admission webhook "definitions\..*" denied the request: this definition is not wanted/,
    })
    await refused(t.get(definitionPathOf(t, draft.metadata.name)), { code: 404 })
  },
)
