// Real kubectl, old and new, against the server's own process: what people type, what it prints, how it exits.
// PINNACE_KUBECTLS names the programs, separated by colons; else it is the `kubectl` of the PATH, and of the
// versions that stand beside it an old one, one from the middle and a new one. Without any this is skipped.

import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { follow, freePort } from '#lib/testing.ts'

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function kubectls(): readonly string[] {
  const named = process.env.PINNACE_KUBECTLS?.split(delimiter).filter((path) => path !== '')
  if (named) return named
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, 'kubectl'))
    .find(isProgram)
  if (!found) return []
  const beside = ['1.27', '1.30', '1.33'].map((version) => join(dirname(realpathSync(found)), `kubectl.${version}`))
  const versions = beside.filter(isProgram)
  return versions.length > 0 ? versions : [found]
}

const programs = kubectls()

/** Of one call; a cluster that hangs must not hang the tests. */
const callTimeoutMs = 30_000

interface Server {
  readonly kubeconfig: string
  readonly process: ChildProcess
}

async function startServer(dir: string): Promise<Server> {
  const main = join(import.meta.dirname, '../src/main.ts')
  const listen = `127.0.0.1:${await freePort()}`
  const args = [main, 'server', '--data-dir', join(dir, 'server'), '--listen', listen, '--store', 'memory']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  await follow(child, 'The server').ready
  return { kubeconfig: join(dir, 'server/admin.kubeconfig'), process: child }
}

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

type Kubectl = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ran>

const manifest = (...objects: readonly object[]): string =>
  JSON.stringify(objects.length === 1 ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects })

const container = { name: 'web', image: 'example.com/web:1', ports: [{ containerPort: 8000 }] }
const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
  },
})
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8000 }] },
}
const configMap = (name: string, data: object = { a: '1' }, labels?: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(labels ? { labels } : {}) },
  data,
})

