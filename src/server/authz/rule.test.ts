import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyRule } from '#api/rbac/rule.ts'
import { type Asked, compileRules, keyOf, rulesAllow } from './rule.ts'

const asked = (text: string): Asked => {
  const [verb = '', what = '', name = ''] = text.split(' ')
  const base = { verb, group: '', resource: '', subresource: '', name: '', path: '' }
  if (what.startsWith('/')) return { ...base, isResource: false, path: what }
  const [whole = '', group = ''] = what.split(/\.(.*)/)
  const [resource = '', subresource = ''] = whole.split('/')
  return { ...base, isResource: true, group, resource, subresource, name }
}

const rule = (verbs: string, groups: string, resources: string, names = ''): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: groups.split(' ').map((group) => (group === 'core' ? '' : group)),
  resources: resources.split(' '),
  ...(names === '' ? {} : { resourceNames: names.split(' ') }),
})
const paths = (verbs: string, urls: string): PolicyRule => ({
  verbs: verbs.split(' '),
  nonResourceURLs: urls.split(' '),
})

const cases: readonly { rules: readonly PolicyRule[]; allows: readonly string[]; refuses: readonly string[] }[] = [
  {
    rules: [rule('get list', 'core', 'pods')],
    allows: ['get pods x', 'list pods'],
    refuses: ['delete pods x', 'get pods/log x', 'get pods.apps x', 'get secrets x', 'get /pods'],
  },
  {
    rules: [rule('get', 'core', 'pods/log')],
    allows: ['get pods/log x'],
    refuses: ['get pods x', 'get pods/exec x', 'get services/log x'],
  },
  {
    rules: [rule('*', 'apps', '*')],
    allows: ['delete deployments.apps x', 'get deployments/scale.apps x', '* deployments.apps'],
    refuses: ['get pods x', 'get deployments.extensions x'],
  },
  {
    rules: [rule('get', '*', '*/scale')],
    allows: ['get deployments/scale.apps x', 'get replicationcontrollers/scale x', 'get foos/scale.example.com x'],
    refuses: ['get deployments.apps x', 'get deployments/status.apps x', 'update deployments/scale.apps x'],
  },
  {
    rules: [rule('get update', 'core', 'configmaps', 'a b')],
    allows: ['get configmaps a', 'update configmaps b'],
    refuses: ['get configmaps c', 'list configmaps', 'get configmaps'],
  },
  {
    rules: [rule('get', 'core', 'configmaps', 'a'), rule('list', 'core', 'configmaps'), rule('get', 'core', 'secrets')],
    allows: ['get configmaps a', 'list configmaps', 'get secrets z'],
    refuses: ['get configmaps b', 'list secrets'],
  },
  {
    rules: [rule('get', '*', 'pods')],
    allows: ['get pods x', 'get pods.metrics.k8s.io x'],
    refuses: ['get nodes x', 'get pods/log x'],
  },
  { rules: [rule('*', '*', '*')], allows: ['get pods x', 'x y/z.w n'], refuses: ['get /version'] },
  {
    rules: [paths('get', '/version /apis/* /x*')],
    allows: ['get /version', 'get /apis/', 'get /apis/apps/v1', 'get /xyz', 'get /x'],
    refuses: ['get /version/', 'post /version', 'get /apis', 'get pods'],
  },
  { rules: [paths('*', '*')], allows: ['get /', 'post /anything'], refuses: ['get pods x'] },
  { rules: [], allows: [], refuses: ['get pods x', 'get /'] },
]

test('rules allow what they name, and nothing else', () => {
  for (const { rules, allows, refuses } of cases) {
    const compiled = compileRules(rules)
    const may = (text: string) => rulesAllow(compiled, asked(text), keyOf(asked(text)))
    for (const text of allows) assert.equal(may(text), true, `${text} by ${JSON.stringify(rules)}`)
    for (const text of refuses) assert.equal(may(text), false, `${text} by ${JSON.stringify(rules)}`)
  }
})
