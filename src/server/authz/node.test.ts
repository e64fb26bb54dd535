import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pod } from '#api/core/pod.ts'
import type { ApiObject } from '#api/kind.ts'
import type { Attributes } from '../access.ts'
import { authorizeNode } from './node.ts'
import { NodeGraph } from './node-graph.ts'

const pod = (name: string, node: string, spec: object, metadata: object = {}): Pod =>
  ({
    metadata: { namespace: 'ns', name, uid: `uid-${name}`, ...metadata },
    spec: { containers: [], nodeName: node, ...spec },
    status: {},
  }) as unknown as Pod

const everything = {
  serviceAccountName: 'robot',
  imagePullSecrets: [{ name: 'pull' }],
  initContainers: [{ name: 'i', envFrom: [{ secretRef: { name: 'env-all' } }, { configMapRef: { name: 'cm-all' } }] }],
  containers: [
    {
      name: 'c',
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'env-one', key: 'k' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'cm-one', key: 'k' } } },
      ],
    },
  ],
  volumes: [
    { name: 'v1', secret: { secretName: 'volume' } },
    { name: 'v2', configMap: { name: 'cm-volume' } },
    {
      name: 'v3',
      projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'cm-projected' } }] },
    },
    { name: 'v4', persistentVolumeClaim: { claimName: 'claim' } },
    { name: 'v5', ephemeral: {} },
    { name: 'v6', csi: { driver: 'd', nodePublishSecretRef: { name: 'csi' } } },
  ],
  resourceClaims: [{ name: 'r', resourceClaimName: 'device' }],
}

function world() {
  const there = new Map<string, Pod>()
  const podsOn = (node: string) =>
    [...there.values()]
      .filter(({ spec }) => spec.nodeName === node)
      .map((one) => ({ namespace: one.metadata.namespace!, name: one.metadata.name!, load: () => one }))
  const graph = new NodeGraph(podsOn)
  const set = (one: Pod) => {
    there.set(one.metadata.name!, one)
    graph.setPod(one.metadata.namespace!, one.metadata.name!, one.spec.nodeName!, () => one)
  }
  set(pod('full', 'n1', everything))
  set(pod('other', 'n2', { volumes: [{ name: 'v', secret: { secretName: 'elsewhere' } }] }))
  graph.setVolume({
    metadata: { name: 'pv' },
    spec: {
      claimRef: { namespace: 'ns', name: 'claim' },
      csi: { nodeStageSecretRef: { namespace: 'storage', name: 'stage' }, controllerPublishSecretRef: { name: 'ctl' } },
    },
  } as unknown as ApiObject)
  graph.setVolume({ metadata: { name: 'free' }, spec: {} } as unknown as ApiObject)
  graph.setOwned('volumeattachments', '', 'att', 'n1')
  graph.setOwned('resourceslices', '', 'slice', 'n1')
  return { graph, set, there }
}

/** `get secrets ns/pull`, `list pods ns/ spec.nodeName=n1`, `create nodes/status n1`, `get /version` */
function ask(graph: NodeGraph, text: string, user = 'system:node:n1', groups = ['system:nodes']): string {
  const [verb = '', what = '', place = '', fieldSelector = ''] = text.split(' ')
  const [whole = '', group = ''] = what.split(/\.(.*)/)
  const [resource = '', subresource = ''] = whole.split('/')
  const [namespace = '', name = ''] = place.includes('/') ? place.split('/') : ['', place]
  const isResource = !what.startsWith('/')
  const attributes: Attributes = {
    user: { name: user, groups },
    isResource,
    verb,
    path: isResource ? '' : what,
    group,
    version: 'v1',
    namespace,
    resource,
    subresource,
    name,
    fieldSelector,
  }
  const { allowed, reason = '' } = authorizeNode(graph, attributes)
  return allowed ? 'yes' : `no ${reason}`.trim()
}

const unrelated = "no no relationship found between node 'n1' and this object"