/** A custom kind in a group of its own, so that every kubectl has its own. */
const cronTabs = (group: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `crontabs.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [{ name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A tab.',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                properties: {
                  cronSpec: { type: 'string', description: 'When it runs.' },
                  replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
                },
              },
              status: { type: 'object', properties: { replicas: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
})
const cronTab = (group: string, spec: object) => ({
  apiVersion: `${group}/v1`,
  kind: 'CronTab',
  metadata: { name: 'my' },
  spec,
})

interface Expected {
  readonly code?: number
  readonly out?: string | RegExp | readonly RegExp[]
  readonly err?: string | RegExp
  readonly env?: Readonly<Record<string, string>>
}

function check(ran: Ran, { code = 0, out, err }: Expected): void {
  const told = `exit ${ran.code}\n${ran.out}\n${ran.err}`
  assert.equal(ran.code, code, told)
  if (typeof out === 'string') assert.equal(ran.out.trim(), out)
  else if (out !== undefined) for (const regex of out instanceof RegExp ? [out] : out) assert.match(ran.out, regex)
  if (typeof err === 'string') assert.equal(ran.err.trim(), err)
  else if (err !== undefined) assert.match(ran.err, err)
}

const skip = programs.length === 0 && 'no kubectl is installed'

/** Of all calls of one program together. */
const timeout = 300_000

describe('real kubectl', { skip, concurrency: true, timeout }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'pinnace-kubectl-'))
  let server: Server

  before(async () => {
    server = await startServer(dir)
  })
  after(async () => {
    const survived = server?.process.exitCode === null
    if (survived) {
      server.process.kill('SIGTERM')
      await once(server.process, 'exit')
    }
    rmSync(dir, { recursive: true, force: true })
    assert.ok(survived, 'the server has ended by itself')
  })

  for (const program of programs) {
    describe(basename(program), { concurrency: 1, timeout }, () => {
      const id = basename(program).replace(/[^a-z0-9]+/g, '-')
      const node = `node-${id}`
      const group = `${id}.example.com`
      const custom = `crontab.${group}/my`
      const home = join(dir, id)
      const file = (name: string) => join(home, name)
      const write = (name: string, text: string, mode = 0o600) => writeFileSync(file(name), text, { mode })

      const environment = () => ({ PATH: process.env.PATH ?? '', HOME: home, KUBECONFIG: file('kubeconfig') })
      const whole = (args: readonly string[]) => [`--cache-dir=${file('cache')}`, ...args]

      const kubectl: Kubectl = (args, env = {}) =>
        new Promise((resolve, reject) => {
          const options = { timeout: callTimeoutMs, env: { ...environment(), ...env }, maxBuffer: 64 << 20 }
          execFile(program, whole(args), options, (error, out, err) => {
            const killed = error?.killed === true
            if (killed) reject(new Error(`kubectl ${args.join(' ')} took too long\n${out}\n${err}`))
            else resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err })
          })
        })

      /** A test that is one call. */
      const step = (command: string, expected: Expected = {}, ...last: readonly string[]) =>
        test(`kubectl ${command}${last.length > 0 ? ` ${last.join(' ')}` : ''}`, async () => {
          const words = command.split(' ').map((word) => word.replace('@', `${home}/`))
          check(await kubectl([...words, ...last], expected.env), expected)
        })

      /** As a kubelet would report it: there is none here. */
      async function makeReady(pod: string): Promise<void> {
        const now = '2030-01-01T00:00:00Z'
        const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }] }
        check(await kubectl(['patch', pod, '--subresource=status', '-p', JSON.stringify({ status })]), {})
      }

      /** Lines of a kubectl that goes on until it is told to end. */
      function follow(...args: readonly string[]) {
        const child = spawn(program, whole(args), { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] })
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
        const tooLong = AbortSignal.timeout(callTimeoutMs)
        tooLong.addEventListener('abort', () => child.kill('SIGKILL'))
        return {
          next: async () => (await lines.next()).value as string | undefined,
          stop: async () => {
            child.kill('SIGTERM')
            if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
          },
        }
      }

      before(async () => {
        mkdirSync(home, { recursive: true })
        write('kubeconfig', readFileSync(server.kubeconfig, 'utf8'))
        write('all.yaml', manifest(deployment(2), service))
        write('seven.yaml', manifest(deployment(7)))
        write('two.yaml', manifest(deployment(2)))
        write('first.yaml', manifest(configMap('shared')))
        write('second.yaml', manifest(configMap('shared', { a: '2' })))
        write(
          'both.yaml',
          manifest(configMap('p1', { a: '1' }, { set: 'x' }), configMap('p2', { a: '1' }, { set: 'x' })),
        )
        write('one.yaml', manifest(configMap('p1', { a: '1' }, { set: 'x' })))
        write('node.yaml', manifest({ apiVersion: 'v1', kind: 'Node', metadata: { name: node } }))
        write('wrong.yaml', manifest({ ...configMap('wrong'), nonsense: 1 }))
        write('broken.yaml', 'kind: ConfigMap\n  name: [\n')
        write(
          'mismatch.yaml',
          manifest({
            ...deployment(1),
            metadata: { name: 'no' },
            spec: { ...deployment(1).spec, selector: { matchLabels: { app: 'other' } } },
          }),
        )
        write('editor', '#!/bin/sh\nsed -i "s/replicas: 3/replicas: 4/" "$1"\n', 0o700)
        write('definition.yaml', manifest(cronTabs(group)))
        write('custom.yaml', manifest(cronTab(group, { cronSpec: '* * * * *' })))
        write('custom-wrong.yaml', manifest(cronTab(group, { cronSpec: 5, replicas: 11 })))
        write('custom-unknown.yaml', manifest(cronTab(group, { nonsense: 1 })))
        write('large', 'x'.repeat(10 << 20))
        write('idle', '#!/bin/sh\ntrue\n', 0o700)
        check(await kubectl(['create', 'namespace', id]), { out: `namespace/${id} created` })
        check(await kubectl(['config', 'set-context', '--current', `--namespace=${id}`]), {})
        // The controller makes it a moment later.
        for (let i = 0; i < 100; i++) if ((await kubectl(['get', 'sa', 'default'])).code === 0) return
        assert.fail('no service account was made in the new namespace')
      })

      step('version -o json', { out: /"serverVersion": \{[^}]*"gitVersion": "v1\.\d+/ })
      step('cluster-info', { out: /control plane.* is running at .*https:\/\/127\.0\.0\.1:/ })
      step('config current-context', { out: /./ })
      step('config view --minify', { out: new RegExp(`namespace: ${id}`) })
      step('api-versions', { out: [/^apps\/v1$/m, /^v1$/m, /^policy\/v1$/m] })
      step('api-resources', {
        out: [
          /^pods +po +v1 +true +Pod$/m,
          /^deployments +deploy +apps\/v1 +true +Deployment$/m,
          /^nodes +no +v1 +false +Node$/m,
        ],
      })
      step('api-resources --api-group=apps -o name', { out: /^deployments\.apps$/m })
      step('api-resources --verbs=list,create --namespaced=false -o wide', {
        out: /^namespaces +ns +v1 +false +Namespace +create,delete,/m,
      })
      step('explain deployment.spec.strategy', {
        out: [/^FIELD: +strategy <DeploymentStrategy>/m, /rollingUpdate\s<RollingUpdateDeployment>/],
      })
      step('explain pod --recursive', {
        out: [/^ +containers\s<\[\]Container> -required-/m, /^ +terminationGracePeriodSeconds\s<integer>/m],
      })
      step('explain pods.spec.containers.resources.limits', { out: /map\[string\]/ })
      step('explain nonsense', {
        code: 1,
        err: /doesn't have a resource type "nonsense"|the server could not find the requested resource/,
      })
      step('get --raw /healthz', { out: 'ok' })
      step('get --raw /readyz?verbose', { out: /readyz check passed/ })
      step('get --raw /version', { out: /"major": ?"1"/ })
      step('get --raw /nonsense', {
        code: 1,
        err: 'Error from server (NotFound): the server could not find the requested resource',
      })
      step('get --raw /api/v1/nonsense', {
        code: 1,
        err: 'Error from server (NotFound): the server could not find the requested resource',
      })
      step('get nonsense', { code: 1, err: 'error: the server doesn\'t have a resource type "nonsense"' })
      step('top --help', { out: /resource/ })

      step('apply --dry-run=client -f @all.yaml', { out: /deployment.apps\/web created \(dry run\)/ })
      step('apply --dry-run=server -f @all.yaml', { out: /deployment.apps\/web created \(server dry run\)/ })
      step('get deployments', { err: `No resources found in ${id} namespace.` })
      step('apply -f @all.yaml', { out: 'deployment.apps/web created\nservice/web created' })
      step('apply -f @all.yaml', { out: 'deployment.apps/web unchanged\nservice/web unchanged' })
      step('get deploy,svc', {
        out: [/^deployment.apps\/web +0\/2 /m, /^service\/web +ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP/m],
      })
      step('get deploy web -o wide', { out: /^web +0\/2 .* web +example.com\/web:1 +app=web$/m })
      step('get deploy web -o yaml', {
        out: [/^apiVersion: apps\/v1$/m, /^ {2}replicas: 2$/m, /progressDeadlineSeconds: 600/],
      })
      step('get deploy web -o json', { out: /"kind": "Deployment"/ })
      step('get deploy -o name', { out: 'deployment.apps/web' })
      step('get deploy web', { out: '2' }, '-o', 'jsonpath={.spec.replicas}')
      step('get deploy web -o custom-columns=N:.metadata.name,R:.spec.replicas', { out: /^N +R\s+web +2\s*$/ })
      step('get deploy web -o', { out: 'web/2' }, 'go-template={{.metadata.name}}/{{.spec.replicas}}')
      step('get deploy web --show-labels', { out: /app=web$/m })
      step('get deploy web -L app', { out: /APP\s[\s\S]* web$/m })
      step('get all', { out: [/^deployment.apps\/web /m, /^service\/web /m] })
      step('get deploy nothing', { code: 1, err: 'Error from server (NotFound): deployments.apps "nothing" not found' })
      step('get deploy nothing --ignore-not-found', { out: '' })
      step('describe deploy web', {
        out: [
          /^Name: +web$/m,
          /^StrategyType: +RollingUpdate$/m,
          /^RollingUpdateStrategy: +25% max unavailable, 25% max surge$/m,
          /ScalingReplicaSet/,
        ],
      })
      step('describe svc web', { out: [/^Type: +ClusterIP$/m, /^TargetPort: +8000\/TCP$/m] })
      step('describe ns', { out: /^Status: +Active$/m }, id)

      test('a deployment gets its pods, and they are described', async () => {
        const pods = follow('get', 'pods', '-l', 'app=web', '-o', 'name', '--watch')
        const names = [await pods.next(), await pods.next()]
        await pods.stop()
        assert.match(String(names[0]), /^pod\/web-[a-z0-9]+-[a-z0-9]{5}$/)
        check(await kubectl(['describe', String(names[1])]), {
          out: [/^Controlled By: +ReplicaSet\/web-/m, /^QoS Class: +BestEffort$/m],
        })
        check(await kubectl(['get', 'pods']), { out: /^web-\S+ +0\/1 +Pending +0 +/m })
      })

      step('label deploy web tier=front', { out: 'deployment.apps/web labeled' })
      step('label deploy web tier=back', {
        code: 1,
        err: /'tier' already has a value \(front\), and --overwrite is false/,
      })
      step('label deploy web tier=back --overwrite', { out: 'deployment.apps/web labeled' })
      step('label deploy web tier-', { out: 'deployment.apps/web unlabeled' })
      step('label deploy web', { code: 1, err: /a valid label/ }, 'bad=a b')
      step('annotate deploy web', { out: /^deployment.apps\/web annotate/ }, 'note=hello there')
      step('patch deploy web -p', { out: 'deployment.apps/web patched' }, '{"spec":{"replicas":3}}')
      step('patch deploy web -p', { out: 'deployment.apps/web patched (no change)' }, '{"spec":{"replicas":3}}')
      step(
        'patch deploy web --type=merge -p',
        { out: 'deployment.apps/web patched' },
        '{"metadata":{"labels":{"x":"y"}}}',
      )
      step(
        'patch deploy web --type=json -p',
        { out: 'deployment.apps/web patched' },
        '[{"op":"remove","path":"/metadata/labels/x"}]',
      )
      step(
        'patch deploy web --type=json -p',
        { code: 1, err: 'The request is invalid: the server rejected our request due to an error in our request' },
        '[{"op":"remove","path":"/metadata/labels/x"}]',
      )
      step(
        'patch deploy web -p',
        { code: 1, err: /^The request is invalid: patch: Invalid value: "map\[spec:map\[replicas:x\]\]": / },
        '{"spec":{"replicas":"x"}}',
      )
      test('kubectl edit deploy web', async () => {
        check(await kubectl(['edit', 'deploy', 'web'], { KUBE_EDITOR: file('editor') }), {
          out: 'deployment.apps/web edited',
        })
        check(await kubectl(['edit', 'deploy', 'web'], { KUBE_EDITOR: file('idle') }), {
          err: 'Edit cancelled, no changes made.',
        })
        check(await kubectl(['get', 'deploy', 'web', '-o', 'jsonpath={.spec.replicas}']), { out: '4' })
      })
      step('scale deploy web --replicas=2', { out: 'deployment.apps/web scaled' })
      step('get deploy web --subresource=scale', { out: /^NAME +DESIRED +AVAILABLE(?: +AGE)?\s+web +2 +/ })
      step('get deploy web --subresource=status -o name', { out: 'deployment.apps/web' })
      step('scale deploy web --replicas=1 --current-replicas=5', { code: 1, err: /Expected replicas to be 5, was 2/ })

      step('diff -f @seven.yaml', { code: 1, out: /^- {2}replicas: 2\n\+ {2}replicas: 7$/m })
      step('diff -f @two.yaml', { out: '' })
      step('apply -f @seven.yaml', { out: 'deployment.apps/web configured' })
      step('apply -f @two.yaml', { out: 'deployment.apps/web configured' })
      step('apply view-last-applied deploy web', { out: /replicas: 2/ })
      step('apply -f @wrong.yaml', { code: 1, err: /strict decoding error: unknown field "nonsense"/ })
      step('apply --validate=warn --dry-run=server -f @wrong.yaml', { err: /^Warning: unknown field "nonsense"$/m })
      step('apply -f @broken.yaml', {
        code: 1,
        err: /^error: error parsing .*broken.yaml: error converting YAML to JSON/,
      })
      step('apply -f @mismatch.yaml', {
        code: 1,
        err: /^The Deployment "no" is invalid: spec.template.metadata.labels: Invalid value: .*: `selector` does not match template `labels`/,
      })

      step('apply --server-side --field-manager=m1 -f @first.yaml', { out: 'configmap/shared serverside-applied' })
      step('apply --server-side --field-manager=m2 -f @second.yaml', {
        code: 1,
        err: /^error: Apply failed with 1 conflict: conflict with "m1": \.data\.a\n/,
      })
      step('apply --server-side --field-manager=m2 --force-conflicts -f @second.yaml', {
        out: 'configmap/shared serverside-applied',
      })
      step('get cm shared -o yaml --show-managed-fields', { out: [/manager: m2\n +operation: Apply/, /f:a: \{\}/] })
      step('diff --server-side --field-manager=m2 --force-conflicts -f @first.yaml', {
        code: 1,
        out: /^- {2}a: "2"\n\+ {2}a: "1"$/m,
      })
      step('replace -f @first.yaml', { out: 'configmap/shared replaced' })
      step('replace --force -f @first.yaml', { out: /configmap "shared" deleted[^\n]*\nconfigmap\/shared replaced/ })
      step('create -f @first.yaml', {
        code: 1,
        err: /^Error from server \(AlreadyExists\): error when creating ".*first.yaml": configmaps "shared" already exists$/m,
      })

      step('apply -f @both.yaml --prune -l set=x --prune-allowlist=core/v1/ConfigMap', {
        out: 'configmap/p1 created\nconfigmap/p2 created',
      })
      step('apply -f @one.yaml --prune -l set=x --prune-allowlist=core/v1/ConfigMap', {
        out: 'configmap/p1 unchanged\nconfigmap/p2 pruned',
      })
      const applySet = ['apply', '--server-side', '--force-conflicts', '-n', id, '--prune', '--applyset=set', '-f']
      test('kubectl apply --prune --applyset', async () => {
        const env = { KUBECTL_APPLYSET: 'true' }
        check(await kubectl([...applySet, file('both.yaml')], env), { out: /configmap\/p2 serverside-applied/ })
        check(await kubectl([...applySet, file('one.yaml')], env), { out: /configmap\/p2 pruned/ })
      })

      step('set image deploy web web=example.com/web:2', { out: 'deployment.apps/web image updated' })
      step('set env deploy web A=b', { out: 'deployment.apps/web env updated' })
      step('set resources deploy web --limits=cpu=200m,memory=512Mi', {
        out: 'deployment.apps/web resource requirements updated',
      })
      step('rollout pause deploy web', { out: 'deployment.apps/web paused' })
      step('rollout pause deploy web', { code: 1, err: /is already paused/ })
      step('rollout resume deploy web', { out: 'deployment.apps/web resumed' })
      test('kubectl rollout status, history, undo', async () => {
        const done = kubectl(['rollout', 'status', 'deploy/web', '--timeout=20s'])
        const pods = follow('get', 'pods', '-l', 'app=web', '-o', 'name', '--watch')
        let over = false
        const ended = done.then((ran) => {
          over = true
          return pods.stop().then(() => ran)
        })
        for (let pod = await pods.next(); pod !== undefined && !over; pod = await pods.next())
          await makeReady(pod).catch(() => undefined)
        check(await ended, { out: /deployment "web" successfully rolled out/ })
        check(await kubectl(['rollout', 'history', 'deploy/web']), { out: /^REVISION +CHANGE-CAUSE\n1 +<none>\n2 /m })
        check(await kubectl(['rollout', 'history', 'deploy/web', '--revision=1']), {
          out: /Image:\s+example.com\/web:1/,
        })
        check(await kubectl(['rollout', 'undo', 'deploy/web', '--to-revision=1']), {
          out: 'deployment.apps/web rolled back',
        })
        check(await kubectl(['get', 'deploy/web', '-o', 'jsonpath={..image}']), { out: 'example.com/web:1' })
      })
      step('rollout undo deploy web --to-revision=99', { code: 1, err: /unable to find specified revision 99/ })
      step('rollout restart deploy web', { out: 'deployment.apps/web restarted' })
      step(
        'wait --timeout=20s deploy/web --for',
        { out: 'deployment.apps/web condition met' },
        'jsonpath={.spec.replicas}=2',
      )
      step('wait --for=condition=Nonsense deploy/web --timeout=1s', {
        code: 1,
        err: /timed out waiting for the condition/,
      })
      step('wait --for=delete cm/nothing --timeout=5s', {})
      step('autoscale --help', {})

      step('expose deploy web --port=80 --name=exposed', { out: 'service/exposed exposed' })
      step('create deployment made --image=example.com/made --replicas=0 -- sleep 1', {
        out: 'deployment.apps/made created',
      })
      step('create configmap cm1 --from-literal=a=b', { out: 'configmap/cm1 created' })
      step('create configmap cm2 --from-file=@first.yaml', { out: 'configmap/cm2 created' })
      step('create secret generic s1 --from-literal=a=b', { out: 'secret/s1 created' })
      step('create secret generic', { code: 1, err: /is invalid: metadata.name: Invalid value: "A_B"/ }, 'A_B')
      step('create secret docker-registry s2 --docker-server=example.com --docker-username=a --docker-password=b', {
        out: 'secret/s2 created',
      })
      step('create service clusterip c1 --tcp=80:8000', { out: 'service/c1 created' })
      step('create service nodeport n1 --tcp=80:8000', { out: 'service/n1 created' })
      step('create service externalname e1 --external-name=example.com', { out: 'service/e1 created' })
      step('create configmap large --from-file=@large', {
        code: 1,
        err: /Request entity is too large: limit is 3145728/,
      })
      step('create sa sa1', { out: 'serviceaccount/sa1 created' })
      step('create token sa1 --duration=10m', { out: /^[\w-]+\.[\w-]+\.[\w-]+\s*$/ })
      step('create pdb b1 --selector=app=web --min-available=1', { out: 'poddisruptionbudget.policy/b1 created' })
      step('get svc n1 -o', { out: /^3\d{4}$/ }, 'jsonpath={.spec.ports[0].nodePort}')
      step('get secret s1 -o', { out: 'Yg==' }, 'jsonpath={.data.a}')
      step('get pdb', { out: /^b1 +1 +N\/A +/m })
      step('run p1 --image=example.com/p --labels=run=p1 --env=A=b', { out: 'pod/p1 created' })
      step('run p2 --image=example.com/p --dry-run=client -o yaml', { out: /^kind: Pod$/m })
      step('get pod p1', { out: /^p1 +0\/1 +Pending +0 +/m })
      step('describe pod p1', {
        out: [/^Status: +Pending$/m, /A: +b/, /node.kubernetes.io\/not-ready:NoExecute op=Exists for 300s/],
      })
      step('logs p1', {})
      step('exec p1 -- true', { code: 1, err: /pod p1 does not have a host assigned|unable to upgrade connection/ })

      step('create -f @node.yaml', { out: `node/${node} created` })
      step(`cordon ${node}`, { out: `node/${node} cordoned` })
      step(`cordon ${node}`, { out: `node/${node} already cordoned` })
      step(`get node ${node}`, { out: new RegExp(`^${node} +(Unknown|NotReady),SchedulingDisabled +<none> `, 'm') })
      step(`uncordon ${node}`, { out: `node/${node} uncordoned` })
      step(`taint node ${node} a=b:NoSchedule`, { out: `node/${node} tainted` })
      step(`taint node ${node} a-`, { out: `node/${node} untainted` })
      step(`drain ${node}`, { out: new RegExp(`node/${node} drained`) })
      step(`describe node ${node}`, { out: [/^Unschedulable: +true$/m, /^Non-terminated Pods: +\(0 in total\)$/m] })
      step(`delete node ${node}`, { out: new RegExp(`node "${node}" deleted`) })

      step('get cm --chunk-size=2 -o name', { out: [/configmap\/cm1/, /configmap\/shared/, /configmap\/p1/] })
      step('get cm --field-selector=metadata.name=cm1 -o name', { out: 'configmap/cm1' })
      step('get cm --field-selector=metadata.name!=cm1 -o name', { out: /^(?![\s\S]*cm1$)/m })
      step('get cm --field-selector=nonsense=1', {
        code: 1,
        err: /"nonsense" is not a known field selector: only "metadata.name", "metadata.namespace"/,
      })
      step('get pods --field-selector=status.phase=Pending,spec.nodeName= -o name', { out: /^pod\/p1$/m })
      step('get cm -o name -l', { out: 'configmap/p1' }, 'set in (x,y)')
      step('get cm -o name -l', { out: /configmap\/cm1/ }, '!set')
      step('get cm -l', { code: 1, err: /unable to parse requirement|found '.*', expected/ }, 'a in (')
      step('get cm --sort-by=.metadata.name -o name', {
        out: /configmap\/cm1\nconfigmap\/cm2\n[\s\S]*configmap\/shared/,
      })
      step('get cm -A -o name', { out: /configmap\/cm1/ })
      step('get cm cm1 -v=8', { out: /^cm1 /m, err: /200 OK/ })
      step('get events', { out: /ScalingReplicaSet/ })
      step('events', { out: /ScalingReplicaSet/ })
      step('events --for=deployment/web', { out: /ScalingReplicaSet/ })

      test('kubectl get --watch tells changes as they come', async () => {
        const events = follow('get', 'cm', '--watch', '--output-watch-events')
        const until = async (line: RegExp) => {
          for (let next = await events.next(); next !== undefined; next = await events.next())
            if (line.test(next)) return
          assert.fail(`${line} has not come`)
        }
        await until(/^ADDED +cm1 /)
        check(await kubectl(['create', 'cm', 'watched']), {})
        await until(/^ADDED +watched /)
        check(await kubectl(['label', 'cm', 'watched', 'a=b']), {})
        await until(/^MODIFIED +watched /)
        check(await kubectl(['delete', 'cm', 'watched']), {})
        await until(/^DELETED +watched /)
        await events.stop()
      })

      step('delete cm cm1 --wait=false', { out: /configmap "cm1" deleted/ })
      step('delete cm cm1', { code: 1, err: 'Error from server (NotFound): configmaps "cm1" not found' })
      step('delete cm cm1 --ignore-not-found', { out: /^(No resources found)?$/ })
      step('delete cm -l set=x --cascade=foreground', { out: /configmap "p1" deleted/ })
      step('delete cm cm2 --dry-run=server', { out: /configmap "cm2" deleted.*\(server dry run\)/ })
      step('delete pod p1 --now', { out: /pod "p1" deleted/ })
      step('delete deploy made --cascade=orphan', { out: /deployment.apps "made" deleted/ })
      step('delete deploy web --cascade=background', { out: /deployment.apps "web" deleted/ })
      step('delete svc --all', { out: /service "web" deleted/ })
      step('delete cm --all', { out: /configmap "shared" deleted/ })

      step('apply -f @definition.yaml', { out: /crontabs\.\S+ created$/m })
      step('wait --for=condition=Established --timeout=20s crd', { out: /condition met/ }, `crontabs.${group}`)
      step('apply -f @custom.yaml', { out: `${custom} created` })
      step('apply -f @custom.yaml', { out: `${custom} unchanged` })
      step('apply --server-side --force-conflicts -f @custom.yaml', { out: `${custom} serverside-applied` })
      step('apply -f @custom-unknown.yaml', { code: 1, err: /strict decoding error: unknown field "spec.nonsense"/ })
      step('apply -f @custom-wrong.yaml', {
        code: 1,
        err: /The CronTab "my" is invalid: \n\* spec.cronSpec: Invalid value: "integer": spec.cronSpec in body must be of type string: "integer"\n\* spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10/,
      })
      step('get', { out: /^NAME +SPEC\s+my +\* \* \* \* \*\s*$/ }, `crontabs.${group}`)
      step('get', { out: '1' }, custom, '-o', 'jsonpath={.spec.replicas}')
      step('explain', { out: [/A tab\./, /spec\s<Object>/] }, 'crontabs', `--api-version=${group}/v1`)
      step('explain', { out: /When it runs\./ }, 'crontabs.spec', `--api-version=${group}/v1`)
      step('scale --replicas=3', { out: `${custom} scaled` }, custom)
      step('patch --type=merge -p', { out: `${custom} patched` }, '{"spec":{"cronSpec":"1 * * * *"}}', custom)
      step('label', { out: `${custom} labeled` }, custom, 'a=b')
      step('api-resources', { out: /^crontabs +ct +\S+ +true +CronTab$/m }, `--api-group=${group}`)
      step('delete crd', { out: /deleted/ }, `crontabs.${group}`)
      step(
        'get',
        { code: 1, err: /could not find the requested resource|doesn't have a resource type/ },
        `crontabs.${group}`,
      )

      test('a namespace goes with everything in it', async () => {
        check(await kubectl(['delete', 'namespace', id, '--timeout=25s']), {
          out: new RegExp(`namespace "${id}" deleted`),
        })
        check(await kubectl(['get', 'all,cm,secret,sa,pdb', '-n', id]), { out: '' })
      })
    })
  }
})
