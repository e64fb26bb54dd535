// What PodSecurity counts, under upstream's names. What is counted apart is bounded: versions that are not known yet
// are one.

import { perCore } from '../../per-core.ts'
import type { AdmissionContext } from '../admission.ts'
import { newest } from './checks.ts'
import type { LevelVersion, Mode } from './policy.ts'

type About = Pick<AdmissionContext, 'operation' | 'kind' | 'subresource'>

const families = [
  ['evaluations', 'Pods and templates of pods that were held against a level of the Pod Security Standards.'],
  ['exemptions', 'Pods and templates of pods that no level holds for.'],
  ['errors', 'Pods and templates of pods whose namespace could not be understood.'],
] as const
type Family = (typeof families)[number][0]

const request = ({ operation, kind, subresource }: About): string =>
  `request_operation="${operation.toLowerCase()}",resource="${kind.resource === 'pods' ? 'pod' : 'controller'}",subresource="${subresource}"`

const versionName = ({ version }: LevelVersion): string => {
  if (version === 'latest') return version
  return version > newest ? 'future' : `v1.${version}`
}

class PodSecurityCounts {
  readonly #counts = new Map<Family, Map<string, number>>(families.map(([family]) => [family, new Map()]))

  evaluated(decision: 'allow' | 'deny', mode: Mode, policy: LevelVersion, about: About): void {
    const which = `policy_level="${policy.level}",policy_version="${versionName(policy)}"`
    this.#add('evaluations', `decision="${decision}",mode="${mode}",${which},${request(about)}`)
  }

  exempted(about: About): void {
    this.#add('exemptions', request(about))
  }

  failed(fatal: boolean, about: About): void {
    this.#add('errors', `fatal="${fatal}",${request(about)}`)
  }

  text(): string {
    const lines = families.flatMap(([family, help]) => {
      const name = `pod_security_${family}_total`
      const counts = [...this.#counts.get(family)!].map(([labels, count]) => `${name}{${labels}} ${count}`)
      return counts.length === 0 ? [] : [`# HELP ${name} [ALPHA] ${help}`, `# TYPE ${name} counter`, ...counts]
    })
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`
  }

  #add(family: Family, labels: string): void {
    const counts = this.#counts.get(family)!
    counts.set(labels, (counts.get(labels) ?? 0) + 1)
  }
}

export const countsOf = perCore((core) => {
  const counts = new PodSecurityCounts()
  core.metrics.include(async () => counts.text())
  return counts
})
