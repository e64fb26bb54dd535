// Laws of a rolling update, for any limits, any sizes and any order in which pods come up or break: never more pods
// than the surge allows, never fewer available ones by the controller's own doing, and an end once pods come up.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ReplicaSet } from '#api/apps/replica-set.ts'
import { type Action, plan } from './deployment-plan.ts'
import { limitsOf } from './deployment-rollout.ts'
import { deployment, replicaSet, startMs } from './fixtures.ts'

interface Model {
  readonly image: string
  readonly revision: number
  replicas: number
  available: number
}

const asSet = ({ image, revision, replicas, available }: Model): ReplicaSet =>
  replicaSet(image, replicas, { image, available, revision, created: revision, replicas })

const limit = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('0%', '10%', '25%', '50%', '100%'))

const world = fc.record({
  wanted: fc.integer({ min: 0, max: 12 }),
  maxSurge: limit,
  maxUnavailable: limit,
  /** How the sets stand at the start: each has so many pods, of which so many are available. */
  sets: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 1, maxLength: 3 }),
  /** Which set gains (or loses) an available pod before each run. */
  luck: fc.array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 30 }),
})

const total = (models: readonly Model[]) => models.reduce((sum, { replicas }) => sum + replicas, 0)
const available = (models: readonly Model[]) => models.reduce((sum, model) => sum + model.available, 0)

function carryOut(models: Model[], actions: readonly Action[]): void {
  for (const action of actions) {
    if (action.do === 'create')
      models.push({ image: 'next', revision: models.length + 1, replicas: action.replicas, available: 0 })
    if (action.do !== 'update') continue
    const model = models.find(({ image }) => image === action.set.metadata.name)!
    model.replicas = action.replicas
    // A ReplicaSet takes those away first that are not available.
    model.available = Math.min(model.available, action.replicas)
  }
}

test('a rolling update keeps to its limits and comes to its end', () => {
  fc.assert(
    fc.property(world, ({ wanted, maxSurge, maxUnavailable, sets, luck }) => {
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }
      const found = deployment(wanted, {
        strategy,
        template: asSet({ image: 'next', revision: 0, replicas: 0, available: 0 }).spec.template,
      })
      const { surge, unavailable } = limitsOf(found)
      const models = sets.map(
        ([replicas, up], n): Model => ({
          image: `old${n}`,
          revision: n + 1,
          replicas,
          available: Math.min(replicas, up),
        }),
      )
      const run = () => {
        const before = { total: total(models), available: available(models) }
        carryOut(models, plan(found, models.map(asSet), false, startMs).actions)
        assert.ok(total(models) <= Math.max(before.total, wanted + surge), 'no more pods than the surge allows')
        const least = Math.min(before.available, wanted - unavailable)
        assert.ok(available(models) >= least, `${available(models)} available, at least ${least} wanted`)
      }
      for (const [which, up] of luck) {
        run()
        const model = models[which % models.length]!
        model.available = up ? Math.min(model.replicas, model.available + 1) : Math.max(0, model.available - 1)
      }
      for (let rounds = 0; rounds < 100; rounds++) {
        run()
        for (const model of models) model.available = model.replicas
      }
      const next = models.find(({ image }) => image === 'next')
      assert.deepEqual([next?.replicas, total(models)], [wanted, wanted], 'it ends with the new version alone')
    }),
    { numRuns: 500 },
  )
})
