// Applies a manifest with the administrator's kubeconfig, waits until its Deployments are available, and prints
// where its node ports answer. For a machine without kubectl: node scripts/deploy.ts KUBECONFIG MANIFEST

import { readFileSync } from 'node:fs'
import { Deployment } from '#api/apps/deployment.ts'
import { Node } from '#api/core/node.ts'
import { Service } from '#api/core/service.ts'
import type { ApiObject } from '#api/kind.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { kinds } from '#api/kinds.ts'
import { parseYamlDocuments } from '#api/yaml.ts'
import type { Client } from '#client/client.ts'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { keepProcessAlive, realClock } from '#lib/clock.ts'

const waitMs = 120_000

async function apply(client: Client, object: ApiObject): Promise<void> {
  const kind = new KindRegistry(kinds).kindOf(object.apiVersion, object.kind)
  if (!kind) throw new Error(`The manifest has an object of the unknown kind ${object.apiVersion} ${object.kind}`)
  const { name, namespace = 'default' } = object.metadata
  const ref = { name: name ?? '', namespace: kind.namespaced ? namespace : undefined }
  await client.patch(kind, ref, object, { type: 'apply', fieldManager: 'npm-start', force: true })
  console.log(`    ${kind.plural}/${name} applied`)
}

/** Follows the Deployment until all its replicas are available. */
async function waitUntilAvailable(client: Client, name: string, namespace: string, signal: AbortSignal): Promise<void> {
  const fieldSelector = `metadata.name=${name}`
  const { items, resourceVersion } = await client.list(Deployment, { namespace, fieldSelector })
  const isAvailable = ({ spec, status }: Deployment) => (status?.availableReplicas ?? 0) >= (spec?.replicas ?? 1)
  if (items.some(isAvailable)) return
  for await (const events of client.watch(Deployment, { namespace, fieldSelector, resourceVersion, signal }))
    if (events.some((event) => event.type === 'MODIFIED' && isAvailable(event.object))) return
}

/** The addresses under which node ports answer: the first node's stands for all. Simulated nodes have none. */
async function urls(client: Client, name: string, namespace: string): Promise<readonly string[]> {
  const [node] = (await client.list(Node)).items
  if (node?.status?.nodeInfo?.containerRuntimeVersion?.startsWith('simulated')) return []
  const address = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
  const { spec } = await client.get(Service, { name, namespace })
  return (spec?.ports ?? []).flatMap(({ nodePort }) => (address && nodePort ? [`http://${address}:${nodePort}`] : []))
}

/** Asks for the page once and shows its first line. */
async function tryOut(url: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, { signal })
  const [line = ''] = (await answer.text()).split('\n')
  return `${line} (${answer.status})`
}

const [kubeconfig, manifest] = process.argv.slice(2)
if (!kubeconfig || !manifest) throw new Error('usage: node scripts/deploy.ts KUBECONFIG MANIFEST')
const { server, credentials } = resolveContext(readFileSync(kubeconfig, 'utf8'), (path) => readFileSync(path, 'utf8'))
const client = new HttpClient({
  url: server,
  credentials: () => credentials,
  userAgent: 'pinnace-deploy',
  clock: realClock,
})
const alive = keepProcessAlive()
const timeout = new AbortController()
const timer = realClock.after(waitMs, () => timeout.abort(new Error(`Not available after ${waitMs / 1000} s`)))
try {
  const objects = parseYamlDocuments(readFileSync(manifest, 'utf8')) as ApiObject[]
  for (const object of objects) await apply(client, object)
  for (const { kind, metadata } of objects) {
    const { name = '', namespace = 'default' } = metadata
    if (kind === 'Deployment') {
      await waitUntilAvailable(client, name, namespace, timeout.signal)
      console.log(`    deployments/${name} is available`)
    }
    if (kind === 'Service')
      for (const url of await urls(client, name, namespace)) {
        console.log(`    services/${name} answers at ${url}: ${await tryOut(url, timeout.signal)}`)
      }
  }
} finally {
  timer.cancel()
  alive.cancel()
  await client.close()
}
