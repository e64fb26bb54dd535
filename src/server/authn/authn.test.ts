// Who is asking: certificates, proxies, and tokens of every kind.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Secret } from '#api/core/secret.ts'
import { VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import type { ApiRequest, PeerCertificate, UserInfo } from '../request.ts'
import { type AuthenticatorOptions, createAuthenticator, forApiServer } from './authenticate.ts'
import { bootstrapTokens } from './bootstrap-token.ts'
import { defaultFrontProxy } from './front-proxy.ts'
import { type Bound, createServiceAccountTokens, generateSigningKey } from './service-account.ts'
import { parseTokenFile, staticTokens } from './tokens.ts'
import { nodeOf, serviceAccountOf } from './user.ts'

const request = (headers: Record<string, string>, peer?: PeerCertificate, path = '/api'): ApiRequest => ({
  method: 'GET',
  path,
  query: new URLSearchParams(),
  headers,
  body: { type: 'none' },
  peer,
  signal: new AbortController().signal,
})

const good = forApiServer(['api'], async (token) => (token === 'good' ? { name: 'tom', groups: ['x'] } : undefined))

const whoIs = (asked: ApiRequest, options: Partial<AuthenticatorOptions> = {}): Promise<UserInfo> =>
  createAuthenticator({ methods: [good], apiAudiences: ['api'], ...options }).authenticate(asked)

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const unauthorized = { code: 401, reason: 'Unauthorized' }

describe('credentials', () => {
  const peer = { commonName: 'tom', organizations: ['x'] }

  test('none is the anonymous, unless he is not let in', async () => {
    assert.deepEqual(await whoIs(request({})), { name: 'system:anonymous', groups: ['system:unauthenticated'] })
    await assert.rejects(whoIs(request({}), { anonymous: { enabled: false } }), unauthorized)
    const some = { anonymous: { enabled: true, paths: ['/healthz'] } }
    assert.equal((await whoIs(request({}, undefined, '/healthz'), some)).name, 'system:anonymous')
    await assert.rejects(whoIs(request({}), some), unauthorized)
  })

  test('a certificate says name, groups and UID, and which it is', async () => {
    assert.deepEqual(await whoIs(request({}, peer)), { name: 'tom', groups: ['x', 'system:authenticated'] })
    assert.deepEqual(await whoIs(request({}, { ...peer, uid: '7', fingerprint: 'ab' })), {
      name: 'tom',
      uid: '7',
      groups: ['x', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=ab'] },
    })
  })

  test('a certificate goes before a token', async () => {
    assert.equal((await whoIs(request(bearer('bad'), peer))).name, 'tom')
  })

  test('a token that holds is its user, any other is refused', async () => {
    const user = { name: 'tom', groups: ['x', 'system:authenticated'] }
    assert.deepEqual(await whoIs(request(bearer('good'))), user)
    assert.deepEqual(await whoIs(request({ authorization: 'bearer   good' })), user)
    const socket = `base64url.bearer.authorization.k8s.io.${Buffer.from('good').toString('base64url')}`
    assert.deepEqual(await whoIs(request({ 'sec-websocket-protocol': `v5.channel.k8s.io, ${socket}` })), user)
    for (const authorization of ['Bearer bad', 'Bearer', 'Basic good', 'good', ''])
      await assert.rejects(whoIs(request({ authorization })), unauthorized, authorization)
  })

  test('a method that fails does not keep the next from knowing the token', async () => {
    const broken = async () => {
      throw new Error('it is broken')
    }
    assert.equal((await whoIs(request(bearer('good')), { methods: [broken, good] })).name, 'tom')
    await assert.rejects(whoIs(request(bearer('bad')), { methods: [broken, good] }), unauthorized)
    const { reviewToken } = createAuthenticator({ methods: [broken, good], apiAudiences: ['api'] })
    await assert.rejects(reviewToken('bad', ['api']), /it is broken/)
  })

  test('a token that is meant for this server is meant for nobody else', async () => {
    const { reviewToken } = createAuthenticator({ methods: [good], apiAudiences: ['api'] })
    assert.equal(await reviewToken('good', ['vault']), undefined)
    assert.deepEqual((await reviewToken('good', ['vault', 'api']))?.audiences, ['api'])
  })
})

describe('a proxy in front', () => {
  const frontProxy = defaultFrontProxy
  const proxy = { commonName: 'front-proxy-client', organizations: [], isFrontProxy: true }
  const says = {
    'x-remote-user': 'tom',
    'x-remote-uid': '7',
    'x-remote-group': 'a, b',
    'x-remote-extra-acme.com%2fx': 'y, z',
  }

  test('says for whom it asks', async () => {
    assert.deepEqual(await whoIs(request(says, proxy), { frontProxy }), {
      name: 'tom',
      uid: '7',
      groups: ['a', 'b', 'system:authenticated'],
      extra: { 'acme.com/x': ['y', 'z'] },
    })
  })

  test('is nobody by itself, nor under another name, and users do not speak for others', async () => {
    const names = [
      await whoIs(request({}, proxy), { frontProxy }),
      await whoIs(request(says, { ...proxy, commonName: 'another' }), { frontProxy }),
      await whoIs(request(says, proxy)),
      await whoIs(request(says, { commonName: 'eve', organizations: [] }), { frontProxy }),
      await whoIs(request(says), { frontProxy }),
    ].map(({ name }) => name)
    assert.deepEqual(names, ['system:anonymous', 'system:anonymous', 'system:anonymous', 'eve', 'system:anonymous'])
  })
})

describe('a file of tokens', () => {
  test('has a token, a user, a UID and groups in each line', async () => {
    const text = 'abc,tom,7,"a,b"\n\n# not this\n"d ""e""",eve,,\r\nf,zoe,8,x\n'
    assert.deepEqual(Object.fromEntries(parseTokenFile(text)), {
      abc: { name: 'tom', uid: '7', groups: ['a', 'b'] },
      'd "e"': { name: 'eve', groups: [] },
      f: { name: 'zoe', uid: '8', groups: ['x'] },
    })
    const find = staticTokens(parseTokenFile(text))
    assert.equal((await find('abc'))?.name, 'tom')
    assert.equal(await find('ab'), undefined)
  })

  test('is refused when a line is wrong, with the line', () => {
    assert.throws(() => parseTokenFile('a,b,c\nd,e'), /line 2: a token, a user and a UID are needed/)
    assert.throws(() => parseTokenFile(',b,c'), /line 1: the token is empty/)
    assert.throws(() => parseTokenFile('a,,c'), /line 1: the user is empty/)
    assert.throws(() => parseTokenFile('a,b,c\na,d,e'), /line 2: the token stands in an earlier line too/)
    assert.throws(() => parseTokenFile('a,"b,c'), /a quote is not closed/)
  })
})

describe('bootstrap tokens', () => {
  const fields = {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    'usage-bootstrap-authentication': 'true',
    expiration: '1970-01-02T00:00:00Z',
  }
  const secret = (data: Record<string, string>, more: object = {}): Secret =>
    ({
      metadata: {},
      type: 'bootstrap.kubernetes.io/token',
      data: Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      ),
      ...more,
    }) as unknown as Secret
  const find = (one: Secret | undefined, token = 'abcdef.0123456789abcdef', nowMs = 0) =>
    bootstrapTokens(
      (namespace, name) => (namespace === 'kube-system' && name === 'bootstrap-token-abcdef' ? one : undefined),
      () => nowMs,
    )(token)

  test('are good for what their Secret says', async () => {
    assert.deepEqual(await find(secret(fields)), { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers'] })
    const groups = { 'auth-extra-groups': 'system:bootstrappers:a, system:bootstrappers:b' }
    assert.deepEqual((await find(secret({ ...fields, ...groups })))?.groups, [
      'system:bootstrappers',
      'system:bootstrappers:a',
      'system:bootstrappers:b',
    ])
  })

  test('are good for nothing otherwise', async () => {
    const { 'usage-bootstrap-authentication': _usage, ...unused } = fields
    const bad: Readonly<Record<string, Promise<UserInfo | undefined>>> = {
      'no secret': find(undefined),
      'another secret part': find(secret(fields), 'abcdef.0123456789abcdeX'.toLowerCase()),
      'another id': find(secret({ ...fields, 'token-id': 'ghijkl' })),
      'no such usage': find(secret(unused)),
      expired: find(secret(fields), undefined, 2 * 86_400_000),
      'an expiration that is none': find(secret({ ...fields, expiration: 'soon' })),
      'a group that is not for this': find(secret({ ...fields, 'auth-extra-groups': 'system:masters' })),
      'a secret of another type': find(secret(fields, { type: 'Opaque' })),
      'a secret that goes': find(secret(fields, { metadata: { deletionTimestamp: '1970-01-01T00:00:00Z' } })),
      'not of its form': find(secret(fields), 'abcdef.0123456789ABCDEF'),
    }
    for (const [why, found] of Object.entries(bad)) assert.equal(await found, undefined, why)
  })
})

describe('service account tokens', () => {
  const issuer = 'https://issuer'
  const uids = new Map([
    ['serviceaccounts/ns/robot', 'u1'],
    ['pods/ns/p', 'u2'],
    ['nodes//n', 'u3'],
    ['secrets/ns/s', 'u4'],
  ])
  const clock = new VirtualClock()
  const keyPem = generateSigningKey()
  const made = (more: object = {}) =>
    createServiceAccountTokens({
      keyPem,
      issuer,
      apiAudiences: ['api'],
      uidOf: (resource, namespace, name) => uids.get(`${resource}/${namespace}/${name}`),
      clock,
      random: seededRandom(1),
      ...more,
    })
  const tokens = made()
  const robot: Bound = { name: 'robot', uid: 'u1' }
  const about = { namespace: 'ns', serviceAccount: robot, audiences: [] as string[], expirationSeconds: 600 }

  test('say who it is, where it runs, and which token it is', async () => {
    const { token } = await tokens.sign({ ...about, pod: { name: 'p', uid: 'u2' }, node: { name: 'n', uid: 'gone' } })
    const { user, audiences } = (await tokens.method(token, ['api']))!
    assert.deepEqual(audiences, ['api'])
    const { extra, ...rest } = user
    assert.deepEqual(rest, {
      name: 'system:serviceaccount:ns:robot',
      uid: 'u1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:ns'],
    })
    const { 'authentication.kubernetes.io/credential-id': id, ...where } = extra!
    assert.match(id![0]!, /^JTI=[0-9a-f-]{36}$/)
    assert.deepEqual(where, {
      'authentication.kubernetes.io/pod-name': ['p'],
      'authentication.kubernetes.io/pod-uid': ['u2'],
      'authentication.kubernetes.io/node-name': ['n'],
      'authentication.kubernetes.io/node-uid': ['gone'],
    })
  })

  test('end with what they are bound to, and with their time', async () => {
    const bound: Readonly<Record<string, object>> = {
      'serviceaccounts/ns/robot': {},
      'pods/ns/p': { pod: { name: 'p', uid: 'u2' } },
      'nodes//n': { node: { name: 'n', uid: 'u3' } },
      'secrets/ns/s': { secret: { name: 's', uid: 'u4' } },
    }
    for (const [key, binding] of Object.entries(bound)) {
      const { token } = await tokens.sign({ ...about, ...binding })
      assert.ok(await tokens.method(token, ['api']), key)
      const uid = uids.get(key)!
      uids.set(key, 'another')
      await assert.rejects(tokens.method(token, ['api']), /What the token is bound to is gone/, key)
      uids.delete(key)
      await assert.rejects(tokens.method(token, ['api']), /What the token is bound to is gone/, key)
      uids.set(key, uid)
    }
    const { token } = await tokens.sign(about)
    assert.ok(await tokens.method(token, ['api']))
    await clock.advance(601_000)
    await assert.rejects(tokens.method(token, ['api']), /expired/)
    await assert.rejects(made().method(token, ['api']), /exp/)
  })

  test('are for those they are meant for', async () => {
    const { token } = await tokens.sign({ ...about, audiences: ['vault', 'other'] })
    assert.deepEqual((await tokens.method(token, ['vault']))?.audiences, ['vault'])
    await assert.rejects(
      tokens.method(token, ['api']),
      /token audiences \["vault" "other"\] is invalid for the target audiences \["api"\]/,
    )
  })

  test('of other issuers are left to others, and forged ones are not believed', async () => {
    const { token } = await tokens.sign(about)
    assert.equal(await made({ issuer: 'https://other' }).method(token, ['api']), undefined)
    for (const text of ['', 'a', 'a.b.c', '..']) assert.equal(await tokens.method(text, ['api']), undefined, text)
    await assert.rejects(made({ keyPem: generateSigningKey() }).method(token, ['api']))
    const [head, , signature] = token.split('.')
    const claims = { iss: issuer, 'kubernetes.io': { namespace: 'kube-system', serviceaccount: robot } }
    const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
    await assert.rejects(tokens.method(forged, ['api']))
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    await assert.rejects(tokens.method(`${none}.${forged.split('.')[1]}.`, ['api']))
  })

  test('of an older key are good for as long as that key is known, and both keys are published', async () => {
    const { token } = await tokens.sign(about)
    const newer = made({ keyPem: generateSigningKey(), olderKeyPems: [keyPem] })
    assert.ok(await newer.method(token, ['api']))
    const { keys } = newer.discovery
    assert.equal(keys.length, 2)
    for (const key of keys) {
      assert.deepEqual([key.use, key.alg, key.kty, key.crv], ['sig', 'ES256', 'EC', 'P-256'])
      assert.equal(key.d, undefined, 'the private part stays here')
    }
    assert.equal(keys[1]!.kid, tokens.discovery.keys[0]!.kid)
  })
})

test('names of users say who is a node and who a service account', () => {
  assert.equal(nodeOf({ name: 'system:node:n1', groups: ['system:nodes'] }), 'n1')
  assert.equal(nodeOf({ name: 'system:node:n1', groups: [] }), undefined)
  assert.equal(nodeOf({ name: 'n1', groups: ['system:nodes'] }), '')
  assert.deepEqual(serviceAccountOf('system:serviceaccount:ns:robot'), { namespace: 'ns', name: 'robot' })
  for (const name of ['robot', 'system:serviceaccount:ns', 'system:serviceaccount::x', 'system:serviceaccount:a:b:c'])
    assert.equal(serviceAccountOf(name), undefined, name)
})
