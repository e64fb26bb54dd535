// What people type at kubectl all day, by several versions of it.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { fetchText } from './connections.ts'
import { app, configMap, pod, service, shell } from './pods.ts'
import { eventually } from './wait.ts'

/** Counts, as slowly as a person can follow, and ends when told to. */
const counting = 'i=0; while [ ! -e /tmp/end ]; do i=$((i+1)); echo "line $i"; sleep 0.2; done; echo end'
const wait = 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'

export const kubectlTour = (cluster: TestCluster) =>
  describe('kubectl', { concurrency: 4 }, () => {
    let ns: Namespace
    before(async () => {
      ns = await cluster.namespace('tour')
      await ns.apply(
        pod('two', [
          shell('talks', counting),
          shell('waits', `echo one; echo two; echo hello; ${wait}`, { env: [{ name: 'WHO', value: 'me' }] }),
        ]),
        pod('web', [{ name: 'app', image: 'hello:v1' }], {}, { labels: { app: 'web' } }),
        service('web', 'web'),
      )
      await ns.ready('pod/two', 'pod/web')
    })

    test('logs: of a container, its last lines, since when, with times, following, the run before', async () => {
      const talks = (...flags: string[]) => ns.kubectl('logs', 'two', '-c', 'talks', ...flags)
      assert.match(await eventually(() => talks()), /^line 1\nline 2\n/)
      assert.equal(await ns.kubectl('logs', 'two', '-c', 'waits', '--tail=2'), 'two\nhello\n')
      assert.match(await talks('--tail=1', '--timestamps'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line \d+\n$/)
      // The first line may be younger than that yet.
      await eventually(async () => assert.doesNotMatch(await talks('--since=1s'), /^line 1\n/))
      assert.equal(await talks('--limit-bytes=6'), 'line 1')
      assert.match(await ns.kubectl('logs', 'two', '--all-containers', '--prefix'), /^\[pod\/two\/waits\] hello$/m)
      assert.match((await ns.try('logs', 'two', '-c', 'none')).stderr, /container none is not valid for pod two/)
      const following = ns.start('logs', '-f', '--tail=1', 'two', '-c', 'talks')
      await eventually(() => assert.ok(following.output().split('\n').length > 4))
      await ns.kubectl('exec', 'two', '-c', 'talks', '--', 'touch', '/tmp/end')
      assert.equal(await following.ended, 0, following.output())
      assert.match(following.output(), /line \d+\nend\n$/)
      const previous = await eventually(() => talks('--previous'))
      assert.match(previous, /^line 1\n[\s\S]*\nend\n$/)
    })

    for (const [version, kubectl] of cluster.kubectls()) {
      if (version !== '' && version !== '1.27' && version !== '1.33') continue
      const called = version === '' ? 'the kubectl on the PATH' : `kubectl ${version}`

      test(`${called}: exec with input, an exit code, a terminal`, async () => {
        const run = (...args: string[]) => cluster.tryKubectl(['-n', 'tour', 'exec', ...args], { version })
        const plain = await run('two', '-c', 'waits', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7')
        assert.deepEqual([plain.stdout, plain.stderr.split('\n')[0], plain.code], ['out\n', 'err', 7])
        const big = 'x'.repeat(3_000_000)
        const fed = await cluster.tryKubectl(['-n', 'tour', 'exec', '-i', 'two', '-c', 'waits', '--', 'wc', '-c'], {
          version,
          input: big,
        })
        assert.equal(fed.stdout.trim(), String(big.length))
        const much = await run('two', '-c', 'waits', '--', 'sh', '-c', 'seq 1 100000')
        assert.equal(much.stdout.split('\n').length, 100_001)
        const line = `stty cols 100 rows 40; ${kubectl} -n tour exec -it two -c waits -- sh`
        const terminal = cluster.start(['-qec', line, '/dev/null'], 'script')
        await eventually(() => assert.match(terminal.output(), /\/ # /))
        terminal.write('tty; stty size; echo "I am $WHO"; exit 5\n')
        assert.equal(await terminal.ended, 5, terminal.output())
        assert.match(terminal.output(), /\/dev\/pts\/\d+\r\n40 100\r\nI am me\r\n/)
      })

      test(`${called}: debug in a running pod, with a shell that sees the processes of another container`, async () => {
        const name = `debugger${version.replace('.', '')}`
        const [box, flags] = [
          ['--image=tools:v1', '-c', name],
          ['--target=waits', '--profile=general'],
        ]
        const line = ['-n', 'tour', 'debug', 'two', ...box, ...flags, '-it', '--', 'sh']
        const terminal = cluster.start(['-qec', [kubectl, ...line].join(' '), '/dev/null'], 'script')
        await eventually(() => assert.match(terminal.output(), /\/ # /))
        terminal.write('ps; exit 4\n')
        await terminal.ended
        // The first process is not the shell.
        assert.match(terminal.output(), /^ +1 .* sh -c echo one;/m)
        const statuses = await eventually(async () => {
          const { status } = await ns.get('pod', 'two')
          const mine = status.ephemeralContainerStatuses.find((each: Answer) => each.name === name)
          assert.deepEqual([mine.state.terminated?.exitCode, mine.restartCount], [4, 0])
          return status.containerStatuses
        })
        assert.ok(statuses.find((each: Answer) => each.name === 'waits').ready)
        assert.match(await ns.kubectl('logs', 'two', '-c', name), / sh -c echo one;/)
      })

      test(`${called}: cp to a pod and back`, async () => {
        const dir = join(cluster.dir, `copied-${version}`)
        mkdirSync(join(dir, 'deep'), { recursive: true })
        const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251))
        writeFileSync(join(dir, 'deep', 'bytes'), bytes)
        const cp = (...args: string[]) => cluster.kubectl(['-n', 'tour', 'cp', '-c', 'waits', ...args], { version })
        await cp(dir, `two:/tmp/copied-${version}`)
        await cp(`two:/tmp/copied-${version}`, join(dir, 'back'))
        assert.ok(readFileSync(join(dir, 'back', 'deep', 'bytes')).equals(bytes))
      })

      test(`${called}: port-forward to a pod and to a Service`, async () => {
        for (const target of ['pod/web', 'service/web']) {
          const port = target === 'pod/web' ? '8000' : '80'
          const forward = cluster.start(['-n', 'tour', 'port-forward', target, `:${port}`], kubectl)
          try {
            const [, local] = await eventually(() => {
              const found = /Forwarding from 127\.0\.0\.1:(\d+) -> 8000/.exec(forward.output())
              assert.ok(found, forward.output())
              return found
            })
            const answers = await Promise.all(Array.from({ length: 10 }, () => fetchText(`http://127.0.0.1:${local}/`)))
            assert.deepEqual(new Set(answers), new Set(['hello v1 from web\n']))
          } finally {
            await forward.stop()
          }
        }
      })

      test(`${called}: attach to what runs, and to what waits for input`, async () => {
        const name = `reads-${version || 'path'}`.replace('.', '-')
        await ns.apply(
          pod(
            name,
            [
              shell(
                'main',
                'echo ready; while read line; do echo "got $line"; [ "$line" = end ] && exit 0; done; sleep 100',
                { stdin: true },
              ),
            ],
            { restartPolicy: 'Never' },
          ),
        )
        await ns.ready(`pod/${name}`)
        const attached = cluster.start(['-n', 'tour', 'attach', '-i', name], kubectl)
        await eventually(async () => {
          attached.write('word\n')
          await eventually(() => assert.match(attached.output(), /got word/), 300)
        })
        attached.write('end\n')
        assert.equal(await attached.ended, 0, attached.output())
        await ns.kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', `pod/${name}`, '--timeout=20s')
      })

      test(`${called}: get, describe, explain, api-resources, diff, apply, delete`, async () => {
        const run = (...args: string[]) => cluster.kubectl(['-n', 'tour', ...args], { version })
        assert.match(await run('get', 'pods', '-o', 'wide'), /^NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE/)
        assert.match(await run('describe', 'pod', 'two'), /Status:\s+Running[\s\S]*Image:\s+tools:v1[\s\S]*Events:/)
        assert.match(await run('describe', 'node', cluster.nodes[0]!.name), /Ready\s+True[\s\S]*Allocated resources:/)
        assert.match(await run('explain', 'pod.spec.containers.livenessProbe'), /FIELDS?:[\s\S]*failureThreshold/)
        assert.match(await run('api-resources'), /deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/)
        assert.match(await run('get', '--raw', '/readyz'), /^ok$/)
        const name = `told-${version || 'path'}`
        const file = join(cluster.dir, `${name}.json`)
        const write = (colour: string) => writeFileSync(file, JSON.stringify(configMap(name, { colour })))
        write('blue')
        assert.match(await run('apply', '-f', file), /configmap\/\S+ created/)
        assert.match(await run('apply', '-f', file), /configmap\/\S+ unchanged/)
        write('green')
        const diff = await cluster.tryKubectl(['-n', 'tour', 'diff', '-f', file], { version })
        assert.equal(diff.code, 1, diff.stderr)
        assert.match(diff.stdout, /^-\s+colour: blue\n\+\s+colour: green$/m)
        assert.match(await run('apply', '-f', file), /configmap\/\S+ configured/)
        const server = ['apply', '--server-side', '--field-manager=me', '-f', file]
        assert.match(await run(...server), /serverside-applied/)
        await run('patch', 'configmap', name, '-p', '{"data":{"colour":"black"}}', '--field-manager=somebody')
        write('red')
        const conflict = await cluster.tryKubectl(['-n', 'tour', ...server], { version })
        assert.match(conflict.stderr, /Apply failed with 1 conflict: conflict with "somebody" using v1: \.data\.colour/)
        assert.match(await run(...server, '--force-conflicts'), /serverside-applied/)
        assert.match(await run('get', 'configmap', name, '-o', 'jsonpath={.data.colour}'), /^red$/)
        assert.match(await run('delete', '-f', file), /configmap "\S+" deleted/)
        assert.match((await cluster.tryKubectl(['-n', 'tour', 'get', '-f', file], { version })).stderr, /NotFound/)
        assert.match(await run('top', '--help'), /kubectl top/)
      })
    }

    for (const cascade of ['orphan', 'foreground', 'background']) {
      test(`delete --cascade=${cascade}`, async () => {
        const name = `cascade-${cascade}`
        await ns.apply(
          app({ name, replicas: 1, pod: { containers: [shell('main', wait)], terminationGracePeriodSeconds: 1 } }),
        )
        await ns.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=60s')
        const left = async (): Promise<string[]> => {
          const { items } = await ns.get('replicasets,pods', '-l', `app=${name}`)
          return items.map(({ kind }: Answer) => kind)
        }
        await ns.kubectl('delete', 'deployment', name, `--cascade=${cascade}`, '--timeout=30s')
        if (cascade === 'orphan') {
          assert.deepEqual(await left(), ['ReplicaSet', 'Pod'])
          const { items } = await ns.get('replicasets', '-l', `app=${name}`)
          await eventually(async () =>
            assert.equal((await ns.get('replicaset', items[0].metadata.name)).metadata.ownerReferences, undefined),
          )
          await ns.kubectl('delete', 'replicaset', '-l', `app=${name}`)
        }
        if (cascade === 'foreground') assert.deepEqual(await left(), [])
        await eventually(async () => assert.deepEqual(await left(), []))
      })
    }

    test('run, expose, label, annotate, patch, edit, set env, autocompleted names', async () => {
      await ns.kubectl('run', 'quick', '--image=hello:v1', '--port=8000', '--expose', '--labels=app=quick')
      await ns.ready('pod/quick')
      assert.match(await ns.kubectl('get', 'endpoints', 'quick'), /10\.244\.\d+\.\d+:8000/)
      await ns.kubectl('label', 'pod', 'quick', 'tier=front')
      await ns.kubectl('annotate', 'pod', 'quick', 'note=a b c')
      await ns.kubectl('patch', 'pod', 'quick', '-p', '{"metadata":{"labels":{"tier":"back"}}}')
      assert.match(await ns.kubectl('get', 'pods', '-l', 'tier=back', '-o', 'name'), /^pod\/quick$/m)
      const edited = await cluster.kubectl(['-n', 'tour', 'edit', 'pod', 'quick'], {
        env: { KUBE_EDITOR: 'sed -i s/tier:.*back/tier:\\ middle/' },
      })
      assert.match(edited, /pod\/quick edited/)
      assert.equal(await ns.kubectl('get', 'pod', 'quick', '-o', 'jsonpath={.metadata.labels.tier}'), 'middle')
      const out = await ns.kubectl(
        'run',
        'once',
        '--image=tools:v1',
        '--restart=Never',
        '--rm',
        '-i',
        '--quiet',
        '--',
        'echo',
        'said once',
      )
      assert.match(out, /^said once$/m)
    })
  })