const table: Readonly<Record<string, string>> = {
  'get secrets ns/pull': 'yes',
  'get secrets ns/env-all': 'yes',
  'get secrets ns/env-one': 'yes',
  'get secrets ns/volume': 'yes',
  'get secrets ns/projected': 'yes',
  'get secrets ns/csi': 'yes',
  'list secrets ns/volume': 'yes',
  'watch secrets ns/volume': 'yes',
  'get secrets storage/stage': 'yes',
  'get secrets ns/ctl': unrelated,
  'get secrets ns/elsewhere': unrelated,
  'get secrets other/volume': unrelated,
  'list secrets ns/': 'no No Object name found',
  'list secrets': 'no can only read namespaced object of this type',
  'update secrets ns/volume': 'no can only read resources of this type',
  'get configmaps ns/cm-all': 'yes',
  'get configmaps ns/cm-one': 'yes',
  'get configmaps ns/cm-volume': 'yes',
  'get configmaps ns/cm-projected': 'yes',
  'get configmaps ns/none': unrelated,
  'get persistentvolumeclaims ns/claim': 'yes',
  'get persistentvolumeclaims ns/full-v5': 'yes',
  'list persistentvolumeclaims ns/claim': 'no can only get individual resources of this type',
  'patch persistentvolumeclaims/status ns/claim': 'yes',
  'patch persistentvolumeclaims/status ns/none': unrelated,
  'get persistentvolumes pv': 'yes',
  'get persistentvolumes free': unrelated,
  'get resourceclaims.resource.k8s.io ns/device': 'yes',
  'get volumeattachments.storage.k8s.io att': 'yes',
  'get volumeattachments.storage.k8s.io none': unrelated,
  'create serviceaccounts/token ns/robot': 'yes',
  'get serviceaccounts ns/robot': 'yes',
  'create serviceaccounts/token ns/none': unrelated,
  'create serviceaccounts ns/robot': 'no can only create token subresource of serviceaccount',
  'list serviceaccounts ns/robot': 'no can only create tokens for individual service accounts',
  'get leases.coordination.k8s.io kube-node-lease/n1': 'yes',
  'create leases.coordination.k8s.io kube-node-lease/': 'yes',
  'update leases.coordination.k8s.io kube-node-lease/n2':
    'no can only access node lease with the same name as the requesting node',
  'get leases.coordination.k8s.io kube-system/n1':
    'no can only access leases in the "kube-node-lease" system namespace',
  'list leases.coordination.k8s.io kube-node-lease/': 'no can only get, create, update, patch, or delete a node lease',
  'update csinodes.storage.k8s.io n1': 'yes',
  'update csinodes.storage.k8s.io n2': 'no can only access CSINode with the same name as the requesting node',
  'get nodes n1': 'yes',
  'get nodes n2': "no node 'n1' cannot read 'n2', only its own Node object",
  'list nodes': "no node 'n1' cannot read all nodes, only its own Node object",
  'patch nodes/status n1': 'yes',
  'delete nodes n1': 'no',
  'get pods ns/full': 'yes',
  'get pods ns/other': unrelated,
  'list pods ns/ spec.nodeName=n1': 'yes',
  'watch pods  spec.nodeName=n1,status.phase!=Failed': 'yes',
  'list pods  spec.nodeName=n2': 'no can only list/watch pods with spec.nodeName field selector',
  'list pods  spec.nodeName!=n1': 'no can only list/watch pods with spec.nodeName field selector',
  'list pods': 'no can only list/watch pods with spec.nodeName field selector',
  'update pods ns/full': 'no',
  'patch pods/status ns/full': 'yes',
  'create pods/eviction ns/full': 'yes',
  'create pods/exec ns/full': 'no',
  'update resourceslices.resource.k8s.io slice': 'yes',
  'update resourceslices.resource.k8s.io none': unrelated,
  'create events ns/': 'yes',
  'list services': 'yes',
  'create certificatesigningrequests.certificates.k8s.io': 'yes',
  'create certificatesigningrequests/approval.certificates.k8s.io x': 'no',
  'create tokenreviews.authentication.k8s.io': 'yes',
  'create deployments.apps ns/': 'no',
  'get /version': 'no',
}

test('a node may read what its pods need, and write about itself', () => {
  const { graph } = world()
  for (const [question, answer] of Object.entries(table)) assert.equal(ask(graph, question), answer, question)
})

test('who is no node is not spoken of, and who does not say which node is none', () => {
  const { graph } = world()
  assert.equal(ask(graph, 'get secrets ns/pull', 'bob', []), 'no')
  assert.equal(ask(graph, 'get secrets ns/pull', 'system:node:n1', []), 'no')
  assert.equal(ask(graph, 'get secrets ns/pull', 'bob'), 'no unknown node for user "bob"')
})

test('what a pod needs is its node’s for as long as a pod is there that needs it', () => {
  const { graph, set } = world()
  set(pod('second', 'n1', { volumes: [{ name: 'v', secret: { secretName: 'volume' } }] }))
  assert.equal(ask(graph, 'get secrets ns/volume'), 'yes')
  graph.removePod('ns', 'full', 'n1')
  assert.equal(ask(graph, 'get secrets ns/volume'), 'yes')
  assert.equal(ask(graph, 'get secrets ns/pull'), unrelated)
  assert.equal(ask(graph, 'get persistentvolumes pv'), unrelated, 'nobody claims the volume any more')
  graph.removePod('ns', 'second', 'n1')
  assert.equal(ask(graph, 'get secrets ns/volume'), unrelated)
})

test('a graph that has lost track of pods asks for them again', () => {
  const { graph, there } = world()
  assert.equal(ask(graph, 'get secrets ns/pull'), 'yes')
  there.delete('full')
  graph.forgetPods()
  assert.equal(ask(graph, 'get secrets ns/pull'), unrelated)
})

test('a pod of the same name on another node takes its needs along', () => {
  const { graph, set } = world()
  assert.equal(ask(graph, 'get secrets ns/pull'), 'yes')
  set(pod('full', 'n2', { imagePullSecrets: [{ name: 'pull' }] }, { uid: 'another' }))
  assert.equal(ask(graph, 'get secrets ns/pull'), unrelated)
  assert.equal(ask(graph, 'get secrets ns/pull', 'system:node:n2'), 'yes')
})

test('a mirror pod, which the node has made itself, gives it nothing', () => {
  const { graph, set } = world()
  set(
    pod(
      'mirror',
      'n1',
      { imagePullSecrets: [{ name: 'own' }] },
      { annotations: { 'kubernetes.io/config.mirror': 'x' } },
    ),
  )
  assert.equal(ask(graph, 'get secrets ns/own'), unrelated)
  assert.equal(ask(graph, 'get pods ns/mirror'), 'yes')
})

test('claims that are allocated later count from then on', () => {
  const { graph, set } = world()
  const late = pod('late', 'n1', {})
  set(late)
  assert.equal(ask(graph, 'get resourceclaims.resource.k8s.io ns/made'), unrelated)
  set({ ...late, status: { resourceClaimStatuses: [{ name: 'x', resourceClaimName: 'made' }] } } as Pod)
  assert.equal(ask(graph, 'get resourceclaims.resource.k8s.io ns/made'), 'yes')
})

test('the fields of a pod that name its node are those that the graph follows', () => {
  assert.ok(Pod.selectableFields['spec.nodeName'])
})
