import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiRequest } from './request.ts'
import { route } from './router.ts'

const request = (method: string, url: string): ApiRequest => {
  const { pathname, searchParams } = new URL(url, 'http://server')
  const signal = new AbortController().signal
  return { method, path: pathname, query: searchParams, headers: {}, body: { type: 'none' }, signal }
}

const cases: readonly [string, string, string][] = [
  // method and path, verb and what of: group/version/namespace/resource/name/subresource/rest
  ['GET /api/v1/pods', 'list', '/v1//pods///'],
  ['GET /api/v1/pods?watch=1', 'watch', '/v1//pods///'],
  ['GET /api/v1/pods?watch=false', 'list', '/v1//pods///'],
  ['GET /api/v1/pods?watch=False', 'list', '/v1//pods///'],
  ['GET /api/v1/namespaces', 'list', '/v1//namespaces///'],
  ['GET /api/v1/namespaces/a', 'get', '/v1/a/namespaces/a//'],
  ['PUT /api/v1/namespaces/a/finalize', 'update', '/v1/a/namespaces/a/finalize/'],
  ['PATCH /api/v1/namespaces/a/status', 'patch', '/v1/a/namespaces/a/status/'],
  ['GET /api/v1/namespaces/a/pods', 'list', '/v1/a/pods///'],
  ['GET /api/v1/namespaces/a/pods/b', 'get', '/v1/a/pods/b//'],
  ['HEAD /api/v1/namespaces/a/pods/b', 'get', '/v1/a/pods/b//'],
  ['POST /api/v1/namespaces/a/pods/b/exec', 'create', '/v1/a/pods/b/exec/'],
  ['GET /api/v1/namespaces/a/services/b:80/proxy/x/y', 'get', '/v1/a/services/b:80/proxy//x/y'],
  ['GET /api/v1/namespaces/a/pods/b/proxy/x%3Fy%2Fz//w/', 'get', '/v1/a/pods/b/proxy//x%3Fy%2Fz//w/'],
  ['GET /api/v1/namespaces/a/pods/b/proxy/', 'get', '/v1/a/pods/b/proxy//'],
  ['DELETE /apis/apps/v1/namespaces/a/deployments', 'deletecollection', 'apps/v1/a/deployments///'],
  ['DELETE /apis/apps/v1/namespaces/a/deployments/b', 'delete', 'apps/v1/a/deployments/b//'],
  ['GET /api/v1/watch/namespaces/a/pods', 'watch', '/v1/a/pods///'],
  ['GET /api/v1/pods?fieldSelector=metadata.name%3Db', 'list', '/v1//pods/b//'],
  [
    'GET /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    'get',
    'rbac.authorization.k8s.io/v1//clusterroles/system:node//',
  ],
  ['GET /apis/apps/v1', 'get', '//////'],
  ['GET /version', 'get', '//////'],
]

for (const [asked, verb, of] of cases) {
  test(`route() reads ${asked} as ${verb} of ${of}`, () => {
    const [method = '', url = ''] = asked.split(' ')
    const { group, version, namespace, resource, name, subresource, rest, ...info } = route(request(method, url))
    assert.equal(info.verb, verb)
    assert.equal([group, version, namespace, resource, name, subresource, rest].join('/'), of)
  })
}

test('route() refuses an escape that is none', () => {
  const broken = { ...request('GET', '/api/v1/pods'), path: '/api/v1/pods/%zz' }
  assert.throws(() => route(broken), { code: 400, reason: 'BadRequest' })
})
