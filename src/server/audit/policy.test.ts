import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Attributes } from '../access.ts'
import { parseAuditPolicy, verdictOf } from './policy.ts'

const asked = (text: string): Attributes => {
  const [user = '', verb = '', what = '', place = ''] = text.split(' ')
  const [whole = '', group = ''] = what.split(/\.(.*)/)
  const [resource = '', subresource = ''] = whole.split('/')
  const [namespace = '', name = ''] = place.split('/')
  const isResource = !what.startsWith('/')
  return {
    user: { name: user, groups: user === 'eve' ? ['guests'] : ['staff'] },
    isResource,
    verb,
    path: isResource ? '' : what,
    group: isResource ? group : '',
    version: 'v1',
    namespace: isResource ? namespace : '',
    resource: isResource ? resource : '',
    subresource: isResource ? subresource : '',
    name,
  }
}

const policy = parseAuditPolicy(`
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
- level: None
  users: [noisy]
  verbs: [watch]
- level: RequestResponse
  resources: [{group: apps, resources: [deployments, "*/scale"]}]
  omitManagedFields: false
- level: Metadata
  namespaces: [kube-system]
- level: Request
  resources: [{group: "", resources: [pods/log, "pods/*"]}]
- level: Metadata
  resources: [{group: "", resources: [secrets], resourceNames: [key]}]
- level: None
  nonResourceURLs: [/healthz*, /version]
- level: Metadata
  nonResourceURLs: ["*"]
- level: Request
  resources: [{group: batch}]
- level: Metadata
  userGroups: [guests]
  omitStages: [ResponseStarted]
- level: None
`)

const table: Readonly<Record<string, string>> = {
  'noisy watch pods a/': 'None',
  'noisy list deployments.apps a/': 'RequestResponse',
  'bob get deployments.apps a/x': 'RequestResponse',
  'bob get deployments/status.apps a/x': 'None',
  'bob get replicasets/scale.apps a/x': 'RequestResponse',
  'bob get configmaps kube-system/x': 'Metadata',
  'bob get pods/log a/x': 'Request',
  'bob create pods/exec a/x': 'Request',
  'bob get pods a/x': 'None',
  'bob get secrets a/key': 'Metadata',
  'bob get secrets a/other': 'None',
  'bob list secrets a/': 'None',
  'bob get /healthz/ping': 'None',
  'bob get /version': 'None',
  'bob get /version/': 'Metadata',
  'bob create jobs.batch a/x': 'Request',
  'bob update jobs/status.batch a/x': 'Request',
  'eve get nodes /x': 'Metadata',
  'bob get nodes /x': 'None',
}

describe('the first rule that fits says how much is recorded', () => {
  for (const [question, level] of Object.entries(table))
    test(question, () => assert.equal(verdictOf(policy, asked(question)).level, level))

  test('stages and fields that are left out are those of the policy and of the rule', () => {
    const eve = verdictOf(policy, asked('eve get nodes /x'))
    assert.deepEqual([[...eve.omitStages], eve.omitManagedFields], [['RequestReceived', 'ResponseStarted'], true])
    assert.equal(verdictOf(policy, asked('bob get deployments.apps a/x')).omitManagedFields, false)
  })
})

describe('a bad policy is refused, with the place', () => {
  const head = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
  const bad: Readonly<Record<string, RegExp>> = {
    'a: b': /kind must be Policy/,
    'kind: Policy': /apiVersion must be audit.k8s.io\/v1/,
    [`${head}rules: []`]: /rules: it has none/,
    [`${head}rules: [{level: All}]`]: /rules\[0\].level: "All" is none of/,
    [`${head}rules: [{level: None, omitStages: [Never]}]`]: /rules\[0\].omitStages: "Never" is none of/,
    [`${head}omitStages: [x]\nrules: [{level: None}]`]: /^Error: omitStages/,
    [`${head}rules: [{level: None, nonResourceURLs: [x]}]`]: /must begin with \//,
    [`${head}rules: [{level: None, nonResourceURLs: [/a], namespaces: [b]}]`]: /cannot apply to both/,
    [`${head}rules: [{level: None, resources: [{group: apps/v1}]}]`]: /resources\[0\].group/,
    [`${head}rules: [{level: None, resources: [{resourceNames: [a]}]}]`]: /requires at least one resource/,
  }
  for (const [text, why] of Object.entries(bad)) test(text, () => assert.throws(() => parseAuditPolicy(text), why))
})
