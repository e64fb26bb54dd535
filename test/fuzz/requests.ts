// A whole server: whatever a client sends, what is stored can be read in every form and written back unchanged, and
// pages of lists go on or are refused.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Scale } from '#api/autoscaling/scale.ts'
import { decode, decodeAs } from '#api/decode.ts'
import type { AnyKind } from '#api/kind.ts'
import { builtIn } from '#api/kinds.ts'
import { decodeProtobuf } from '#api/protobuf-envelope.ts'
import { PartialObjectMetadata } from '#api/wire-types.ts'
import { parseYaml } from '#api/yaml.ts'
import { parseExact } from '#lib/exact-json.ts'
import { isObject } from '#lib/json.ts'
import { customServer, widget, widgets } from '#server/custom/fixture.ts'
import { type Answer, type TestServer, testServer } from '#server/fixture.ts'
import { type Area, area } from './law.ts'
import { type Sample, samples } from './samples.ts'
import { mutated, mutatedText, strangeKey, strangeValue } from './values.ts'

const protobuf = 'application/vnd.kubernetes.protobuf'

const kindAt = (collection: string): AnyKind => {
  const parts = collection.split('/').slice(1)
  const [group, version] = parts[0] === 'api' ? ['', parts[1]!] : [parts[1]!, parts[2]!]
  return builtIn.kindFor(group, version, parts.at(-1)!)!
}

/** As `ask`, with time passing: a pod waits for its account. */
async function asked(api: TestServer, ...[method, url, body, headers]: Parameters<TestServer['ask']>): Promise<Answer> {
  const pending = api.ask(method, url, body, headers)
  let answered = false
  pending.finally(() => {
    answered = true
  })
  for (let turn = 0; turn < 50 && !answered; turn++) await Promise.resolve()
  if (!answered) await api.clock.advance(1001)
  const answer = await pending
  if (answer.status >= 500 && !isUpstreams(answer)) throw new Error(`${method} ${url}: ${answer.text}`)
  return answer
}

/** Refusals that upstream calls an internal error, without a reason; ours of that kind have one. */
const isUpstreams = ({ status, json, text }: Answer): boolean =>
  status === 504 ||
  (json?.kind === 'Status' && json.reason === undefined) ||
  /failed to create typed patch object/.test(text)

async function removed(api: TestServer, url: string): Promise<void> {
  await asked(api, 'PATCH', url, { metadata: { finalizers: null } }, { 'content-type': 'application/merge-patch+json' })
  await asked(api, 'DELETE', `${url}?gracePeriodSeconds=0&propagationPolicy=Background`)
}

async function checkStored(api: TestServer, collection: string, created: Answer): Promise<void> {
  const { metadata } = created.json
  const url = `${collection}/${encodeURIComponent(metadata.name)}`
  const custom = collection.includes(customGroup)
  const got = await asked(api, 'GET', url)
  assert.equal(got.status, 200, got.text)
  assert.deepEqual(got.json, created.json)

  const accept = custom ? `${protobuf};as=PartialObjectMetadata;v=v1;g=meta.k8s.io` : protobuf
  const wire = await asked(api, 'GET', url, undefined, { accept })
  const bytes = wire.response.body.type === 'bytes' ? Buffer.concat(wire.response.body.chunks) : Buffer.alloc(0)
  if (custom) {
    const { metadata: carried } = decodeProtobuf(PartialObjectMetadata, bytes)
    assert.deepEqual(decodeAs(PartialObjectMetadata, { metadata: carried }).object, { metadata: got.json.metadata })
  } else {
    const kind = kindAt(collection)
    assert.deepEqual(decode(kind, decodeProtobuf(kind.schema, bytes)).object, got.json)
  }
  const yaml = await asked(api, 'GET', url, undefined, { accept: 'application/yaml' })
  // What is too deep for YAML's own form comes as JSON.
  assert.deepEqual((yaml.text.startsWith('{') ? parseExact : parseYaml)(yaml.text), parseExact(got.text))
  for (const as of ['Table', 'PartialObjectMetadata']) {
    const shown = await asked(api, 'GET', url, undefined, { accept: `application/json;as=${as};v=v1;g=meta.k8s.io` })
    assert.equal(shown.status, 200, shown.text)
    assert.equal(shown.json.kind, as)
  }

  // Written back, in both forms, and patched with nothing: nothing has changed.
  const put = await asked(api, 'PUT', url, got.text)
  assert.equal(put.status, 200, put.text)
  assert.equal(put.json.metadata.resourceVersion, metadata.resourceVersion, put.text)
  for (const type of custom ? ['merge-patch+json'] : ['merge-patch+json', 'strategic-merge-patch+json']) {
    const same = await asked(api, 'PATCH', url, {}, { 'content-type': `application/${type}` })
    assert.equal(same.status, 200, same.text)
    assert.equal(same.json.metadata.resourceVersion, metadata.resourceVersion, same.text)
  }
}

