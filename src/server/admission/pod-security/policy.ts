// What a namespace asks of its pods, as its labels say it: a level and the version of the standard's rules for each
// mode. Anything wrong counts as the strictest when enforced, and as nothing when only told of; names and texts are
// upstream's.

import { FieldErrors, Path } from '#api/field-errors.ts'

export const levels = ['privileged', 'baseline', 'restricted'] as const
export type Level = (typeof levels)[number]

/** The minor of 1.x; `latest` is always the newest. */
export type Version = number | 'latest'

export interface LevelVersion {
  readonly level: Level
  readonly version: Version
}

export const modes = ['enforce', 'audit', 'warn'] as const
export type Mode = (typeof modes)[number]
export type Policy = Readonly<Record<Mode, LevelVersion>>

const prefix = 'pod-security.kubernetes.io/'
const labels = modes.map((mode) => ({ mode, level: `${prefix}${mode}`, version: `${prefix}${mode}-version` }))

const free: LevelVersion = { level: 'privileged', version: 'latest' }
export const defaultPolicy: Policy = { enforce: free, audit: free, warn: free }

export const formatPolicy = ({ level, version }: LevelVersion): string =>
  `${level}:${version === 'latest' ? version : `v1.${version}`}`

export const isSame = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.version === b.version

export const isStricter = (a: Level, b: Level): boolean => levels.indexOf(a) > levels.indexOf(b)

export const isLevel = (text: string): text is Level => (levels as readonly string[]).includes(text)

/** Undefined: it is none. */
export function parseVersion(text: string): Version | undefined {
  if (text === 'latest') return text
  const minor = /^v1\.(\d|[1-9]\d*)$/.exec(text)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

export interface PolicyOfNamespace {
  readonly policy: Policy
  readonly errors: FieldErrors
}

const noErrors = new FieldErrors()
const path = Path.of('metadata').child('labels')

export function policyOf(given: Readonly<Record<string, string>>, defaults: Policy = defaultPolicy): PolicyOfNamespace {
  let errors = noErrors
  let policy = defaults
  const wrong = (label: string, detail: string) => {
    if (errors === noErrors) errors = new FieldErrors()
    errors.invalid(path.key(label), given[label], detail)
  }
  for (const { mode, level: levelLabel, version: versionLabel } of labels) {
    const [levelText, versionText] = [given[levelLabel], given[versionLabel]]
    if (levelText === undefined && versionText === undefined) continue
    let { level, version } = defaults[mode]
    if (levelText !== undefined) {
      if (isLevel(levelText)) level = levelText
      else {
        level = mode === 'enforce' ? 'restricted' : 'privileged'
        wrong(levelLabel, `must be one of ${levels.join(', ')}`)
      }
    }
    if (versionText !== undefined) {
      const parsed = parseVersion(versionText)
      version = parsed ?? 'latest'
      if (parsed === undefined) wrong(versionLabel, 'must be "latest" or "v1.x"')
    }
    policy = { ...policy, [mode]: { level, version } }
  }
  return { policy, errors }
}
