// @kubernetes/client-node, the API's own client for JavaScript, does what programs do with it: typed and untyped calls,
// watches and informers, patches of every type, custom kinds, logs; where containers run also exec, attach,
// port-forward and copies. It has no leader election of its own.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { before, describe, test } from 'node:test'
import * as k8s from '@kubernetes/client-node'
import { eventually } from '../node/wait.ts'
import { clusterFor, isReal } from './cluster.ts'

const namespace = 'node'

/** What is thrown for an answer that is a Status. */
interface Refusal {
  readonly code: number
  readonly body: string | k8s.V1Status
}

async function refused(promise: Promise<unknown>, code: number, reason: string): Promise<string> {
  const error = (await promise.then(
    () => assert.fail('it was not refused'),
    (thrown) => thrown,
  )) as Refusal
  const status = (typeof error.body === 'string' ? JSON.parse(error.body) : error.body) as k8s.V1Status
  assert.deepEqual([error.code, status.reason], [code, reason], JSON.stringify(status))
  return status.message ?? ''
}

const deployment = (name: string, replicas: number): k8s.V1Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'tools:v1' }] },
    },
  },
})

const configMap = (name: string, data: Record<string, string> = {}): k8s.V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})

describe('@kubernetes/client-node', { concurrency: 1, timeout: 240_000 }, () => {
  const cluster = clusterFor('cn', { containers: true })
  const config = new k8s.KubeConfig()
  let core: k8s.CoreV1Api
  let apps: k8s.AppsV1Api
  let objects: k8s.KubernetesObjectApi

  before(async () => {
    config.loadFromFile(cluster.kubeconfig)
    core = config.makeApiClient(k8s.CoreV1Api)
    apps = config.makeApiClient(k8s.AppsV1Api)
    objects = k8s.KubernetesObjectApi.makeApiClient(config)
    await core.createNamespace({ body: { metadata: { name: namespace } } })
  })

  test('typed: create, read, replace, list, delete, and what is refused', async () => {
    const made = await core.createNamespacedConfigMap({ namespace, body: configMap('typed', { a: '1' }) })
    assert.ok(made.metadata?.creationTimestamp instanceof Date)
    await refused(core.createNamespacedConfigMap({ namespace, body: configMap('typed') }), 409, 'AlreadyExists')
    const stale = await core.readNamespacedConfigMap({ namespace, name: 'typed' })
    const changed = { ...made, data: { a: '2' } }
    await core.replaceNamespacedConfigMap({ namespace, name: 'typed', body: changed })
    await refused(core.replaceNamespacedConfigMap({ namespace, name: 'typed', body: stale }), 409, 'Conflict')
    const body = { metadata: { name: 'no' }, spec: { ports: [{ port: 0 }] } }
    assert.match(
      await refused(core.createNamespacedService({ namespace, body }), 422, 'Invalid'),
      /spec\.ports\[0\]\.port/,
    )
    const list = await core.listNamespacedConfigMap({ namespace, fieldSelector: 'metadata.name=typed' })
    assert.deepEqual(
      list.items.map((each) => each.data),
      [{ a: '2' }],
    )
    await core.deleteNamespacedConfigMap({ namespace, name: 'typed' })
    await refused(core.readNamespacedConfigMap({ namespace, name: 'typed' }), 404, 'NotFound')
  })

  test('typed: pages, and a collection that is deleted', async () => {
    for (let i = 0; i < 5; i++) {
      const body: k8s.V1ConfigMap = { metadata: { name: `page-${i}`, labels: { set: 'pages' } } }
      await core.createNamespacedConfigMap({ namespace, body })
    }
    const labelSelector = 'set=pages'
    const names: (string | undefined)[] = []
    let token: string | undefined
    do {
      const of = token === undefined ? {} : { _continue: token }
      const page = await core.listNamespacedConfigMap({ namespace, labelSelector, limit: 2, ...of })
      names.push(...page.items.map(({ metadata }) => metadata?.name))
      token = page.metadata?._continue
    } while (token)
    assert.deepEqual(names, ['page-0', 'page-1', 'page-2', 'page-3', 'page-4'])
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector })
    assert.deepEqual((await core.listNamespacedConfigMap({ namespace, labelSelector })).items, [])
  })

  test('patches of every type', async () => {
    await apps.createNamespacedDeployment({ namespace, body: deployment('patched', 0) })
    const patch = (type: k8s.PatchStrategy, body: unknown, more: { fieldManager?: string; force?: boolean } = {}) =>
      apps.patchNamespacedDeployment(
        { namespace, name: 'patched', body, ...more },
        k8s.setHeaderOptions('Content-Type', type),
      )
    const labels = { a: '1' }
    const byJson = await patch(k8s.PatchStrategy.JsonPatch, [{ op: 'add', path: '/metadata/labels', value: labels }])
    assert.deepEqual(byJson.metadata?.labels, labels)
    const merged = await patch(k8s.PatchStrategy.MergePatch, { metadata: { labels: { a: null, b: '2' } } })
    assert.deepEqual(merged.metadata?.labels, { b: '2' })
    const containers = [{ name: 'side', image: 'tools:v1' }]
    const strategic = await patch(k8s.PatchStrategy.StrategicMergePatch, {
      spec: { template: { spec: { containers } } },
    })
    assert.deepEqual(strategic.spec?.template.spec?.containers.map(({ name }) => name).sort(), ['app', 'side'])
    const wanted = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'patched', labels: { b: '3' } } }
    const ssa = k8s.PatchStrategy.ServerSideApply
    assert.match(await refused(patch(ssa, wanted, { fieldManager: 'tour' }), 409, 'Conflict'), /\.metadata\.labels\.b/)
    const applied = await patch(ssa, wanted, { fieldManager: 'tour', force: true })
    assert.equal(applied.metadata?.labels?.b, '3')
    const owner = applied.metadata?.managedFields?.find(({ manager }) => manager === 'tour')
    assert.equal(owner?.operation, 'Apply')
    const scale = await apps.patchNamespacedDeploymentScale(
      { namespace, name: 'patched', body: { spec: { replicas: 1 } } },
      k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
    )
    assert.equal(scale.spec?.replicas, 1)
    await apps.deleteNamespacedDeployment({ namespace, name: 'patched' })
  })

  test('untyped: objects of any kind, as they stand in manifests', async () => {
    const [first, second] = k8s.loadAllYaml(`
apiVersion: v1
kind: Service
metadata: { name: any, namespace: ${namespace} }
spec: { ports: [{ port: 80 }] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: tour }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]
`) as (k8s.KubernetesObject & { metadata: { name: string } })[]
    assert.ok(first && second)
    for (const each of [first, second]) {
      const made = await objects.create(each)
      assert.ok(made.metadata?.uid)
      const read = await objects.read(each)
      assert.equal(read.metadata?.uid, made.metadata.uid)
      const labelled = { ...each, metadata: { ...each.metadata, labels: { a: 'b' } } }
      const patched = await objects.patch(
        labelled,
        undefined,
        undefined,
        'tour',
        true,
        k8s.PatchStrategy.ServerSideApply,
      )
      assert.deepEqual(patched.metadata?.labels, { a: 'b' })
      const dry = await objects.delete(each, undefined, 'All')
      assert.ok(dry)
      assert.ok(await objects.read(each))
    }
    const services = await objects.list('v1', 'Service', namespace)
    assert.deepEqual(
      services.items.map(({ metadata }) => metadata?.name),
      ['any'],
    )
    for (const each of [first, second]) {
      await objects.delete(each)
      await refused(objects.read(each), 404, 'NotFound')
    }
  })

  test('a watch tells what happens, from where a list has ended', async () => {
    const { metadata } = await core.listNamespacedSecret({ namespace })
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'seen' }, stringData: { a: 'b' } } })
    await core.deleteNamespacedSecret({ namespace, name: 'seen' })
    const seen: string[] = []
    const ended = Promise.withResolvers<void>()
    const request = await new k8s.Watch(config).watch(
      `/api/v1/namespaces/${namespace}/secrets`,
      { resourceVersion: metadata?.resourceVersion ?? '', allowWatchBookmarks: true },
      (phase, object) => {
        if (phase === 'BOOKMARK') return
        seen.push(`${phase} ${object.metadata.name}`)
        if (phase === 'DELETED') ended.resolve()
      },
      (error) => (seen.includes('DELETED seen') ? undefined : ended.reject(error)),
    )
    await ended.promise
    request.abort()
    assert.deepEqual(seen, ['ADDED seen', 'DELETED seen'])
  })

  test('a watch from a revision that is unknown says so', async () => {
    const ended = Promise.withResolvers<unknown>()
    await new k8s.Watch(config).watch(
      '/api/v1/configmaps',
      { resourceVersion: 'nonsense' },
      () => assert.fail('there is nothing to tell'),
      (error) => ended.resolve(error),
    )
    assert.match(String(await ended.promise), /Bad Request|400|invalid resource version/i)
  })

  test('an informer keeps what there is', async () => {
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'informed=yes' })
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    const informer = k8s.makeInformer(config, path, list, 'informed=yes')
    const told: string[] = []
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, (object) => void told.push(`${verb} ${object.metadata?.name}`))
    const labels = { informed: 'yes' }
    const body = (name: string): k8s.V1ConfigMap => ({ metadata: { name, labels } })
    await core.createNamespacedConfigMap({ namespace, body: body('i1') })
    await informer.start()
    await core.createNamespacedConfigMap({ namespace, body: body('i2') })
    await eventually(() => assert.deepEqual(told, ['add i1', 'add i2']))
    const unlabel = [{ op: 'remove', path: '/metadata/labels' }]
    const asJson = k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.JsonPatch)
    await core.patchNamespacedConfigMap({ namespace, name: 'i1', body: unlabel }, asJson)
    const more = [{ op: 'add', path: '/data', value: { a: '1' } }]
    await core.patchNamespacedConfigMap({ namespace, name: 'i2', body: more }, asJson)
    await eventually(() => assert.deepEqual(told.slice(2), ['delete i1', 'update i2']))
    assert.deepEqual(informer.get('i2', namespace)?.data, { a: '1' })
    assert.equal(informer.list(namespace).length, 1)
    await informer.stop()
  })

  test('custom kinds, with the typed client of all of them', async () => {
    const definitions = config.makeApiClient(k8s.ApiextensionsV1Api)
    const custom = config.makeApiClient(k8s.CustomObjectsApi)
    const group = 'node.example.com'
    // In this client's types reserved words begin with an underscore.
    const sails = { type: 'integer', maximum: 9, _default: 2 }
    const name = `boats.${group}`
    await definitions.createCustomResourceDefinition({
      body: {
        metadata: { name },
        spec: {
          group,
          scope: 'Namespaced',
          names: { plural: 'boats', singular: 'boat', kind: 'Boat' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              subresources: { status: {} },
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: {
                    spec: { type: 'object', properties: { sails } },
                    status: { type: 'object', properties: { afloat: { type: 'boolean' } } },
                  },
                },
              },
            },
          ],
        },
      },
    })
    await eventually(async () => {
      const { status } = await definitions.readCustomResourceDefinition({ name })
      assert.ok(status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True'))
    })
    const place = { group, version: 'v1', namespace, plural: 'boats' }
    const boat = (boatName: string, spec: object) => ({
      apiVersion: `${group}/v1`,
      kind: 'Boat',
      metadata: { name: boatName, namespace },
      spec,
    })
    const made = await custom.createNamespacedCustomObject({ ...place, body: boat('a', {}) })
    assert.deepEqual(made.spec, { sails: 2 })
    const tooMany = custom.createNamespacedCustomObject({ ...place, body: boat('b', { sails: 10 }) })
    assert.match(await refused(tooMany, 422, 'Invalid'), /should be less than or equal to 9/)
    const asMerge = k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch)
    const body = { spec: { sails: 3 } }
    const patched = await custom.patchNamespacedCustomObject({ ...place, name: 'a', body }, asMerge)
    assert.equal(patched.spec.sails, 3)
    const status = { status: { afloat: true } }
    const floated = await custom.patchNamespacedCustomObjectStatus({ ...place, name: 'a', body: status }, asMerge)
    assert.deepEqual([floated.status, floated.metadata.generation], [{ afloat: true }, 2])
    const applied = await objects.patch(
      boat('a', { sails: 4 }),
      undefined,
      undefined,
      'tour',
      true,
      k8s.PatchStrategy.ServerSideApply,
    )
    assert.deepEqual((applied as unknown as { spec: object }).spec, { sails: 4 })
    await custom.deleteNamespacedCustomObject({ ...place, name: 'a' })
    await definitions.deleteCustomResourceDefinition({ name })
  })

  test('who may do what: a token, and what it may', async () => {
    const rbac = config.makeApiClient(k8s.RbacAuthorizationV1Api)
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } })
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]
    await rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'reader' }, rules } })
    await rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
      },
    })
    const request = { namespace, name: 'reader', body: { spec: { audiences: [] } } }
    const { status } = await core.createNamespacedServiceAccountToken(request)
    const own = new k8s.KubeConfig()
    const here = config.getCurrentCluster()
    assert.ok(here && status)
    own.loadFromClusterAndUser(here, { name: 'reader', token: status.token } as k8s.User)
    const reader = own.makeApiClient(k8s.CoreV1Api)
    await reader.listNamespacedConfigMap({ namespace })
    const told = await refused(reader.listNamespacedSecret({ namespace }), 403, 'Forbidden')
    assert.match(told, /User "system:serviceaccount:node:reader" cannot list resource "secrets"/)
  })

  test('a deployment comes up, and its pods are found', async () => {
    await apps.createNamespacedDeployment({ namespace, body: deployment('web', 2) })
    await eventually(async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace, name: 'web' })
      assert.equal(status?.readyReplicas, 2)
    }, 60_000)
    const nodes = await k8s.topNodes(core)
    assert.ok(nodes.every(({ CPU }) => Number(CPU.Capacity) > 0))
    assert.ok(await new k8s.Health(config).readyz({}))
    assert.equal((await config.makeApiClient(k8s.VersionApi).getCode()).major, '1')
    await apps.deleteNamespacedDeployment({ namespace, name: 'web' })
  })

  describe('a container', { concurrency: 1 }, () => {
    const command = [
      'sh',
      '-c',
      'for i in one two three; do echo $i; done; trap "exit 0" TERM; while :; do sleep 1; done',
    ]
    const pod: k8s.V1Pod = {
      metadata: { name: 'talks', annotations: { 'pinnace.dev/simulate': '{"*": {"log": ["one", "two", "three"]}}' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'tools:v1', command }] },
    }
    const skip = !isReal && 'no containers run here'
    const exec = (words: string[], stdin: Readable | null = null, tty = false) => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const status = Promise.withResolvers<k8s.V1Status>()
      const socket = new k8s.Exec(config).exec(
        namespace,
        'talks',
        'app',
        words,
        stdout,
        tty ? null : stderr,
        stdin,
        tty,
        status.resolve,
      )
      socket.catch(status.reject)
      return { stdout, stderr, status: status.promise, socket }
    }

    before(async () => {
      await core.createNamespacedPod({ namespace, body: pod })
      await eventually(async () => {
        const { status } = await core.readNamespacedPod({ namespace, name: 'talks' })
        assert.equal(status?.phase, 'Running')
      }, 60_000)
    })

    const followed = new PassThrough()

    test('logs: read, and followed', async () => {
      const read = () => core.readNamespacedPodLog({ namespace, name: 'talks' })
      await eventually(async () => assert.equal(await read(), 'one\ntwo\nthree\n'))
      await new k8s.Log(config).log(namespace, 'talks', 'app', followed, { follow: true, tailLines: 2 })
      let said = ''
      followed.on('data', (chunk) => (said += chunk))
      await eventually(() => assert.equal(said, 'two\nthree\n'))
    })

    test('exec: what it prints, how it exits', { skip }, async () => {
      const { stdout, stderr, status, socket } = exec(['sh', '-c', 'echo out; echo err >&2; exit 7'])
      const answer = await status
      ;(await socket).close()
      assert.equal(stdout.read()?.toString(), 'out\n')
      assert.equal(stderr.read()?.toString(), 'err\n')
      assert.deepEqual([answer.status, answer.reason], ['Failure', 'NonZeroExitCode'])
      assert.deepEqual(answer.details?.causes, [{ reason: 'ExitCode', message: '7' }])
    })

    test('exec: input, and a terminal', { skip }, async () => {
      const input = new PassThrough()
      const shell = exec(['sh'], input, true)
      let said = ''
      shell.stdout.on('data', (chunk) => (said += chunk))
      await shell.socket
      input.write('tty; echo $((6 * 7)); exit 3\n')
      const answer = await shell.status
      assert.match(said, /\/dev\/pts\/\d+\r\n42\r\n/)
      assert.equal(answer.details?.causes?.[0]?.message, '3')
    })

    test('copies to the container and back', { skip }, async () => {
      const [from, to] = ['from', 'to'].map((name) => join(cluster.dir, name)) as [string, string]
      for (const dir of [from, to]) mkdirSync(dir)
      writeFileSync(join(from, 'note'), 'x'.repeat(100_000))
      const cp = new k8s.Cp(config)
      await cp.cpToPod(namespace, 'talks', 'app', from, '/tmp')
      await eventually(async () => {
        const { stdout, status } = exec(['sh', '-c', 'wc -c </tmp/note'])
        await status
        assert.equal(String(stdout.read()).trim(), '100000')
      })
      await cp.cpFromPod(namespace, 'talks', 'app', 'note', to, '/tmp')
      await eventually(() => assert.equal(readFileSync(join(to, 'note'), 'utf8'), 'x'.repeat(100_000)))
    })

    test('port-forward to what listens in it', { skip }, async () => {
      const serve = 'mkdir -p /tmp/www; echo hello >/tmp/www/index.html; httpd -p 8000 -h /tmp/www'
      await exec(['sh', '-c', serve]).status
      const [output, errors] = [new PassThrough(), new PassThrough()]
      // The end of the input would end the connection.
      const input = new PassThrough()
      const socket = await new k8s.PortForward(config).portForward(namespace, 'talks', [8000], output, errors, input)
      assert.ok(typeof socket !== 'function')
      let said = ''
      output.on('data', (chunk) => (said += chunk))
      input.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      await eventually(() => assert.match(said, /^HTTP\/1\.1 200 OK[\s\S]*hello\n$/))
      socket.close()
    })

    test('attach sees what it prints from now on', { skip }, async () => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const socket = await new k8s.Attach(config).attach(namespace, 'talks', 'app', stdout, stderr, null, false)
      let said = ''
      stdout.on('data', (chunk) => (said += chunk))
      await exec(['sh', '-c', 'echo attached >/proc/1/fd/1']).status
      await eventually(() => assert.match(said, /attached/))
      socket.close()
    })

    test('a log that is followed ends with the container', async () => {
      const ended = once(followed, 'end')
      await core.deleteNamespacedPod({ namespace, name: 'talks' })
      await ended
    })
  })

  test('it all goes with its namespace', async () => {
    await core.deleteNamespace({ name: namespace })
    await eventually(() => refused(core.readNamespace({ name: namespace }), 404, 'NotFound'), 60_000)
  })
})
