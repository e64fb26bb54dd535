// A container's environment, from everywhere it may come: envFrom, env, fields, resources, ConfigMaps, Secrets
// and the services of its namespace. Pure: what it needs is handed in, and what is missing is a ConfigError,
// which becomes CreateContainerConfigError with the same words as upstream's.

import type { ConfigMap } from '#api/core/config-map.ts'
import type { Container } from '#api/core/container.ts'
import type { EnvVar } from '#api/core/env.ts'
import type { Pod } from '#api/core/pod.ts'
import type { Secret } from '#api/core/secret.ts'
import type { Service } from '#api/core/service.ts'
import { fieldValue, type PodAddresses, resourceValue } from './downward.ts'
import { expand } from './expand.ts'

export class ConfigError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'ConfigError'
  }
}

/** Objects of the pod's namespace; undefined: not there. */
export interface ConfigSources {
  configMap(name: string): ConfigMap | undefined
  secret(name: string): Secret | undefined
}

export interface EnvironmentInput {
  readonly pod: Pod
  readonly container: Container
  readonly sources: ConfigSources
  /** Of all namespaces. */
  readonly services: readonly Service[]
  readonly addresses: PodAddresses
  readonly allocatable: Readonly<Record<string, string>>
}

export interface Environment {
  readonly variables: readonly { readonly name: string; readonly value: string }[]
  /** Keys that cannot be names of variables, by where they stand, for an event. */
  readonly skipped: readonly { readonly source: string; readonly keys: readonly string[] }[]
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')

/** Since 1.34 any printable ASCII but `=` will do (RelaxedEnvironmentVariableValidation). */
const isVariableName = (name: string): boolean => /^[\x20-\x3c\x3e-\x7e]+$/.test(name)

export function environment(input: EnvironmentInput): Environment {
  const { pod, container, services } = input
  const values = new Map<string, string>()
  const skipped: { source: string; keys: string[] }[] = []
  for (const from of container.envFrom ?? []) {
    const { source, data } = envFrom(input, from)
    const bad: string[] = []
    for (const [key, value] of Object.entries(data)) {
      const name = (from.prefix ?? '') + key
      if (isVariableName(name)) values.set(name, value)
      else bad.push(name)
    }
    if (bad.length > 0) skipped.push({ source, keys: bad.sort() })
  }
  const ofServices = serviceVariables(pod, services)
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? valueFrom(input, variable)
      : expand(variable.value ?? '', (name) => values.get(name) ?? ofServices.get(name))
    // An optional source that is not there leaves the variable out.
    if (value !== undefined) values.set(variable.name, value)
  }
  for (const [name, value] of ofServices) if (!values.has(name)) values.set(name, value)
  return { variables: [...values].map(([name, value]) => ({ name, value })), skipped }
}

/** Command and arguments with the container's variables put in. */
export const expandAll = (texts: readonly string[] | undefined, env: Environment): readonly string[] => {
  const values = new Map(env.variables.map(({ name, value }) => [name, value]))
  return (texts ?? []).map((text) => expand(text, (name) => values.get(name)))
}

type EnvFrom = NonNullable<Container['envFrom']>[number]

function envFrom({ pod, sources }: EnvironmentInput, from: EnvFrom): { source: string; data: Record<string, string> } {
  const { configMapRef, secretRef } = from
  const namespace = pod.metadata.namespace
  if (configMapRef) {
    const name = configMapRef.name ?? ''
    const object = sources.configMap(name)
    if (!object && !configMapRef.optional) throw new ConfigError(`configmap ${JSON.stringify(name)} not found`)
    return { source: `ConfigMap ${namespace}/${name}`, data: object?.data ?? {} }
  }
  if (secretRef) {
    const name = secretRef.name ?? ''
    const object = sources.secret(name)
    if (!object && !secretRef.optional) throw new ConfigError(`secret ${JSON.stringify(name)} not found`)
    const data = Object.entries(object?.data ?? {}).map(([key, value]) => [key, decode(value)])
    return { source: `Secret ${namespace}/${name}`, data: Object.fromEntries(data) }
  }
  return { source: '', data: {} }
}

function valueFrom(input: EnvironmentInput, { valueFrom: source = {} }: EnvVar): string | undefined {
  const { pod, container, sources, addresses, allocatable } = input
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source
  if (fieldRef) return fieldValue(pod, fieldRef, addresses)
  if (resourceFieldRef) return resourceValue(pod, container, resourceFieldRef, allocatable)
  const { namespace } = pod.metadata
  if (configMapKeyRef) {
    const { name = '', key, optional } = configMapKeyRef
    const object = sources.configMap(name)
    if (!object && !optional) throw new ConfigError(`configmap ${JSON.stringify(name)} not found`)
    const value = object?.data?.[key]
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`)
    return value
  }
  if (secretKeyRef) {
    const { name = '', key, optional } = secretKeyRef
    const object = sources.secret(name)
    if (!object && !optional) throw new ConfigError(`secret ${JSON.stringify(name)} not found`)
    const value = object?.data?.[key]
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`)
    return value === undefined ? undefined : decode(value)
  }
  return ''
}

/** The docker-links style variables of the namespace's services; the API's own service is always among them. */
export function serviceVariables(pod: Pod, services: readonly Service[]): Map<string, string> {
  const links = pod.spec.enableServiceLinks !== false
  const chosen = new Map<string, Service>()
  for (const service of services) {
    const { name = '', namespace } = service.metadata
    const ip = service.spec.clusterIP
    if (!ip || ip === 'None') continue
    if (namespace === 'default' && name === 'kubernetes' && !chosen.has(name)) chosen.set(name, service)
    if (links && namespace === pod.metadata.namespace) chosen.set(name, service)
  }
  const out = new Map<string, string>()
  for (const [, service] of [...chosen].sort(([a], [b]) => (a < b ? -1 : 1))) addVariables(out, service)
  return out
}

const variableName = (text: string): string => text.replaceAll('-', '_').toUpperCase()

function addVariables(out: Map<string, string>, { metadata, spec }: Service): void {
  const prefix = variableName(metadata.name ?? '')
  const ports = spec.ports ?? []
  const ip = spec.clusterIP ?? ''
  const first = ports[0]
  if (!first) return
  const host = ip.includes(':') ? `[${ip}]` : ip
  const urlOf = (port: (typeof ports)[number]) => `${(port.protocol ?? 'TCP').toLowerCase()}://${host}:${port.port}`
  out.set(`${prefix}_SERVICE_HOST`, ip)
  out.set(`${prefix}_SERVICE_PORT`, String(first.port))
  for (const port of ports)
    if (port.name) out.set(`${prefix}_SERVICE_PORT_${variableName(port.name)}`, String(port.port))
  out.set(`${prefix}_PORT`, urlOf(first))
  for (const port of ports) {
    const protocol = port.protocol ?? 'TCP'
    const start = `${prefix}_PORT_${port.port}_${protocol}`
    out.set(start, urlOf(port))
    out.set(`${start}_PROTO`, protocol.toLowerCase())
    out.set(`${start}_PORT`, String(port.port))
    out.set(`${start}_ADDR`, ip)
  }
}
