// What the flags about who is let in mean, and what is said of wrong ones.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import type { ApiRequest } from '#server/request.ts'
import { openAudit } from './audit.ts'
import { type AuthenticationOptions, startAuthentication } from './authentication.ts'

const dir = mkdtempSync(join(tmpdir(), 'authentication-'))
after(() => rmSync(dir, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

const defaults: AuthenticationOptions = {
  anonymousAuth: 'true',
  oidcUsernameClaim: 'sub',
  oidcRequiredClaim: [],
  oidcSigningAlgs: 'RS256',
}
const start = (options: Partial<AuthenticationOptions>) =>
  startAuthentication(
    { ...defaults, ...options },
    {
      clock: new VirtualClock(),
      log: silentLog,
      apiAudiences: ['api'],
      joinToken: 'join',
      serviceAccounts: async () => undefined,
      secretOf: () => undefined,
    },
  )
const ask = (options: Partial<AuthenticationOptions>, token?: string) =>
  start(options).authenticate({
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    path: '/api',
  } as unknown as ApiRequest)

test('the join token joins, a file of tokens adds to it, and without either one is anonymous', async () => {
  const tokenAuthFile = file('tokens', 'abc,tom,7,devs\n')
  assert.equal((await ask({ tokenAuthFile }, 'join')).name, 'system:bootstrap:pinnace')
  assert.deepEqual(await ask({ tokenAuthFile }, 'abc'), {
    name: 'tom',
    uid: '7',
    groups: ['devs', 'system:authenticated'],
  })
  assert.equal((await ask({})).name, 'system:anonymous')
  await assert.rejects(ask({ anonymousAuth: 'false' }), { code: 401 })
  await assert.rejects(ask({}, 'abc'), { code: 401 })
})

const wrong: readonly (readonly [Partial<AuthenticationOptions>, RegExp])[] = [
  [{ anonymousAuth: 'maybe' }, /--anonymous-auth: "maybe" is neither true nor false/],
  [{ tokenAuthFile: '/nowhere' }, /--token-auth-file: "\/nowhere" cannot be used/],
  [{ oidcIssuerUrl: 'https://i' }, /--oidc-issuer-url and --oidc-client-id go together/],
  [{ oidcClientId: 'a' }, /--oidc-issuer-url and --oidc-client-id go together/],
  [{ oidcIssuerUrl: 'http://i', oidcClientId: 'a' }, /"http:\/\/i" must begin with https/],
  [{ oidcIssuerUrl: 'https://i', oidcClientId: 'a', oidcRequiredClaim: ['x'] }, /"x" is no key=value/],
  [{ oidcIssuerUrl: 'https://i', oidcClientId: 'a', oidcCaFile: '/nowhere' }, /--oidc-ca-file: "\/nowhere"/],
  [{ authenticationConfig: '/nowhere' }, /--authentication-config: "\/nowhere" cannot be used/],
]
for (const [options, why] of wrong)
  test(`${JSON.stringify(options)} is refused`, () => assert.throws(() => start(options), why))

test('issuers are named by a file or by flags, not by both', () => {
  const authenticationConfig = file(
    'config.yaml',
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous: {enabled: false}\n',
  )
  assert.ok(start({ authenticationConfig }))
  assert.throws(
    () => start({ authenticationConfig, oidcIssuerUrl: 'https://i', oidcClientId: 'a' }),
    /--authentication-config and --oidc-\* do not go together/,
  )
})

test('a record needs a policy and a path', () => {
  const clock = new VirtualClock()
  const modes = { auditLogMode: 'blocking', auditWebhookMode: 'batch' }
  const batches = { auditWebhookBatchMaxSize: '400', auditWebhookBatchMaxWait: '30s', ...modes }
  const sizes = { auditLogMaxsize: '100', auditLogMaxbackup: '0', auditLogMaxage: '0', ...batches }
  const open = (options: object) => openAudit({ ...sizes, ...options }, { clock, log: silentLog, stdout: () => {} })
  assert.equal(open({}), undefined)
  assert.throws(() => open({ auditLogPath: 'x' }), /need --audit-policy-file/)
  assert.throws(() => open({ auditWebhookConfigFile: 'x' }), /need --audit-policy-file/)
  assert.throws(() => open({ auditPolicyFile: 'x' }), /needs --audit-log-path/)
  assert.throws(() => open({ auditPolicyFile: '/nowhere', auditLogPath: 'x' }), /"\/nowhere" cannot be used/)
  assert.throws(() => open({ auditLogMode: 'soon' }), /--audit-log-mode: "soon" is none of batch, blocking, /)
  assert.throws(() => open({ auditLogMaxsize: 'big' }), /--audit-log-maxsize: "big" is no whole number/)
})
