// What the administrator sets for PodSecurity, in upstream's PodSecurityConfiguration: what holds where a namespace
// says nothing, and whom nothing holds for.

import { dns1123Label, dns1123Subdomain, type Rule } from '#api/names.ts'
import type { PodSecurityOptions } from '../pod-security.ts'
import { isLevel, type LevelVersion, levels, type Mode, modes, type Policy, parseVersion } from './policy.ts'

const apiVersions = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `pod-security.admission.config.k8s.io/${version}`)
const kindName = 'PodSecurityConfiguration'

type Document = Readonly<Record<string, unknown>>

function objectAt(path: string, value: unknown, fields: readonly string[]): Document {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`${path}: it must be an object`)
  const strange = Object.keys(value).find((field) => !fields.includes(field))
  if (strange !== undefined) throw new Error(`${path}.${strange}: there is no such field`)
  return value as Document
}

function modeOf(defaults: Document, mode: Mode): LevelVersion {
  const level = defaults[mode] || 'privileged'
  const version = defaults[`${mode}-version`] || 'latest'
  if (typeof level !== 'string' || !isLevel(level))
    throw new Error(`defaults.${mode}: it must be one of ${levels.join(', ')}`)
  const parsed = typeof version === 'string' ? parseVersion(version) : undefined
  if (parsed === undefined) throw new Error(`defaults.${mode}-version: it must be "latest" or "v1.x"`)
  return { level, version: parsed }
}

function namesAt(path: string, value: unknown, rule: Rule): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Error(`${path}: it must be a list of names`)
  value.forEach((name, i) => {
    if (typeof name !== 'string' || rule(name).length > 0)
      throw new Error(`${path}[${i}]: ${JSON.stringify(name)} is no name`)
    if (value.indexOf(name) < i) throw new Error(`${path}[${i}]: ${JSON.stringify(name)} stands there twice`)
  })
  return value as readonly string[]
}

const isThere: Rule = (name) => (name === '' ? ['must not be empty'] : [])

/** Throws what is wrong, with its place. */
export function podSecurityConfiguration(value: unknown): PodSecurityOptions {
  const document = objectAt(kindName, value, ['apiVersion', 'kind', 'defaults', 'exemptions'])
  const { apiVersion, kind } = document
  if (kind !== kindName) throw new Error(`kind: it must be ${kindName}`)
  if (!apiVersions.includes(String(apiVersion))) throw new Error(`apiVersion: it must be ${apiVersions[0]}`)
  const known = modes.flatMap((mode) => [mode, `${mode}-version`])
  const defaults = objectAt('defaults', document.defaults, known)
  const exemptions = objectAt('exemptions', document.exemptions, ['usernames', 'namespaces', 'runtimeClasses'])
  return {
    defaults: Object.fromEntries(modes.map((mode) => [mode, modeOf(defaults, mode)])) as Policy,
    exemptions: {
      usernames: namesAt('exemptions.usernames', exemptions.usernames, isThere),
      namespaces: namesAt('exemptions.namespaces', exemptions.namespaces, dns1123Label),
      runtimeClasses: namesAt('exemptions.runtimeClasses', exemptions.runtimeClasses, dns1123Subdomain),
    },
  }
}
