// Tokens of issuers elsewhere: their rules, and an issuer on this machine's loopback.

import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { realClock, VirtualClock } from '#lib/clock.ts'
import { createAuthority, issue } from '#lib/pki.ts'
import type { UserInfo } from '../request.ts'
import { parseAuthenticationConfiguration } from './configuration.ts'
import { compileExpression } from './expressions.ts'
import { fetchJson } from './fetch-json.ts'
import { jwtIssuer } from './jwt-issuer.ts'
import { type Claims, type JwtRules, userFromClaims } from './jwt-rules.ts'

const sub: JwtRules = { username: { claim: 'sub', prefix: 'o:' }, claimRules: [] }

describe('from claims to a user', () => {
  const table: readonly {
    readonly claims: Claims
    readonly rules?: Partial<JwtRules>
    readonly user?: UserInfo
    readonly error?: RegExp
  }[] = [
    { claims: { sub: 'tom' }, user: { name: 'o:tom', groups: [] } },
    { claims: {}, error: /username: claim "sub" is not there/ },
    { claims: { sub: 7 }, error: /username: claim "sub" is no string/ },
    { claims: { sub: '' }, error: /username: it is empty/ },
    {
      claims: { sub: 'tom', groups: ['a', 'b'] },
      rules: { groups: { claim: 'groups', prefix: 'g:' } },
      user: { name: 'o:tom', groups: ['g:a', 'g:b'] },
    },
    {
      claims: { sub: 'tom', groups: 'a' },
      rules: { groups: { claim: 'groups', prefix: '' } },
      user: { name: 'o:tom', groups: ['a'] },
    },
    {
      claims: { sub: 'tom', groups: [1] },
      rules: { groups: { claim: 'groups', prefix: '' } },
      error: /groups: it is neither a string nor a list of strings/,
    },
    {
      claims: { email: 'a@b', email_verified: true },
      rules: { username: { claim: 'email', prefix: '' } },
      user: { name: 'a@b', groups: [] },
    },
    {
      claims: { email: 'a@b', email_verified: false },
      rules: { username: { claim: 'email', prefix: '' } },
      error: /email not verified/,
    },
    {
      claims: { sub: 'tom', hd: 'acme' },
      rules: { claimRules: [{ claim: 'hd', requiredValue: 'acme' }] },
      user: { name: 'o:tom', groups: [] },
    },
    {
      claims: { sub: 'tom', hd: 'other' },
      rules: { claimRules: [{ claim: 'hd', requiredValue: 'acme' }] },
      error: /required claim hd value does not match/,
    },
    {
      claims: { sub: 'tom' },
      rules: { claimRules: [{ claim: 'hd', requiredValue: 'acme' }] },
      error: /required claim hd not present/,
    },
    {
      claims: { sub: 'tom', id: '7', level: 'high' },
      rules: {
        username: { expression: ({ sub: name }) => `x-${name}` },
        uid: { claim: 'id', prefix: '' },
        extra: [
          { key: 'acme.com/level', value: ({ level }) => level },
          { key: 'acme.com/none', value: () => undefined },
        ],
        claimRules: [{ expression: ({ level }) => level === 'high' }],
        userRules: [{ expression: ({ name }) => name.startsWith('x-') }],
      },
      user: { name: 'x-tom', uid: '7', groups: [], extra: { 'acme.com/level': ['high'] } },
    },
    {
      claims: { sub: 'tom' },
      rules: { userRules: [{ expression: () => false, message: 'not him' }] },
      error: /not him/,
    },
  ]
  for (const { claims, rules, user, error } of table) {
    test(JSON.stringify({ claims, rules }), () => {
      const make = () => userFromClaims(claims, { ...sub, ...rules })
      if (error) assert.throws(make, error)
      else assert.deepEqual(make(), user)
    })
  }
})

interface LocalIssuer {
  readonly url: string
  readonly clock: VirtualClock
  readonly authorityPem: string
  /** Which keys are published; how often somebody has asked. */
  readonly keys: Record<string, CryptoKey>
  asked: number
  sign(claims: Claims, options?: { key?: CryptoKey; kid?: string; alg?: string; seconds?: number }): Promise<string>
}

