// Deployments and ReplicaSets as users see them, against the real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Deployment, Deployment as DeploymentKind } from '#api/apps/deployment.ts'
import { ReplicaSet as ReplicaSetKind } from '#api/apps/replica-set.ts'
import { Pod as PodKind } from '#api/core/pod.ts'
import type { Draft } from '#client/client.ts'
import { startWorld, type World } from './testing.ts'

const web = (image: string, replicas: number, spec: object = {}): Draft<typeof DeploymentKind> => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
    ...spec,
  },
})

const ref = { namespace: 'default', name: 'web' }
const setImage = (world: World, image: string) =>
  world.client.patch(
    DeploymentKind,
    ref,
    { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } },
    { type: 'strategic' },
  )
const setSpec = (world: World, spec: object) => world.client.patch(DeploymentKind, ref, { spec }, { type: 'merge' })

/** `v1 3/3` per set: image, wanted, ready; oldest revision first. */
async function sizes(world: World): Promise<string[]> {
  const sets = await world.list(ReplicaSetKind, 'default')
  return sets
    .map(({ metadata, spec, status }) => ({
      revision: Number(metadata.annotations?.['deployment.kubernetes.io/revision']),
      text: `${spec.template.spec?.containers[0]?.image} ${spec.replicas}/${status.readyReplicas ?? 0}`,
    }))
    .sort((a, b) => a.revision - b.revision)
    .map(({ revision, text }) => `${revision}: ${text}`)
}

const progress = ({ status }: Deployment): string | undefined =>
  status.conditions?.find(({ type }) => type === 'Progressing')?.reason

async function started(replicas: number, spec: object = {}): Promise<World> {
  const world = await startWorld()
  await world.node('n1')
  world.autoReady()
  await world.client.create(DeploymentKind, web('v1', replicas, spec))
  await world.settle()
  return world
}

