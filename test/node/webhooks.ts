// What the server asks of pods: webhooks and extension API servers that run inside the cluster, behind Services.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { realClock } from '#lib/clock.ts'
import { createAuthority, issue } from '#lib/pki.ts'
import type { Namespace, TestCluster } from './cluster.ts'
import { configMap, pod, tools } from './pods.ts'
import { eventually } from './wait.ts'

export const webhooks = (cluster: TestCluster) =>
  describe('what runs in pods and is asked by the server', () => {
    let ns: Namespace
    let caBundle = ''

    before(async () => {
      ns = await cluster.namespace('webhooks')
      const nowMs = realClock.now()
      const authority = await createAuthority('webhooks', nowMs)
      const serving = await issue(authority, {
        commonName: 'hook',
        dnsNames: [`hook.${ns.name}.svc`],
        usages: ['server'],
        nowMs,
        lifetimeMs: 3_600_000,
      })
      caBundle = Buffer.from(authority.certPem).toString('base64')
      const clientAuthorities = await cluster.kubectl([
        ...['get', 'configmap', 'extension-apiserver-authentication', '-n', 'kube-system'],
        ...['-o', 'jsonpath={.data.requestheader-client-ca-file}'],
      ])
      // The box of tools has no runtime for TypeScript, so that the machine's is used, which the node can see.
      const command = [
        'busybox',
        'chroot',
        '/machine',
        process.execPath,
        fileURLToPath(new URL('webhook-server.ts', import.meta.url)),
      ]
      const env = [
        { name: 'TLS_CERT', value: serving.certPem },
        { name: 'TLS_KEY', value: serving.keyPem },
        { name: 'FRONT_PROXY_CA', value: clientAuthorities },
      ]
      const readinessProbe = { tcpSocket: { port: 8443 }, periodSeconds: 1 }
      const volumeMounts = [{ name: 'machine', mountPath: '/machine', readOnly: true }]
      const main = tools('main', { command, env, volumeMounts, readinessProbe })
      const volumes = [{ name: 'machine', hostPath: { path: '/' } }]
      await ns.apply(pod('hook', [main], { volumes }, { labels: { app: 'hook' } }), {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'hook' },
        spec: { selector: { app: 'hook' }, ports: [{ port: 443, targetPort: 8443 }] },
      })
      await ns.ready('pod/hook')
    })

    test('a webhook behind a Service refuses what it does not want', async () => {
      const configuration = `refuse-${ns.name}`
      await ns.apply({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: configuration },
        webhooks: [
          {
            name: 'refuse.example.com',
            clientConfig: { service: { namespace: ns.name, name: 'hook', path: '/validate' }, caBundle },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns.name } },
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
          },
        ],
      })
      const welcome = configMap('welcome', {})
      const refused = { ...welcome, metadata: { name: 'refused', annotations: { refuse: 'not today' } } }
      await eventually(() => ns.apply(welcome))
      await assert.rejects(ns.apply(refused), /admission webhook "refuse\.example\.com" denied the request: not today/)
      await cluster.kubectl(['delete', 'validatingwebhookconfiguration', configuration])
      await ns.apply(refused)
    })

    test('custom objects are converted by a webhook behind a Service', async () => {
      const versions = ['v1', 'v2'].map((name) => ({
        name,
        served: true,
        storage: name === 'v1',
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      }))
      const service = { namespace: ns.name, name: 'hook', path: '/convert' }
      await ns.apply({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'turns.inside.example.com' },
        spec: {
          group: 'inside.example.com',
          names: { plural: 'turns', singular: 'turn', kind: 'Turn', listKind: 'TurnList' },
          scope: 'Namespaced',
          versions,
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { service, caBundle }, conversionReviewVersions: ['v1'] },
          },
        },
      })
      await cluster.kubectl(['wait', '--for=condition=Established', 'crd/turns.inside.example.com', '--timeout=30s'])
      await ns.apply({ apiVersion: 'inside.example.com/v1', kind: 'Turn', metadata: { name: 'one' }, side: 'left' })
      const read = JSON.parse(await ns.kubectl('get', 'turns.v2.inside.example.com', 'one', '-o', 'json'))
      assert.deepEqual([read.apiVersion, read.side], ['inside.example.com/v2', 'left'])
      await cluster.kubectl(['delete', 'crd', 'turns.inside.example.com'])
    })

    test('an extension API server behind a Service learns from the front proxy who asks', async () => {
      await ns.apply({
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.pods.example.com' },
        spec: {
          group: 'pods.example.com',
          version: 'v1',
          groupPriorityMinimum: 1000,
          versionPriority: 10,
          service: { namespace: ns.name, name: 'hook' },
          caBundle,
        },
      })
      await cluster.kubectl(['wait', '--for=condition=Available', 'apiservice/v1.pods.example.com', '--timeout=30s'])
      const guests = JSON.parse(await cluster.kubectl(['get', '--raw', '/apis/pods.example.com/v1/guests']))
      assert.equal(
        guests.items[0].metadata.name,
        await cluster.kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']),
      )
      assert.match(guests.items[0].metadata.annotations.proxy, /front-proxy/)
      await cluster.kubectl(['delete', 'apiservice', 'v1.pods.example.com'])
    })
  })
