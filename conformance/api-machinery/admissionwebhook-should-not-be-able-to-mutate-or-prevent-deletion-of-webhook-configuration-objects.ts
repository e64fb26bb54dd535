// Nobody locks the door from within: webhooks are not asked about webhook configurations.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, configurationPath, type HookKind, rule } from '../fixtures/admission.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should not be able to mutate or prevent deletion of webhook configuration objects',
    since: '1.16',
  },
  async (t) => {
    const asked: string[] = []
    const note = ({ operation, name }: { operation: string; name: string }) => void asked.push(`${operation} ${name}`)
    const hooks = await admission(t, {
      '/deny': (request) => {
        note(request)
        return { denied: 'never' }
      },
      '/mutate': (request) => {
        note(request)
        return { patch: [{ op: 'add', path: '/metadata/labels/mutated', value: 'yes' }] }
      },
    })
    const label = { 'webhook-test': t.namespace }
    // Only what this behaviour makes, should a server be wrong.
    const fields = { namespaceSelector: {}, objectSelector: { matchLabels: label } }
    const rules = [rule('admissionregistration.k8s.io', '*', '*')]
    await hooks.register('validating', [hooks.hook('/deny', { rules, fields })])
    await hooks.register('mutating', [hooks.hook('/mutate', { rules, fields })])
    for (const kind of ['validating', 'mutating'] as const satisfies readonly HookKind[]) {
      const name = t.name('dummy')
      const nothing = hooks.hook('/nothing', { rules: [rule('', 'invalid')] })
      const path = configurationPath(t, kind, name)
      t.cleanup(() => t.delete(path))
      const made = await t.post(configurationPath(t, kind), { metadata: { name, labels: label }, webhooks: [nothing] })
      assert.deepEqual(made.metadata.labels, label)
      const patched = await t.patch(path, 'merge', { metadata: { annotations: { patched: 'yes' } } })
      assert.deepEqual(patched.metadata.labels, label)
      await t.delete(path)
      await refused(t.get(path), { code: 404 })
    }
    assert.deepEqual(asked, [])
  },
)
