import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownPlugins, selectedPlugins, selectionProblems } from './selected-plugins.ts'

const named = (name: string) => ({ name, handles: () => true })

test('what is on by default stays on unless it is disabled, and the rest is off unless it is enabled', () => {
  const all = ['NamespaceLifecycle', 'AlwaysPullImages', 'ServiceIPs', 'ResourceQuota'].map(named)
  const names = (selection: Parameters<typeof selectedPlugins>[1]) => selectedPlugins(all, selection).map((p) => p.name)
  assert.deepEqual(names({}), ['NamespaceLifecycle', 'ServiceIPs', 'ResourceQuota'])
  assert.deepEqual(
    names({ enable: ['AlwaysPullImages', 'ResourceQuota'] }),
    all.map((p) => p.name),
  )
  assert.deepEqual(names({ disable: ['NamespaceLifecycle', 'AlwaysPullImages'] }), ['ServiceIPs', 'ResourceQuota'])
})

test("names that upstream does not know are told in upstream's words", () => {
  assert.deepEqual(selectionProblems({}), [])
  assert.deepEqual(selectionProblems({ enable: [...knownPlugins].filter((name) => name === 'PodSecurity') }), [])
  assert.deepEqual(selectionProblems({ enable: ['Nonsense'], disable: ['ServiceIPs'] }), [
    'enable-admission-plugins plugin "Nonsense" is unknown',
    'disable-admission-plugins plugin "ServiceIPs" is unknown',
  ])
  assert.deepEqual(selectionProblems({ enable: ['Priority', 'AlwaysAdmit'], disable: ['Priority', 'AlwaysAdmit'] }), [
    '[AlwaysAdmit Priority] in enable-admission-plugins and disable-admission-plugins overlapped',
  ])
})

test('a plugin of upstream that is not here can be disabled, but not enabled', () => {
  assert.deepEqual(selectionProblems({ disable: ['EventRateLimit'] }), [])
  assert.deepEqual(selectionProblems({ enable: ['EventRateLimit'] }), [
    'enable-admission-plugins plugin "EventRateLimit" is not available here',
  ])
})