test('a Deployment makes a ReplicaSet, which makes pods', async () => {
  const world = await started(3)
  assert.deepEqual(await sizes(world), ['1: v1 3/3'])
  const pods = await world.list(PodKind, 'default')
  const [set] = await world.list(ReplicaSetKind, 'default')
  const hash = set?.metadata.labels?.['pod-template-hash']
  assert.equal(pods.length, 3)
  for (const pod of pods) {
    assert.match(pod.metadata.name ?? '', new RegExp(`^web-${hash}-[a-z0-9]{5}$`))
    assert.deepEqual(pod.metadata.labels, { app: 'web', 'pod-template-hash': hash })
    assert.deepEqual(pod.metadata.ownerReferences, [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: set?.metadata.name,
        uid: set?.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ])
  }
  const deployment = await world.get(DeploymentKind, 'web', 'default')
  assert.equal(deployment?.metadata.annotations?.['deployment.kubernetes.io/revision'], '1')
  assert.deepEqual(
    [deployment?.status.observedGeneration, deployment?.status.availableReplicas, deployment && progress(deployment)],
    [1, 3, 'NewReplicaSetAvailable'],
  )
  const events = await world.events()
  assert.ok(events.includes(`ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`), events.join('\n'))
  assert.equal(events.filter((event) => event.startsWith('SuccessfulCreate: Created pod: web-')).length, 3)
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('a quiet cluster writes nothing and sets no timer but for heartbeats', async () => {
  const world = await started(3)
  const before = world.writes.length
  await world.advance(40_000)
  assert.deepEqual(world.writes.slice(before), [])
  await world.stop()
})

test('a rollout replaces every pod, never has fewer available than wanted, and never more than the surge allows', async () => {
  const world = await started(4, {
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  })
  let fewest = Number.POSITIVE_INFINITY
  let most = 0
  world.informers.of(PodKind).onChange(() => {
    const pods = world.informers
      .of(PodKind)
      .list('default')
      .filter(({ metadata }) => !metadata.deletionTimestamp)
    const ready = pods.filter(({ status }) =>
      status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
    fewest = Math.min(fewest, ready.length)
    most = Math.max(most, pods.length)
  })
  await setImage(world, 'v2')
  await world.settle()
  assert.deepEqual(await sizes(world), ['1: v1 0/0', '2: v2 4/4'])
  assert.ok(fewest >= 4 && most <= 5, `${fewest} to ${most}`)
  const deployment = await world.get(DeploymentKind, 'web', 'default')
  assert.equal(deployment?.metadata.annotations?.['deployment.kubernetes.io/revision'], '2')
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('undo brings the old set back with a new revision', async () => {
  const world = await started(2)
  await setImage(world, 'v2')
  await world.settle()
  await setImage(world, 'v1')
  await world.settle()
  assert.deepEqual(await sizes(world), ['2: v2 0/0', '3: v1 2/2'])
  const [first] = (await world.list(ReplicaSetKind)).filter(({ spec }) => spec.replicas === 2)
  assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1')
  await world.stop()
})

test('a version that does not come up takes no old pod down, and the deadline tells', async () => {
  const world = await startWorld()
  await world.node('n1')
  const ready = async () => {
    for (const pod of await world.list(PodKind, 'default'))
      if (pod.spec.containers[0]?.image !== 'broken' && !pod.status.podIP) await world.ready(pod)
    await world.settle()
  }
  await world.client.create(DeploymentKind, web('v1', 4, { progressDeadlineSeconds: 60 }))
  await world.settle()
  await ready()
  await setImage(world, 'broken')
  await world.settle()
  assert.deepEqual(await sizes(world), ['1: v1 3/3', '2: broken 2/0'])
  await world.advance(59_000)
  assert.equal(progress((await world.get(DeploymentKind, 'web', 'default'))!), 'ReplicaSetUpdated')
  await world.advance(5_000)
  const deployment = (await world.get(DeploymentKind, 'web', 'default'))!
  assert.equal(progress(deployment), 'ProgressDeadlineExceeded')
  assert.deepEqual(await sizes(world), ['1: v1 3/3', '2: broken 2/0'])
  // Rolling over to a third version does not wait for the second.
  await setImage(world, 'v3')
  await world.settle()
  await ready()
  await ready()
  await ready()
  assert.deepEqual((await sizes(world)).at(-1), '3: v3 4/4')
  await world.stop()
})

test('scaling goes up and down, and takes the youngest pods away', async () => {
  const world = await started(3)
  const first = (await world.list(PodKind, 'default')).map(({ metadata }) => metadata.name)
  await world.advance(600_000)
  await setSpec(world, { replicas: 10 })
  await world.settle()
  assert.deepEqual(await sizes(world), ['1: v1 10/10'])
  await world.advance(1_000)
  await setSpec(world, { replicas: 3 })
  await world.settle()
  assert.deepEqual(await sizes(world), ['1: v1 3/3'])
  assert.deepEqual(
    (await world.list(PodKind, 'default')).map(({ metadata }) => metadata.name),
    first,
  )
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('a paused rollout waits, and goes on when it is resumed', async () => {
  const world = await started(2)
  await setSpec(world, { paused: true })
  await setImage(world, 'v2')
  await world.settle()
  assert.deepEqual(await sizes(world), ['1: v1 2/2'])
  await setSpec(world, { paused: false })
  await world.settle()
  assert.deepEqual(await sizes(world), ['1: v1 0/0', '2: v2 2/2'])
  await world.stop()
})

test('Recreate has no pod of the new version before the last old one is gone', async () => {
  const world = await started(3, { strategy: { type: 'Recreate' } })
  let overlap = false
  world.informers.of(PodKind).onChange(() => {
    const images = new Set(
      world.informers
        .of(PodKind)
        .list('default')
        .map(({ spec }) => spec.containers[0]?.image),
    )
    overlap ||= images.size > 1
  })
  await setImage(world, 'v2')
  await world.settle()
  assert.deepEqual(await sizes(world), ['1: v1 0/0', '2: v2 3/3'])
  assert.equal(overlap, false)
  await world.stop()
})

test('old sets beyond the history limit are forgotten', async () => {
  const world = await started(1, { revisionHistoryLimit: 1 })
  for (const image of ['v2', 'v3', 'v4']) {
    await setImage(world, image)
    await world.settle()
  }
  assert.deepEqual(await sizes(world), ['3: v3 0/0', '4: v4 1/1'])
  await world.stop()
})

test('a pod that is deleted is replaced; one whose labels change is let go, and taken back', async () => {
  const world = await started(2)
  const [pod, other] = await world.list(PodKind, 'default')
  await world.client.delete(PodKind, { namespace: 'default', name: pod?.metadata.name ?? '' })
  await world.settle()
  assert.equal((await world.list(PodKind, 'default')).length, 2)
  const name = other?.metadata.name ?? ''
  const relabel = (app: string) =>
    world.client.patch(PodKind, { namespace: 'default', name }, { metadata: { labels: { app } } }, { type: 'merge' })
  await relabel('debug')
  await world.settle()
  assert.equal((await world.list(PodKind, 'default')).length, 3)
  assert.equal((await world.get(PodKind, name, 'default'))?.metadata.ownerReferences, undefined)
  await relabel('web')
  await world.settle()
  assert.equal((await world.list(PodKind, 'default')).length, 2)
  await world.stop()
})

test('deleting a Deployment takes its sets and pods with it', async () => {
  const world = await started(3)
  await world.client.delete(DeploymentKind, ref, { propagationPolicy: 'Background' })
  await world.settle()
  assert.deepEqual([await world.list(ReplicaSetKind), await world.list(PodKind)], [[], []])
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('a hundred pods are created exactly once', async () => {
  const world = await started(100)
  assert.equal((await world.list(PodKind, 'default')).length, 100)
  assert.equal(world.writes.filter((write) => write === 'POST /api/v1/namespaces/default/pods').length, 100)
  await world.stop()
})
