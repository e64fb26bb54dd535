// How admission plugins are set, from the flag: upstream's AdmissionConfiguration names plugins, each with its settings
// or with the file that they are in. Which plugins are on is said by flags of their own.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseYaml } from '#api/yaml.ts'
import { UsageError } from '#cli/command.ts'
import { podSecurityConfiguration } from '#server/admission/pod-security/configuration.ts'
import type { PodSecurityOptions } from '#server/admission/pod-security.ts'
import { type PluginSelection, selectionProblems } from '#server/admission/selected-plugins.ts'

export interface AdmissionOptions {
  readonly admissionControlConfigFile?: string
  readonly enableAdmissionPlugins?: readonly string[]
  readonly disableAdmissionPlugins?: readonly string[]
}

export interface ConfiguredPlugins extends PluginSelection {
  readonly podSecurity?: PodSecurityOptions
}

interface ConfiguredPlugin {
  readonly name?: string
  readonly path?: string
  readonly configuration?: unknown
}

const apiVersions = ['apiserver.config.k8s.io/v1', 'apiserver.k8s.io/v1alpha1']
const flag = '--admission-control-config-file'

function pluginsIn(value: unknown): readonly ConfiguredPlugin[] {
  const { apiVersion, kind, plugins = [] } = (value ?? {}) as { apiVersion?: string; kind?: string; plugins?: unknown }
  if (kind !== 'AdmissionConfiguration') throw new Error('kind: it must be AdmissionConfiguration')
  if (!apiVersions.includes(apiVersion ?? '')) throw new Error(`apiVersion: it must be ${apiVersions[0]}`)
  if (!Array.isArray(plugins)) throw new Error('plugins: it must be a list')
  return plugins as readonly ConfiguredPlugin[]
}

export function parseAdmission(text: string, read: (path: string) => string): ConfiguredPlugins {
  let configured: ConfiguredPlugins = {}
  for (const [i, plugin] of pluginsIn(parseYaml(text)).entries()) {
    const at = `plugins[${i}]`
    const { name, path, configuration } = plugin ?? {}
    if (name !== 'PodSecurity') throw new Error(`${at}.name: ${JSON.stringify(name)} has no settings; PodSecurity does`)
    if (configured.podSecurity) throw new Error(`${at}.name: "${name}" stands there twice`)
    if (configuration !== undefined && path) throw new Error(`${at}: it has both a path and a configuration`)
    const settings = path ? parseYaml(read(path)) : configuration
    if (settings === undefined || settings === null) continue
    configured = { podSecurity: podSecurityConfiguration(settings) }
  }
  return configured
}

/** Paths in the file are as seen from its folder. */
export function configuredPlugins({
  admissionControlConfigFile: file,
  enableAdmissionPlugins: enable = [],
  disableAdmissionPlugins: disable = [],
}: AdmissionOptions): ConfiguredPlugins {
  const selection = { enable, disable }
  const problems = selectionProblems(selection)
  if (problems.length > 0) throw new UsageError(problems.join('; '))
  return { ...selection, ...(file === undefined ? {} : settingsIn(file)) }
}

function settingsIn(file: string): ConfiguredPlugins {
  try {
    return parseAdmission(readFileSync(file, 'utf8'), (path) => readFileSync(resolve(dirname(file), path), 'utf8'))
  } catch (error) {
    throw new UsageError(`${flag}: "${file}" cannot be used: ${(error as Error).message}`)
  }
}
