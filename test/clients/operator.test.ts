// An operator that nobody here wrote: IBM's MustacheTemplate, from the npm registry. Its definition comes from its own
// package. It watches its objects and what they refer to, renders them, makes what they say, and cleans up behind them
// with a finalizer. It is installed into a temporary folder; without npm or a registry this is skipped.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { run } from '#lib/exec.ts'
import { eventually } from '../node/wait.ts'
import { clusterFor, missing, programAt } from './cluster.ts'

/** Its package asks for versions of its own libraries that were never published: the last ones that were. */
const manifest = {
  private: true,
  dependencies: { '@razee/mustachetemplate': '4.0.3' },
  overrides: { '@razee/kubernetes-util': '1.1.20', '@razee/razeedeploy-core': '1.3.24' },
}

const dir = mkdtempSync(join(tmpdir(), 'pinnace-operator-'))

async function install(): Promise<string | false> {
  const absent = missing('npm', 'kubectl')
  if (absent) return absent
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest))
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-timeout=30000']
  const { code, stderr } = await run(programAt('npm') as string, ['install', '--prefix', dir, ...flags], {
    timeoutMs: 240_000,
  })
  return code !== 0 && `npm cannot install the operator: ${stderr.split('\n').at(0)}`
}

const skip = await install().catch((error: Error) => error.message)
if (skip) rmSync(dir, { recursive: true })

const path = (name: string): string => join(dir, 'node_modules/@razee/mustachetemplate', name)

interface Document {
  readonly kind: string
  readonly items: readonly { readonly kind: string }[]
}

const template = (greeting: string) => ({
  apiVersion: 'deploy.razee.io/v1alpha2',
  kind: 'MustacheTemplate',
  metadata: { name: 'hello', namespace: 'default' },
  spec: {
    env: [{ name: 'name', valueFrom: { configMapKeyRef: { name: 'who', key: 'name' } } }],
    templates: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'result' }, data: { text: `${greeting}, {{name}}!` } },
    ],
  },
})

describe('MustacheTemplate, an operator from npm', { skip, concurrency: 1, timeout: 300_000 }, () => {
  if (skip) return
  const cluster = clusterFor('op')
  let operator: ChildProcess
  let log = ''

  const apply = (object: object) => cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) })
  const text = () => cluster.kubectl(['get', 'cm', 'result', '-o', 'jsonpath={.data.text}'])
  const becomes = (wanted: string) =>
    eventually(async () => assert.equal(await text().catch((error) => `${error}\n${log.slice(-3000)}`), wanted), 60_000)

  before(async () => {
    // The version and the like are filled in when it is built.
    const yaml = readFileSync(path('kubernetes/MustacheTemplate/resource.yaml'), 'utf8').replace(/\{{3}\w+\}{3}/g, '1')
    const definition = (parse(yaml) as Document).items.find(({ kind }) => kind === 'CustomResourceDefinition')
    assert.ok(definition)
    await apply(definition)
    await cluster.kubectl(['wait', '--for=condition=Established', 'crd/mustachetemplates.deploy.razee.io'])
    // Its two halves may get in each other's way, and what was refused is tried again with the next watch.
    const env = { ...process.env, ...cluster.env, CRD_WATCH_TIMEOUT_SECONDS: '5' }
    operator = spawn(process.execPath, [path('bin/mustachetemplate')], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [operator.stdout, operator.stderr]) stream?.on('data', (chunk) => (log += chunk))
  })
  after(async () => {
    // It does not end by SIGTERM.
    if (operator && operator.exitCode === null && operator.kill('SIGKILL')) await once(operator, 'exit')
    rmSync(dir, { recursive: true })
  })

  test('it makes what an object says, from what the object refers to', async () => {
    await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'who' }, data: { name: 'Anna' } })
    await apply(template('Hello'))
    await becomes('Hello, Anna!')
    const object = JSON.parse(await cluster.kubectl(['get', 'mtp', 'hello', '-o', 'json']))
    assert.deepEqual(object.metadata.finalizers, ['children.mustachetemplate.deploy.razee.io'])
    assert.ok('/api/v1/namespaces/default/configmaps/result' in object.status.children)
  })

  test('it follows the object, and what the object refers to', async () => {
    await apply(template('Good morning'))
    await becomes('Good morning, Anna!')
    await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'who' }, data: { name: 'Bert' } })
    await becomes('Good morning, Bert!')
  })

  test('what its definition does not allow is refused', async () => {
    const { spec, ...rest } = template('Hello')
    const wrong = { ...rest, spec: { templates: spec.templates } }
    await assert.rejects(
      apply({ ...wrong, metadata: { name: 'wrong' } }),
      /"spec" must validate all the schemas \(allOf\)/,
    )
  })

  test('it removes what it made before its object goes', async () => {
    await cluster.kubectl(['delete', 'mtp', 'hello', '--timeout=30s'])
    await assert.rejects(text(), /configmaps "result" not found/)
  })
})
