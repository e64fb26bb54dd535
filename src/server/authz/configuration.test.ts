// The file that says who decides: what is read of it, and what is said of wrong ones.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stringify } from 'yaml'
import { parseAuthorizationConfiguration, parseModes } from './configuration.ts'

const webhook = {
  timeout: '3s',
  subjectAccessReviewVersion: 'v1',
  matchConditionSubjectAccessReviewVersion: 'v1',
  failurePolicy: 'Deny',
  connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: '/etc/w.yaml' },
}
const configuration = (authorizers: unknown, more: object = {}) =>
  stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers, ...more })
const withWebhook = (more: object) => configuration([{ type: 'Webhook', name: 'w', webhook: { ...webhook, ...more } }])

test('authorizers stand in their order, with the usual times', () => {
  const matchConditions = [{ expression: 'has(request.resourceAttributes)' }]
  const text = configuration([
    { type: 'Webhook', name: 'w', webhook: { ...webhook, matchConditions, cacheUnauthorizedRequests: false } },
    { type: 'Node', name: 'node' },
    { type: 'RBAC', name: 'rbac' },
  ])
  assert.deepEqual(parseAuthorizationConfiguration(text), [
    {
      type: 'Webhook',
      name: 'w',
      kubeConfigFile: '/etc/w.yaml',
      timeoutMs: 3000,
      version: 'v1',
      onFailure: 'Deny',
      allowedTtlMs: 300_000,
      deniedTtlMs: 0,
      conditions: ['has(request.resourceAttributes)'],
    },
    { type: 'Node' },
    { type: 'RBAC' },
  ])
})

const wrong: readonly [text: string, message: RegExp][] = [
  ['kind: Pod', /kind must be AuthorizationConfiguration/],
  [configuration([{ type: 'RBAC' }], { apiVersion: 'v1' }), /apiVersion must be apiserver.config.k8s.io\/v1/],
  [configuration([]), /at least one authorization mode must be defined/],
  [configuration([{ type: 'ABAC' }]), /authorizers\[0\].type: it must be one of Node, RBAC/],
  [configuration([{ type: 'RBAC' }, { type: 'RBAC' }]), /the type RBAC stands there twice/],
  [configuration([{ type: 'RBAC', webhook }]), /authorizers\[0\].webhook: it is only for the type Webhook/],
  [configuration([{ type: 'Webhook', webhook }]), /authorizers\[0\].name: it must be a DNS subdomain/],
  [configuration([{ type: 'Webhook', name: 'w' }]), /authorizers\[0\].webhook: it is needed/],
  [withWebhook({ timeout: '31s' }), /webhook.timeout: it must be 30s at most/],
  [withWebhook({ timeout: undefined }), /webhook.timeout: it is needed/],
  [withWebhook({ authorizedTTL: 'x' }), /invalid duration "x"/],
  [withWebhook({ failurePolicy: 'Maybe' }), /webhook.failurePolicy: it must be one of NoOpinion, Deny/],
  [withWebhook({ subjectAccessReviewVersion: 'v2' }), /subjectAccessReviewVersion: it must be one of v1, v1beta1/],
  [withWebhook({ connectionInfo: { type: 'InClusterConfig' } }), /this server is not inside of the cluster/],
  [withWebhook({ connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: 'w' } }), /it must be an absolute path/],
  [withWebhook({ matchConditions: [{}] }), /matchConditions\[0\].expression: it is needed/],
]
for (const [text, message] of wrong)
  test(`parseAuthorizationConfiguration() says ${message.source}`, () => {
    assert.throws(() => parseAuthorizationConfiguration(text), message)
  })

test('parseModes() takes each once, and only those it knows', () => {
  assert.deepEqual(parseModes('Node, RBAC,Webhook'), ['Node', 'RBAC', 'Webhook'])
  assert.throws(() => parseModes('RBAC,RBAC'), /"RBAC" stands there twice/)
  assert.throws(() => parseModes('ABAC'), /"ABAC" is no mode/)
})