const customGroup = 'example.com'
const widgetsUrl = `/apis/${customGroup}/v1/namespaces/default/widgets`
const good = widget('a', {
  size: 2,
  replicas: 1,
  name: 'abc',
  note: null,
  port: '80%',
  free: { a: { b: [1, null] } },
  labels: { a: 'b' },
  parts: [{ id: 'a' }, { id: 'b', weight: 2 }],
})

const anySample = fc.constantFrom(...samples)
const changedSample: fc.Arbitrary<Sample> = anySample.chain(({ collection, object }) =>
  mutated(fc.constant(object), 3).map((changed) => ({ collection, object: changed })),
)

const patchType = fc.constantFrom('json-patch', 'merge-patch', 'strategic-merge-patch', 'apply-patch')

const scrap = fc.oneof(
  fc.constantFrom('', '0', '1', '2', '-1', '1e3', '0x1', '9223372036854775807', '99999999999999999999', 'null', 'true'),
  fc.constantFrom('Exact', 'NotOlderThan', 'All', 'Strict', 'Orphan', 'a=b', 'a in (b)', 'metadata.name=a', '%00', 'é'),
  strangeKey,
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const parameter = fc.constantFrom(
  ...['limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'labelSelector', 'fieldSelector', 'watch'],
  ...['timeoutSeconds', 'allowWatchBookmarks', 'sendInitialEvents', 'dryRun', 'fieldManager', 'fieldValidation'],
  ...['force', 'gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'pretty', 'includeObject'],
)
const query = fc
  .array(fc.tuple(parameter, scrap), { maxLength: 4 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&'))

const accept = fc.oneof(
  mutatedText(
    fc.constantFrom(
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;q=0.5',
      'application/json;stream=watch',
    ),
  ),
  fc.constantFrom('', '*/*', 'application/yaml', protobuf, 'application/json;as=Table;v=v1;g=meta.k8s.io'),
)

async function closed({ response: { body } }: Answer): Promise<void> {
  if (body.type === 'stream') await body.batches[Symbol.asyncIterator]().return?.()
}

export const requests = async (): Promise<Area> => {
  const api = await testServer()
  const customApi = await customServer()
  await customApi.define(widgets())
  return area(
    [
      {
        name: 'what is created can be read in every form, and written back unchanged',
        runs: 60,
        property: fc.asyncProperty(fc.oneof(anySample, changedSample), async ({ collection, object }) => {
          const created = await asked(api, 'POST', collection, JSON.stringify(object))
          if (created.status !== 201) return
          try {
            await checkStored(api, collection, created)
          } finally {
            await removed(api, `${collection}/${encodeURIComponent(created.json.metadata.name)}`)
          }
        }),
      },
      {
        name: 'what has been patched can be read in every form, and written back unchanged',
        runs: 60,
        property: fc.asyncProperty(
          anySample.chain((sample) => mutated(fc.constant(sample.object), 3).map((patch) => [sample, patch] as const)),
          patchType,
          async ([{ collection, object }, patch], type) => {
            const created = await asked(api, 'POST', collection, JSON.stringify(object))
            assert.equal(created.status, 201, created.text)
            const url = `${collection}/a`
            try {
              const { kind, apiVersion } = kindAt(collection)
              const body =
                type === 'json-patch'
                  ? Object.entries(patch).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))
                  : { kind, apiVersion, ...patch }
              const headers = { 'content-type': `application/${type}+${type === 'apply-patch' ? 'yaml' : 'json'}` }
              const options = type === 'apply-patch' ? '?fieldManager=m&force=true' : ''
              const answer = await asked(api, 'PATCH', `${url}${options}`, JSON.stringify(body), headers)
              if (answer.status === 200) await checkStored(api, collection, answer)
            } finally {
              await removed(api, url)
            }
          },
        ),
      },
      {
        name: 'patches of parts of objects are refused, or leave an object that can be read and written back',
        runs: 60,
        property: fc.asyncProperty(
          fc.constantFrom(
            ...samples.filter(({ collection }) => /deployments|statefulsets|pods|nodes/.test(collection)),
          ),
          fc.constantFrom('status', 'scale', 'binding', 'eviction', 'resize', 'ephemeralcontainers'),
          patchType,
          fc.oneof(
            mutated(fc.constantFrom({ status: { replicas: 1, phase: 'Failed' }, spec: { replicas: 2 }, metadata: {} })),
            mutated(fc.constantFrom({ target: { name: 'n' }, deleteOptions: { preconditions: { uid: 'u' } } })),
            strangeValue,
          ),
          async ({ collection, object }, part, type, patch) => {
            const created = await asked(api, 'POST', collection, JSON.stringify(object))
            const url = `${collection}/a`
            try {
              const { kind, apiVersion } = part === 'scale' ? Scale : kindAt(collection)
              const body = isObject(patch) ? { kind, apiVersion, ...patch } : patch
              const headers = { 'content-type': `application/${type}+${type === 'apply-patch' ? 'yaml' : 'json'}` }
              await asked(api, 'PATCH', `${url}/${part}?fieldManager=m`, JSON.stringify(body), headers)
              await asked(api, 'POST', `${url}/${part}`, JSON.stringify(body))
              await asked(api, 'PUT', `${url}/${part}`, JSON.stringify(body))
              const now = await asked(api, 'GET', url)
              if (created.status === 201 && now.status === 200) await checkStored(api, collection, now)
            } finally {
              await removed(api, url)
            }
          },
        ),
      },
      {
        name: 'custom objects that have been patched can be read in every form, and written back unchanged',
        runs: 80,
        property: fc.asyncProperty(
          fc.oneof(fc.constant(good), mutated(fc.constant(good))),
          mutated(fc.constant({ ...good, status: { replicas: 1, selector: 'a=b', at: '2024-01-01T00:00:00Z' } })),
          fc.constantFrom('merge-patch', 'json-patch', 'apply-patch'),
          fc.constantFrom('', '/status', '/scale'),
          async (object, patch, type, part) => {
            const created = await asked(customApi, 'POST', widgetsUrl, JSON.stringify(object))
            if (created.status !== 201) return
            const url = `${widgetsUrl}/${encodeURIComponent(created.json.metadata.name)}`
            try {
              await checkStored(customApi, widgetsUrl, created)
              const body =
                type === 'json-patch'
                  ? Object.entries(patch).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))
                  : { ...patch, apiVersion: good.apiVersion, kind: good.kind }
              const headers = { 'content-type': `application/${type}+${type === 'apply-patch' ? 'yaml' : 'json'}` }
              const options = type === 'apply-patch' ? '?fieldManager=m&force=true' : ''
              await asked(customApi, 'PATCH', `${url}${part}${options}`, JSON.stringify(body), headers)
              const now = await asked(customApi, 'GET', url)
              if (now.status === 200) await checkStored(customApi, widgetsUrl, now)
            } finally {
              await removed(customApi, url)
            }
          },
        ),
      },
      {
        name: 'queries and forms of answers that make no sense are refused',
        runs: 200,
        property: fc.asyncProperty(
          fc.constantFrom('GET', 'DELETE', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'),
          fc.constantFrom(...samples.map(({ collection }) => collection)),
          fc.oneof(fc.constantFrom('', '/a', '/a/status', '/a/scale'), mutatedText(fc.constant('/a/status'))),
          query,
          accept,
          async (method, collection, rest, parameters, wanted) => {
            const url = encodeURI(`${collection}${rest}`.toWellFormed()).replaceAll('#', '%23').replaceAll('?', '%3F')
            const answer = await asked(api, method, `${url}?${parameters}`, method === 'GET' ? undefined : '{}', {
              accept: wanted.toWellFormed(),
            })
            await closed(answer)
          },
        ),
      },
      {
        name: 'the pages of a list show everything once, and continue tokens with changes in them are refused',
        runs: 40,
        property: fc.asyncProperty(
          fc.nat(7),
          fc.integer({ min: 1, max: 4 }),
          mutatedText(fc.constant('x')),
          fc.boolean(),
          async (count, limit, change, selects) => {
            const url = '/api/v1/namespaces/default/configmaps'
            const names = Array.from({ length: count }, (_, i) => `page-${i}`)
            for (const name of names) await api.ask('POST', url, { metadata: { name, labels: { page: 'yes' } } })
            try {
              const seen: string[] = []
              let token = ''
              const selector = selects ? '&labelSelector=page%3Dyes' : ''
              do {
                const page = await asked(api, 'GET', `${url}?limit=${limit}${selector}&continue=${token}`)
                assert.equal(page.status, 200, page.text)
                seen.push(...page.json.items.map((item: { metadata: { name: string } }) => item.metadata.name))
                const { remainingItemCount, continue: next = '' } = page.json.metadata
                if (remainingItemCount !== undefined)
                  assert.equal(remainingItemCount, count - seen.length, 'what remains')
                assert.equal(remainingItemCount !== undefined, next !== '' && !selects)
                token = next
                if (token !== '') {
                  const at = change.length % token.length
                  const broken = encodeURIComponent(`${token.slice(0, at)}${change.toWellFormed()}${token.slice(at)}`)
                  await asked(api, 'GET', `${url}?limit=${limit}&continue=${broken}`)
                }
              } while (token !== '')
              assert.deepEqual(seen, names)
            } finally {
              for (const name of names) await api.ask('DELETE', `${url}/${name}`)
            }
          },
        ),
      },
    ],
    async () => {
      await api.stop()
      await customApi.stop()
    },
  )
}
