// kubectl, old and new, with every kind that is served: listed, explained to the last field, printed in every form;
// and what needs nodes that run pods. What people type all day is in ../kubectl.test.ts and ../node/kubectl-tour.ts.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { run } from '#lib/exec.ts'
import { eventually } from '../node/wait.ts'
import { clusterFor, missing, programAt } from './cluster.ts'

const wanted = ['1.27', '1.30', '1.33']

/** Some of what is done here, kubectl has learned by 1.27. */
async function tooOld(): Promise<string | false> {
  const { stdout } = await run(programAt('kubectl') as string, ['version', '--client', '-o', 'json'])
  const { minor, gitVersion } = JSON.parse(stdout).clientVersion
  return Number.parseInt(minor, 10) < 27 && `kubectl ${gitVersion} is older than 1.27`
}

const skip = missing('kubectl') || (await tooOld())

const manifest = (...items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })

const web = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image }] } },
  },
})

const role = (namespace: string, ...verbs: readonly string[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'reader', namespace },
  rules: [{ apiGroups: [''], resources: ['configmaps'], verbs }],
})

describe('kubectl and all kinds', { skip, concurrency: 1, timeout: 480_000 }, () => {
  if (skip) return
  const cluster = clusterFor('kc')
  const found = cluster.kubectls()
  const beside = wanted.filter((version) => found.has(version))

  for (const version of beside.length > 0 ? beside : ['']) {
    describe(`kubectl ${version || 'of the PATH'}`, { concurrency: 1 }, () => {
      const namespace = `tour-${version.replace('.', '-') || 'path'}`
      const home = join(cluster.dir, namespace)
      const file = (name: string) => join(home, name)
      const env = { HOME: home }
      const everywhere = (...args: readonly string[]) => cluster.kubectl(args, { version, env })
      const kubectl = (...args: readonly string[]) => everywhere('-n', namespace, ...args)
      const attempt = (...args: readonly string[]) => cluster.tryKubectl(['-n', namespace, ...args], { version, env })
      const lines = (text: string) => text.trim().split('\n')
      const apply = (...items: readonly object[]) =>
        cluster.kubectl(['-n', namespace, 'apply', '-f', '-'], { version, env, input: manifest(...items) })

      interface Resource {
        readonly name: string
        readonly group: string
        readonly version: string
      }

      /** As `api-resources` lists them: NAME, SHORTNAMES if any, APIVERSION, NAMESPACED, KIND. */
      async function resources(...args: readonly string[]): Promise<readonly Resource[]> {
        return lines(await kubectl('api-resources', '--no-headers', ...args)).map((line) => {
          const words = line.split(/\s+/)
          const [group, served] = (words.at(-3) ?? '').split('/') as [string, string?]
          return { name: words[0] ?? '', group: served ? group : '', version: served ?? group }
        })
      }

      before(async () => {
        mkdirSync(home, { recursive: true })
        await everywhere('create', 'namespace', namespace)
        await apply(web('web:1'))
        await kubectl('rollout', 'status', 'deploy/web', '--timeout=60s')
      })

      test('api-versions and api-resources tell the same, and what upstream serves', async () => {
        const versions = new Set(lines(await kubectl('api-versions')))
        const served = await resources()
        for (const { group, version: of } of served) assert.ok(versions.has(group ? `${group}/${of}` : of), group)
        for (const expected of ['v1', 'apps/v1', 'batch/v1', 'networking.k8s.io/v1', 'autoscaling/v2', 'policy/v1'])
          assert.ok(versions.has(expected), expected)
        assert.ok(served.length >= 60, `${served.length} resources`)
      })

      test('explain --recursive explains every kind', async () => {
        const all = await resources()
        const one = async ({ name, group, version: of }: Resource) => {
          const said = await kubectl('explain', name, '--recursive', `--api-version=${group ? `${group}/${of}` : of}`)
          assert.match(said, /^VERSION: +\S+$/m, name)
          assert.match(said, /^DESCRIPTION:\n +\S/m, name)
          assert.match(said, /^ +kind\s<string>/m, name)
          assert.doesNotMatch(said, /<no description>|<empty>/, name)
        }
        // Two at a time: this is most of what this file does.
        for (let i = 0; i < all.length; i += 2) await Promise.all(all.slice(i, i + 2).map(one))
      })

      test('get -A shows every kind, in every form', async () => {
        const listed = await resources('--verbs=list')
        const names = listed.map(({ name, group, version: of }) => (group ? `${name}.${of}.${group}` : name)).join()
        for (const form of ['', 'wide', 'json', 'yaml', 'name']) {
          const said = await everywhere('get', names, '-A', ...(form ? ['-o', form] : []))
          assert.match(said, form === 'name' ? /^deployment\.apps\/web$/m : /deployment/i, form)
        }
        const { items } = JSON.parse(await everywhere('get', names, '-A', '-o', 'json'))
        const seen = new Set(items.map(({ kind }: { kind: string }) => kind))
        for (const kind of [
          'Node',
          'Pod',
          'Deployment',
          'ReplicaSet',
          'ClusterRole',
          'Lease',
          'FlowSchema',
          'APIService',
        ])
          assert.ok(seen.has(kind), kind)
      })

      test('get prints what it is asked for: paths, templates and columns, also from files', async () => {
        const get = (form: string) => kubectl('get', 'deploy', 'web', '-o', form)
        writeFileSync(file('path'), '{.spec.replicas}')
        writeFileSync(file('template'), '{{.metadata.name}}')
        writeFileSync(file('columns'), 'NAME REPLICAS\nmetadata.name spec.replicas\n')
        assert.equal(await get(`jsonpath-file=${file('path')}`), '2')
        assert.equal(await get(`go-template-file=${file('template')}`), 'web')
        assert.match(await get(`custom-columns-file=${file('columns')}`), /^NAME +REPLICAS\nweb +2\n$/)
        assert.equal(await get('jsonpath-as-json={.metadata.name}'), '[\n    "web"\n]\n')
        assert.match(
          await kubectl('get', 'pods', '--show-labels', '--show-kind', '-o', 'wide'),
          /^pod\/web-.* Running .*app=web/m,
        )
        assert.match(await kubectl('get', 'pods', '--sort-by=.metadata.creationTimestamp', '--no-headers'), /^web-/)
        assert.match(await everywhere('get', 'nodes', '-o', 'wide'), / Ready .* v1\.\d+/)
      })

      test('describe has something to say of every kind of what is there', async () => {
        assert.match(await everywhere('describe', 'nodes'), /^Allocatable:$/m)
        assert.match(await kubectl('describe', 'deploy,rs,pods'), /^Status: +Running$/m)
        assert.match(await everywhere('describe', 'clusterrole', 'view'), /configmaps/)
        assert.match(await everywhere('describe', 'flowschemas,priorityclasses'), /system-node-critical/)
      })

      test('auth: who am I, what may I, and rules that are brought about', async () => {
        const me = await attempt('auth', 'whoami')
        // 1.27 asks for a version that is no longer served, as of any newer server.
        if (version === '1.27') assert.match(me.stdout + me.stderr, /Username|not enabled in the cluster/)
        else assert.match(me.stdout, /^Username +\S+/m)
        assert.equal((await kubectl('auth', 'can-i', 'create', 'pods/exec')).trim(), 'yes')
        assert.match(await kubectl('auth', 'can-i', '--list'), /^\*\.\* +\[\] +\[\] +\[\*\]$/m)
        const binding = {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'reader', namespace },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
          subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
        }
        writeFileSync(file('roles.json'), manifest(role(namespace, 'get'), binding))
        const first = await kubectl('auth', 'reconcile', '-f', file('roles.json'))
        assert.match(first, /role\.rbac\.authorization\.k8s\.io\/reader reconciled/)
        writeFileSync(file('more.json'), manifest(role(namespace, 'list')))
        await kubectl('auth', 'reconcile', '-f', file('more.json'))
        const as = `--as=system:serviceaccount:${namespace}:default`
        for (const verb of ['get', 'list']) assert.equal((await kubectl('auth', 'can-i', verb, 'cm', as)).trim(), 'yes')
        const no = await attempt('auth', 'can-i', 'delete', 'cm', as)
        assert.deepEqual([no.code, no.stdout.trim()], [1, 'no'])
        assert.match((await attempt('delete', 'cm', '--all', as)).stderr, /Forbidden/)
      })

      test('create knows how to make what it knows', async () => {
        for (const command of [
          'quota q --hard=pods=50',
          'role r --verb=get --resource=pods',
          'rolebinding r --role=r --user=anna',
          'ingress i --rule=a.example.com/*=web:80',
          'job j --image=job:1',
          'cronjob c --image=job:1 --schedule=*/5****',
          'poddisruptionbudget p --selector=app=web --min-available=1',
          'serviceaccount s',
          'service loadbalancer l --tcp=80:8000',
        ]) {
          const words = command.replace('*/5****', '*/5 * * * *').split(/ (?!\*)/)
          assert.match(await kubectl('create', ...words), / created$/m, command)
        }
        assert.match(await kubectl('describe', 'quota', 'q'), /^pods +\d+ +50$/m)
        assert.match(await kubectl('get', 'ingress', 'i'), /^i +<none> +a\.example\.com +80 /m)
        assert.equal((await kubectl('create', 'token', 's')).trim().split('.').length, 3)
      })

      test('a rollout is followed, its history read, and it is undone', async () => {
        await kubectl('set', 'image', 'deploy/web', 'app=web:2')
        assert.match(await kubectl('rollout', 'status', 'deploy/web', '--timeout=60s'), /successfully rolled out/)
        assert.match(await kubectl('rollout', 'history', 'deploy/web'), /^2 +/m)
        await kubectl('rollout', 'undo', 'deploy/web')
        await kubectl('rollout', 'status', 'deploy/web', '--timeout=60s')
        assert.equal(await kubectl('get', 'deploy', 'web', '-o', 'jsonpath={..image}'), 'web:1')
        await kubectl('scale', 'deploy/web', '--replicas=3')
        await kubectl('wait', 'deploy/web', '--for=jsonpath={.status.readyReplicas}=3', '--timeout=60s')
        assert.match(await kubectl('events', '--for=deploy/web'), /ScalingReplicaSet/)
        assert.match(await kubectl('events', '--types=Normal', '-o', 'json'), /"reason": "Scheduled"/)
      })

      test('diff and apply, by the client and by the server', async () => {
        writeFileSync(file('web.json'), manifest(web('web:3')))
        const diff = await attempt('diff', '-f', file('web.json'))
        assert.equal(diff.code, 1, diff.stderr)
        assert.match(diff.stdout, /^\+ +- image: web:3$|^\+ +image: web:3$/m)
        assert.equal((await attempt('diff', '--server-side', '--force-conflicts', '-f', file('web.json'))).code, 1)
        await kubectl('apply', '--server-side', '--force-conflicts', '-f', file('web.json'))
        await kubectl('rollout', 'status', 'deploy/web', '--timeout=60s')
        // What a controller writes between kubectl's two looks would show, too.
        await eventually(async () => {
          const none = await attempt('diff', '--server-side', '--force-conflicts', '-f', file('web.json'))
          assert.equal(none.code, 0, none.stdout + none.stderr)
        })
      })

      test('patches of every type, also of a status', async () => {
        const get = (path: string) => kubectl('get', 'deploy', 'web', '-o', `jsonpath=${path}`)
        await kubectl('patch', 'deploy', 'web', '--type=strategic', '-p', '{"metadata":{"labels":{"a":"1"}}}')
        await kubectl('patch', 'deploy', 'web', '--type=merge', '-p', '{"metadata":{"labels":{"a":null,"b":"2"}}}')
        await kubectl(
          'patch',
          'deploy',
          'web',
          '--type=json',
          '-p',
          '[{"op":"move","from":"/metadata/labels/b","path":"/metadata/labels/c"}]',
        )
        assert.equal(await get('{.metadata.labels}'), '{"c":"2"}')
        const condition = { type: 'Tour', status: 'True', lastTransitionTime: '2030-01-01T00:00:00Z' }
        const status = JSON.stringify({ status: { conditions: [condition] } })
        const [pod = ''] = lines(await kubectl('get', 'pods', '-o', 'name'))
        await kubectl('patch', pod, '--subresource=status', '-p', status)
        await kubectl('wait', pod, '--for=condition=Tour', '--timeout=30s')
        await kubectl('annotate', pod, 'note=here')
        await kubectl('label', pod, 'seen=yes')
        assert.match(await kubectl('get', 'pods', '-l', 'seen=yes', '-o', 'jsonpath={..annotations.note}'), /here/)
      })

      test('a kind of our own is explained, printed and edited like the others', async () => {
        const group = `${namespace}.example.com`
        const schema = {
          type: 'object',
          description: 'A boat.',
          properties: {
            spec: { type: 'object', properties: { sails: { type: 'integer', description: 'How many.' } } },
          },
        }
        await apply({
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: `boats.${group}` },
          spec: {
            group,
            scope: 'Namespaced',
            names: { plural: 'boats', singular: 'boat', kind: 'Boat', categories: ['all'] },
            versions: [
              {
                name: 'v1',
                served: true,
                storage: true,
                schema: { openAPIV3Schema: schema },
                additionalPrinterColumns: [{ name: 'Sails', type: 'integer', jsonPath: '.spec.sails' }],
              },
            ],
          },
        })
        await kubectl('wait', '--for=condition=Established', `crd/boats.${group}`, '--timeout=30s')
        await apply({ apiVersion: `${group}/v1`, kind: 'Boat', metadata: { name: 'b' }, spec: { sails: 3 } })
        const explained = await kubectl('explain', 'boats.spec', `--api-version=${group}/v1`, '--recursive')
        assert.match(explained, /sails\s<integer>/)
        assert.match(await kubectl('get', `boats.${group}`), /^NAME +SAILS\nb +3\n$/)
        assert.match(await kubectl('get', 'all'), new RegExp(`^boat\\.${group}/b `, 'm'))
        writeFileSync(file('editor'), '#!/bin/sh\nsed -i "s/sails: 3/sails: 4/" "$1"\n', { mode: 0o755 })
        const edit = ['-n', namespace, 'edit', `boats.${group}`, 'b']
        await cluster.kubectl(edit, { version, env: { ...env, KUBE_EDITOR: file('editor') } })
        assert.equal(await kubectl('get', `boats.${group}`, 'b', '-o', 'jsonpath={.spec.sails}'), '4')
        await kubectl('delete', 'crd', `boats.${group}`)
      })

      test('what is there ends with its namespace', async () => {
        await everywhere('delete', 'namespace', namespace, '--timeout=60s')
        assert.match((await attempt('get', 'pods')).stderr, /No resources found/)
      })
    })
  }
})