async function localIssuer(t: TestContext): Promise<LocalIssuer> {
  const clock = new VirtualClock()
  await clock.advance(1_700_000_000_000)
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const keys: Record<string, CryptoKey> = { first: publicKey }
  const nowMs = realClock.now()
  const authority = await createAuthority('issuer', nowMs)
  const pair = await issue(authority, {
    commonName: 'x',
    ips: ['127.0.0.1'],
    usages: ['server'],
    nowMs,
    lifetimeMs: 3_600_000,
  })
  const server = createServer({ cert: pair.certPem, key: pair.keyPem }, async (req, res) => {
    local.asked++
    if (req.url === '/.well-known/openid-configuration')
      return res.end(JSON.stringify({ issuer: local.url, jwks_uri: `${local.url}/keys` }))
    const all = Object.entries(keys).map(async ([kid, key]) => ({
      ...(await exportJWK(key)),
      kid,
      alg: 'RS256',
      use: 'sig',
    }))
    return res.end(JSON.stringify({ keys: await Promise.all(all) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const local: LocalIssuer = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clock,
    authorityPem: authority.certPem,
    keys,
    asked: 0,
    sign: (claims, { key = privateKey, kid = 'first', alg = 'RS256', seconds = 300 } = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg, kid })
        .setIssuer(local.url)
        .setAudience('kubernetes')
        .setExpirationTime(Math.floor(clock.now() / 1000) + seconds)
        .sign(key),
  }
  return local
}

const finder = ({ url, clock, authorityPem }: LocalIssuer, more: object = {}) =>
  jwtIssuer({ url, audiences: ['kubernetes'], rules: sub, clock, fetchJson: fetchJson(authorityPem), ...more })

describe('an issuer elsewhere', () => {
  test('its tokens are believed while their time lasts, and its keys are fetched once', async (t) => {
    const local = await localIssuer(t)
    const find = finder(local)
    const token = await local.sign({ sub: 'tom' })
    assert.deepEqual(await find(token), { name: 'o:tom', groups: [] })
    assert.deepEqual(await find(token), { name: 'o:tom', groups: [] })
    assert.equal((await find(await local.sign({ sub: 'eve' })))?.name, 'o:eve')
    assert.equal(local.asked, 2, 'its configuration, and its keys')
    await local.clock.advance(311_000)
    await assert.rejects(find(token), /expired/)
    await assert.rejects(find(token), /exp/)
  })

  test('tokens of others are left to others; wrong ones are refused', async (t) => {
    const local = await localIssuer(t)
    const find = finder(local)
    assert.equal(await find('a.b.c'), undefined)
    assert.equal(await finder(local, { url: 'https://other' })(await local.sign({ sub: 'tom' })), undefined)
    await assert.rejects(finder(local, { audiences: ['vault'] })(await local.sign({ sub: 'tom' })), /aud/)
    const { privateKey } = await generateKeyPair('RS256')
    await assert.rejects(find(await local.sign({ sub: 'tom' }, { key: privateKey })), /signature/)
    await assert.rejects(finder(local, { algorithms: ['ES256'] })(await local.sign({ sub: 'tom' })), /alg/)
    const shared = (await local.sign({ sub: 'tom' })).split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    await assert.rejects(find(`${none}.${shared[1]}.`))
    await assert.rejects(finder(local, { authorityPem: undefined, fetchJson: fetchJson(undefined) })(shared.join('.')))
  })

  test('a key that is not known is looked for again, but not more often than now and then', async (t) => {
    const local = await localIssuer(t)
    const find = finder(local)
    await find(await local.sign({ sub: 'tom' }))
    const { privateKey: key, publicKey } = await generateKeyPair('RS256')
    const token = await local.sign({ sub: 'eve' }, { key, kid: 'second' })
    await local.clock.advance(11_000)
    await assert.rejects(find(token), /no applicable key/)
    assert.equal(local.asked, 4)
    local.keys.second = publicKey
    await assert.rejects(find(token), /no applicable key/)
    assert.equal(local.asked, 4, 'it has been asked a moment ago')
    await local.clock.advance(11_000)
    assert.equal((await find(token))?.name, 'o:eve')
  })

  test('an issuer that says it is another is not believed', async (t) => {
    const local = await localIssuer(t)
    const lying = finder(local, { fetchJson: async () => ({ issuer: 'https://other', jwks_uri: 'x' }) })
    await assert.rejects(lying(await local.sign({ sub: 'tom' })), /is of the issuer "https:\/\/other"/)
  })
})

describe('an AuthenticationConfiguration', () => {
  const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n'
  const issuer = '{url: https://i, audiences: [a]}'
  const username = 'username: {claim: sub, prefix: ""}'

  test('names issuers, their rules, and what the anonymous may ask', () => {
    const { issuers, anonymous } = parseAuthenticationConfiguration(`${head}
anonymous: {enabled: true, conditions: [{path: /livez}]}
jwt:
- issuer: {url: https://i, discoveryURL: https://d, certificateAuthority: pem, audiences: [a, b], audienceMatchPolicy: MatchAny}
  claimValidationRules: [{claim: hd, requiredValue: x}]
  claimMappings:
    username: {claim: sub, prefix: "o:"}
    groups: {claim: groups, prefix: ""}
    uid: {claim: id}
`)
    assert.deepEqual(anonymous, { enabled: true, paths: ['/livez'] })
    assert.deepEqual(issuers, [
      {
        url: 'https://i',
        discoveryUrl: 'https://d',
        authorityPem: 'pem',
        audiences: ['a', 'b'],
        rules: {
          username: { claim: 'sub', prefix: 'o:' },
          groups: { claim: 'groups', prefix: '' },
          uid: { claim: 'id', prefix: '' },
          extra: [],
          claimRules: [{ claim: 'hd', requiredValue: 'x' }],
          userRules: [],
        },
      },
    ])
  })

  test('may have expressions, where somebody can read them', () => {
    const text = `${head}jwt: [{issuer: ${issuer}, claimMappings: {username: {expression: claims.sub}}}]`
    const { issuers } = parseAuthenticationConfiguration(
      text,
      (expression, variable) => () => `${variable}:${expression}`,
    )
    assert.equal(userFromClaims({}, issuers[0]!.rules).name, 'claims:claims.sub')
    assert.throws(() => parseAuthenticationConfiguration(text), /jwt\[0\].claimMappings.username.expression/)
  })

  test('its expressions are CEL over claims and over the user', () => {
    const { issuers } = parseAuthenticationConfiguration(
      `${head}
jwt:
- issuer: ${issuer}
  claimValidationRules: [{expression: "claims.exp - claims.nbf <= 86400", message: too long}]
  claimMappings:
    username: {expression: 'claims.username + ":external"'}
    groups: {expression: 'claims.roles.split(",")'}
    uid: {expression: claims.id}
    extra: [{key: acme.com/level, valueExpression: 'claims.level'}]
  userValidationRules: [{expression: '!user.username.startsWith("system:")', message: reserved}]
`,
      compileExpression,
    )
    const { rules } = issuers[0]!
    const claims = { username: 'tom', roles: 'a,b', id: '7', level: 'high', nbf: 0, exp: 86_400 }
    assert.deepEqual(userFromClaims(claims, rules), {
      name: 'tom:external',
      uid: '7',
      groups: ['a', 'b'],
      extra: { 'acme.com/level': ['high'] },
    })
    assert.throws(() => userFromClaims({ ...claims, exp: 86_401 }, rules), /too long/)
    assert.throws(() => userFromClaims({ ...claims, username: 'system:x' }, rules), /reserved/)
    const { level: _level, ...without } = claims
    assert.throws(() => userFromClaims(without, rules), /no such key: level/)
    const wrong = `${head}jwt: [{issuer: ${issuer}, claimMappings: {username: {expression: "claims.("}}}]`
    assert.throws(
      () => parseAuthenticationConfiguration(wrong, compileExpression),
      /jwt\[0\].claimMappings.username.expression: compilation failed/,
    )
  })

  const bad: Readonly<Record<string, RegExp>> = {
    'a: b': /kind must be/,
    'kind: AuthenticationConfiguration': /apiVersion must be/,
    [`${head}jwt: [{}]`]: /jwt\[0\].issuer.url/,
    [`${head}jwt: [{issuer: {url: "http://i"}}]`]: /jwt\[0\].issuer.url: it must be https/,
    [`${head}jwt: [{issuer: {url: "https://i"}}]`]: /jwt\[0\].issuer.audiences/,
    [`${head}jwt: [{issuer: {url: "https://i", audiences: [a, b]}}]`]: /audienceMatchPolicy/,
    [`${head}jwt: [{issuer: ${issuer}}]`]: /claimMappings.username: a claim or an expression is needed/,
    [`${head}jwt: [{issuer: ${issuer}, claimMappings: {username: {claim: sub}}}]`]: /username.prefix: it must be given/,
    [`${head}jwt: [{issuer: ${issuer}, claimMappings: {${username}}, claimValidationRules: [{}]}]`]:
      /claimValidationRules\[0\]: either claim or expression/,
    [`${head}jwt: [{issuer: ${issuer}, claimMappings: {${username}}}, {issuer: ${issuer}, claimMappings: {${username}}}]`]:
      /stands there twice/,
    [`${head}anonymous: {}`]: /anonymous.enabled/,
    [`${head}anonymous: {enabled: false, conditions: [{path: /a}]}`]: /anonymous.conditions/,
  }
  for (const [text, why] of Object.entries(bad))
    test(`refuses ${JSON.stringify(text.slice(head.length))}`, () =>
      assert.throws(() => parseAuthenticationConfiguration(text), why))
})
