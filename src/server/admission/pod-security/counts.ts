// What PodSecurity counts, under upstream's names. What is counted apart is bounded: versions that are not known yet
// are one.

import { Counters, type Labels } from '../../metric-families.ts'
import type { Metrics } from '../../metrics.ts'
import { perCore } from '../../per-core.ts'
import type { AdmissionContext } from '../admission.ts'
import { newest } from './checks.ts'
import type { LevelVersion, Mode } from './policy.ts'

type About = Pick<AdmissionContext, 'operation' | 'kind' | 'subresource'>

const request = ({ operation, kind, subresource }: About): Labels => ({
  request_operation: operation.toLowerCase(),
  resource: kind.resource === 'pods' ? 'pod' : 'controller',
  subresource,
})

const versionName = ({ version }: LevelVersion): string => {
  if (version === 'latest') return version
  return version > newest ? 'future' : `v1.${version}`
}

class PodSecurityCounts {
  readonly #evaluations: Counters
  readonly #exemptions: Counters
  readonly #errors: Counters

  constructor(metrics: Metrics) {
    const counters = (family: string, help: string) =>
      metrics.with(new Counters({ name: `pod_security_${family}_total`, help: `[ALPHA] ${help}` }))
    this.#evaluations = counters(
      'evaluations',
      'Pods and templates of pods that were held against a level of the Pod Security Standards.',
    )
    this.#exemptions = counters('exemptions', 'Pods and templates of pods that no level holds for.')
    this.#errors = counters('errors', 'Pods and templates of pods whose namespace could not be understood.')
  }

  evaluated(decision: 'allow' | 'deny', mode: Mode, policy: LevelVersion, about: About): void {
    const which = { policy_level: policy.level, policy_version: versionName(policy) }
    this.#evaluations.add({ decision, mode, ...which, ...request(about) })
  }

  exempted(about: About): void {
    this.#exemptions.add(request(about))
  }

  failed(fatal: boolean, about: About): void {
    this.#errors.add({ fatal: String(fatal), ...request(about) })
  }
}

export const countsOf = perCore(({ metrics }) => new PodSecurityCounts(metrics))
