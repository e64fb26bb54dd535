// What a pod may ask for, as it shows inside its containers and in the machine's control groups.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { fetchText } from './connections.ts'
import { configMap, pod, service, shell, tools } from './pods.ts'
import { eventually } from './wait.ts'

const wait = 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'

export const config = (cluster: TestCluster) =>
  describe('what a pod asks for', { concurrency: 4 }, () => {
    let ns: Namespace
    before(async () => {
      ns = await cluster.namespace('config')
    })

    test('its environment comes from everywhere that it may', async () => {
      await ns.apply(
        configMap('settings', { COLOUR: 'blue', SHAPE: 'round' }),
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { KEY: 'secret' } },
        service('neighbour', 'nobody'),
      )
      const env = [
        { name: 'PLAIN', value: 'as it is' },
        { name: 'COMPOSED', value: '$(PLAIN), $(COLOUR), $$(PLAIN), $(UNKNOWN)' },
        { name: 'PICKED', valueFrom: { configMapKeyRef: { name: 'settings', key: 'SHAPE' } } },
        { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'NONE', optional: true } } },
        { name: 'KEY2', valueFrom: { secretKeyRef: { name: 'keys', key: 'KEY' } } },
        { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '1m' } } },
      ]
      const envFrom = [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' }, prefix: 'MY_' }]
      const command = ['sh', '-c', `echo "$0 $1"; ${wait}`, '$(PLAIN)']
      await ns.apply(
        pod('environment', [
          tools('main', { env, envFrom, command, args: ['$(COLOUR)'], resources: { requests: { cpu: '50m' } } }),
        ]),
      )
      await ns.ready('pod/environment')
      const { spec, status } = await ns.get('pod', 'environment')
      const lines = (await ns.sh('environment', 'env')).split('\n')
      const expected = {
        PLAIN: 'as it is',
        COMPOSED: 'as it is, blue, $(PLAIN), $(UNKNOWN)',
        COLOUR: 'blue',
        PICKED: 'round',
        MY_KEY: 'secret',
        KEY2: 'secret',
        NODE: spec.nodeName,
        IP: status.podIP,
        CPU: '50',
        FROM_IMAGE: 'yes',
        HOSTNAME: 'environment',
        NEIGHBOUR_SERVICE_PORT: '80',
        KUBERNETES_SERVICE_HOST: '10.96.0.1',
      }
      for (const [name, value] of Object.entries(expected))
        assert.ok(lines.includes(`${name}=${value}`), `${name} in\n${lines.join('\n')}`)
      assert.ok(!lines.some((line) => line.startsWith('MAYBE=')))
      assert.equal(await ns.kubectl('logs', 'environment'), 'as it is blue\n')
    })

    test('what its environment lacks keeps a container from starting, and says so', async () => {
      const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'nowhere', key: 'a' } } }]
      await ns.apply(pod('lacking', [tools('main', { env })]))
      await eventually(async () => {
        const { waiting } = (await ns.get('pod', 'lacking')).status.containerStatuses[0].state
        assert.deepEqual(waiting, { reason: 'CreateContainerConfigError', message: 'configmap "nowhere" not found' })
      })
    })

    test('init containers run one after the other, sidecars beside the rest, hooks around it', async () => {
      const volumeMounts = [{ name: 'log', mountPath: '/log' }]
      const say = (what: string) => `echo ${what} >> /log/story`
      const init = (name: string, line: string, more = {}) => shell(name, line, { volumeMounts, ...more })
      const lifecycle = {
        postStart: { exec: { command: ['sh', '-c', say('postStart')] } },
        preStop: { exec: { command: ['sh', '-c', say('preStop')] } },
      }
      const story = pod(
        'story',
        [init('main', `trap "${say('TERM')}; exit 0" TERM; while :; do sleep 0.1; done`, { lifecycle })],
        {
          terminationGracePeriodSeconds: 5,
          initContainers: [
            init('first', `sleep 1; ${say('first')}`),
            init('side', `${say('side')}; trap "${say('side-end')}; exit 0" TERM; while :; do sleep 0.1; done`, {
              restartPolicy: 'Always',
              startupProbe: { exec: { command: ['cat', '/log/story'] }, periodSeconds: 1 },
            }),
            init('second', say('second')),
          ],
          volumes: [{ name: 'log', hostPath: { path: `${cluster.dir}/story`, type: 'DirectoryOrCreate' } }],
        },
      )
      await ns.apply(story)
      await eventually(async () =>
        assert.match(await ns.kubectl('get', 'pod', 'story'), /\s(Init:\d\/3|PodInitializing|Running)\s/),
      )
      await ns.ready('pod/story')
      assert.match(await ns.kubectl('get', 'pod', 'story'), /story\s+2\/2\s+Running/)
      const { initContainerStatuses } = (await ns.get('pod', 'story')).status
      assert.deepEqual(
        initContainerStatuses.map(({ name, state }: Answer) => [name, Object.keys(state)[0]]),
        [
          ['first', 'terminated'],
          ['side', 'running'],
          ['second', 'terminated'],
        ],
      )
      await ns.kubectl('delete', 'pod', 'story', '--timeout=20s')
      const told = readFileSync(`${cluster.dir}/story/story`, 'utf8').trim().split('\n')
      assert.deepEqual(told, ['first', 'side', 'second', 'postStart', 'preStop', 'TERM', 'side-end'])
    })

    test('probes over HTTP, TCP and commands decide when a pod is ready', async () => {
      const probe = (how: object) => ({ readinessProbe: { ...how, periodSeconds: 1 } })
      await ns.apply(
        pod('by-http', [
          {
            name: 'app',
            image: 'hello:v1',
            ...probe({ httpGet: { path: '/ready', port: 8000, httpHeaders: [{ name: 'X-Who', value: 'me' }] } }),
          },
        ]),
        pod('by-tcp', [{ name: 'app', image: 'hello:v1', ...probe({ tcpSocket: { port: 8000 } }) }]),
        pod('by-command', [tools('main', probe({ exec: { command: ['cat', '/tmp/ready'] } }))]),
        pod('by-closed-port', [tools('main', probe({ tcpSocket: { port: 81 } }))]),
      )
      await ns.ready('pod/by-http', 'pod/by-tcp')
      await ns.kubectl('wait', '--for=condition=Ready=false', 'pod/by-command', 'pod/by-closed-port', '--timeout=20s')
      await ns.sh('by-command', 'touch /tmp/ready')
      await ns.ready('pod/by-command')
      await eventually(async () => {
        const messages = (await ns.events('by-closed-port')).map(({ message }) => message)
        assert.ok(
          messages.some((message) =>
            /^Readiness probe failed: dial tcp 10\.\S+:81: connect: connection refused$/.test(message),
          ),
          messages.join('\n'),
        )
      })
    })

    test('securityContext: the user, its groups, what it may do, a file system that only reads', async () => {
      const securityContext = { runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000] }
      const tight = { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
      const volumeMounts = [{ name: 'own', mountPath: '/own' }]
      await ns.apply(
        pod('tight', [tools('main', { securityContext: tight, volumeMounts })], {
          securityContext,
          volumes: [{ name: 'own', emptyDir: {} }],
        }),
        pod('root', [tools('main', { securityContext: { runAsNonRoot: true } })]),
      )
      await ns.ready('pod/tight')
      const run = (line: string) => ns.sh('tight', line)
      assert.equal(await run('id -u; id -g; id -G'), '1000\n2000\n2000 3000 4000\n')
      await assert.rejects(run('touch /file'), /Read-only file system/)
      assert.equal(await run('touch /own/file; stat -c %g /own/file'), '3000\n')
      assert.match(await run('grep -E "NoNewPrivs|CapEff" /proc/self/status'), /CapEff:\s+0{16}\nNoNewPrivs:\s+1/)
      await eventually(async () => {
        const { waiting } = (await ns.get('pod', 'root')).status.containerStatuses[0].state
        assert.equal(waiting?.reason, 'CreateContainerConfigError')
        assert.match(waiting.message, /^container has runAsNonRoot and image will run as root \(pod: "root_config\(/)
      })
    })

    test('requests and limits are what the control groups hold', async () => {
      const resources = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '500m', memory: '64Mi' } }
      await ns.apply(pod('measured', [shell('main', `: mark-of-measured; ${wait}`, { resources })]))
      await ns.ready('pod/measured')
      const { memory, quota, shares } = limitsOf(cluster.processOf('mark-of-measured'))
      assert.deepEqual({ memory, quota }, { memory: 64 * 1024 * 1024, quota: 0.5 })
      assert.ok(shares > 0)
      assert.equal((await ns.get('pod', 'measured')).status.qosClass, 'Burstable')
      await ns.apply(
        pod('sure', [tools('main', { resources: { limits: { cpu: '100m', memory: '16Mi' } } })]),
        pod('modest', [tools('main')]),
      )
      assert.equal((await ns.get('pod', 'sure')).status.qosClass, 'Guaranteed')
      assert.equal((await ns.get('pod', 'modest')).status.qosClass, 'BestEffort')
    })

    test('the last words of a container are in its status', async () => {
      const never = { restartPolicy: 'Never' }
      await ns.apply(
        pod('speaks', [shell('main', 'echo "it is done" > /dev/termination-log; exit 1')], never),
        pod(
          'cries',
          [shell('main', 'echo "one"; echo "two"; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' })],
          never,
        ),
      )
      await ns.kubectl('wait', '--for=jsonpath={.status.phase}=Failed', 'pod/speaks', 'pod/cries', '--timeout=30s')
      const message = async (name: string) =>
        (await ns.get('pod', name)).status.containerStatuses[0].state.terminated.message
      assert.equal(await message('speaks'), 'it is done\n')
      assert.equal(await message('cries'), 'one\ntwo\n')
    })

    test('hostNetwork is the node itself; hostPort is a port of it', async () => {
      const [node] = cluster.nodes
      const ports = [{ containerPort: 8000, hostPort: 8765 }]
      await ns.apply(
        pod('on-node', [tools('main')], {
          hostNetwork: true,
          nodeName: node!.name,
          dnsPolicy: 'ClusterFirstWithHostNet',
        }),
        pod('on-port', [{ name: 'app', image: 'hello:v1', ports }], { nodeName: node!.name }),
      )
      await ns.ready('pod/on-node', 'pod/on-port')
      const { status } = await ns.get('pod', 'on-node')
      assert.deepEqual([status.podIP, status.hostIP], [node!.address, node!.address])
      assert.match(await ns.sh('on-node', 'ip addr'), new RegExp(`inet ${node!.address}/24`))
      assert.match(await ns.sh('on-node', 'cat /etc/resolv.conf'), /^nameserver 10\.96\.0\.10$/m)
      assert.equal(await eventually(() => fetchText(`http://${node!.address}:8765/`)), 'hello v1 from on-port\n')
    })

    test('DNS as it is wanted: policies, own settings, host names and aliases', async () => {
      const dnsConfig = {
        nameservers: ['192.0.2.1'],
        searches: ['example.org'],
        options: [{ name: 'ndots', value: '2' }],
      }
      const hostAliases = [{ ip: '192.0.2.7', hostnames: ['alias', 'alias.example'] }]
      await ns.apply(
        pod('own-dns', [tools('main')], { dnsPolicy: 'None', dnsConfig }),
        pod('added-dns', [tools('main')], { dnsConfig, hostAliases, hostname: 'host', subdomain: 'sub' }),
        pod('nodes-dns', [tools('main')], { dnsPolicy: 'Default' }),
        { ...service('sub', 'x', { clusterIP: 'None' }), spec: { clusterIP: 'None', selector: { group: 'sub' } } },
        pod('named', [tools('main')], { hostname: 'host2', subdomain: 'sub' }, { labels: { group: 'sub' } }),
      )
      await ns.ready('pod/own-dns', 'pod/added-dns', 'pod/nodes-dns', 'pod/named')
      const file = (name: string) => ns.sh(name, 'cat /etc/resolv.conf')
      assert.equal(await file('own-dns'), 'search example.org\nnameserver 192.0.2.1\noptions ndots:2\n')
      const added = await file('added-dns')
      assert.match(added, /^search config\.svc\.cluster\.local svc\.cluster\.local cluster\.local .*example\.org$/m)
      assert.match(added, /^nameserver 10\.96\.0\.10\nnameserver 192\.0\.2\.1$/m)
      assert.doesNotMatch(await file('nodes-dns'), /10\.96\.0\.10/)
      assert.match(await ns.sh('added-dns', 'cat /etc/hosts'), /192\.0\.2\.7\talias\talias\.example/)
      assert.equal(await ns.sh('added-dns', 'hostname -f'), 'host.sub.config.svc.cluster.local\n')
      const { podIP } = (await ns.get('pod', 'named')).status
      await eventually(async () =>
        assert.match(
          await ns.sh('nodes-dns', 'nslookup host2.sub.config.svc.cluster.local 10.96.0.10'),
          new RegExp(`Address: ${podIP}$`, 'm'),
        ),
      )
    })
  })

/** What a process may use, from whichever hierarchy of control groups the machine has. */
function limitsOf(pid: number): { memory: number; quota: number; shares: number } {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(':'))
  const read = (...path: string[]) => readFileSync(['/sys/fs/cgroup', ...path].join('/'), 'utf8').trim()
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) {
    const group = groups[0]![2]!
    const [quota, period] = read(group, 'cpu.max').split(' ').map(Number)
    return {
      memory: Number(read(group, 'memory.max')),
      quota: quota! / period!,
      shares: Number(read(group, 'cpu.weight')),
    }
  }
  const groupOf = (name: string) => groups.find(([, names]) => names!.split(',').includes(name))![2]!
  const cpu = (file: string) => Number(read('cpu', groupOf('cpu'), file))
  return {
    memory: Number(read('memory', groupOf('memory'), 'memory.limit_in_bytes')),
    quota: cpu('cpu.cfs_quota_us') / cpu('cpu.cfs_period_us'),
    shares: cpu('cpu.shares'),
  }
}
