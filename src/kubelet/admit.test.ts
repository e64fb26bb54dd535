import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#api/core/pod.ts'
import { type AdmissionNode, admit } from './admit.ts'
import { podOf } from './fixtures.ts'

const node: AdmissionNode = {
  name: 'n1',
  labels: { zone: 'a', cores: '8' },
  taints: [{ key: 'gone', value: '', effect: 'NoExecute' }],
  allocatable: { cpu: '2', memory: '1Gi', pods: '3' },
  operatingSystem: 'linux',
}

const tolerant = { tolerations: [{ key: 'gone', operator: 'Exists' as const }] }
const asking = (cpu: string): Pod =>
  podOf({ spec: { ...tolerant, containers: [{ name: 'app', resources: { requests: { cpu } } }] } })
const onPort = (hostPort: number, hostIP?: string): Pod =>
  podOf({
    spec: {
      ...tolerant,
      containers: [{ name: 'app', resources: {}, ports: [{ containerPort: 80, hostPort, hostIP }] }],
    },
  })
const affine = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt',
  values: string[],
): Pod =>
  podOf({
    spec: {
      ...tolerant,
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
          },
        },
      },
    },
  })

test('admit() refuses what the node cannot hold, and says why', () => {
  const cases: [Pod, Pod[], string | undefined][] = [
    [asking('1'), [], undefined],
    [asking('1'), [asking('1')], undefined],
    [asking('1500m'), [asking('1')], 'OutOfcpu'],
    [asking('0'), [asking('0'), asking('0'), asking('0')], 'OutOfpods'],
    [podOf(), [], 'TaintToleration'],
    [podOf({ spec: { ...tolerant, nodeSelector: { zone: 'a' } } }), [], undefined],
    [podOf({ spec: { ...tolerant, nodeSelector: { zone: 'b' } } }), [], 'NodeAffinity'],
    [affine('zone', 'In', ['a']), [], undefined],
    [affine('zone', 'NotIn', ['a']), [], 'NodeAffinity'],
    [affine('other', 'NotIn', ['a']), [], undefined],
    [affine('cores', 'Gt', ['4']), [], undefined],
    [affine('cores', 'Lt', ['4']), [], 'NodeAffinity'],
    [affine('other', 'Exists', []), [], 'NodeAffinity'],
    [affine('constructor', 'Exists', []), [], 'NodeAffinity'],
    [podOf({ spec: { ...tolerant, os: { name: 'windows' } } }), [], 'PodOSNotSupported'],
    [onPort(80), [onPort(80)], 'NodePorts'],
    [onPort(80, '1.1.1.1'), [onPort(80, '2.2.2.2')], undefined],
    [onPort(80, '1.1.1.1'), [onPort(80)], 'NodePorts'],
    [onPort(81), [onPort(80)], undefined],
  ]
  for (const [i, [pod, others, reason]] of cases.entries())
    assert.equal(admit(pod, others, node)?.reason, reason, `case ${i}`)
})
