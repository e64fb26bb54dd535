// The API server of this process: store, identities, rules and pipeline put together from the flags, and served over
// HTTPS. Whatever it starts ends with the role, in the reverse order.

import { readFileSync } from 'node:fs'
import type { Secret } from '#api/core/secret.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { builtIn } from '#api/kinds.ts'
import type { Outside } from '#cli/command.ts'
import { admissionPlugins } from '#server/admission/plugins.ts'
import { type Aggregation, startAggregation } from '#server/aggregation/aggregation.ts'
import { createServer, type Server } from '#server/app.ts'
import { createServiceAccountTokens, type ServiceAccountTokens } from '#server/authn/service-account.ts'
import { createAuthorizer } from '#server/authz/authorizer.ts'
import { connectHandlers } from '#server/connect/connect.ts'
import { createKubelets } from '#server/connect/kubelet.ts'
import { serviceDial } from '#server/connect/service-dial.ts'
import { startCustomKinds } from '#server/custom/custom-kinds.ts'
import { serveHttps } from '#server/https.ts'
import { createWebhookClient } from '#server/webhook/client.ts'
import { Expiry } from '#store/expiry.ts'
import { type AdmissionOptions, configuredPlugins } from './admission.ts'
import { type AuditOptions, auditEvents, openAudit } from './audit.ts'
import { type AuthenticationOptions, startAuthentication } from './authentication.ts'
import { type AuthorizationOptions, authorizationLinks } from './authorization.ts'
import { type EncryptionOptions, encryptionGauge, encryptionKeys } from './encryption.ts'
import { type FairnessOptions, startFairness } from './fairness.ts'
import type { Listening } from './listening.ts'
import { lookupsIn } from './lookups.ts'
import { openStore } from './open-store.ts'
import type { Role } from './role.ts'
import type { ServerFiles } from './server-files.ts'

export interface ApiOptions
  extends AdmissionOptions,
    AuditOptions,
    AuthenticationOptions,
    AuthorizationOptions,
    FairnessOptions,
    EncryptionOptions {
  readonly dataDir: string
  readonly store: string
  readonly serviceCidr: string
  readonly serviceAccountIssuer: string
  readonly serviceAccountJwksUri?: string
  readonly serviceAccountKeyFile: readonly string[]
  readonly apiAudiences?: string
}

export interface ApiContext {
  readonly outside: Outside
  readonly role: Role
  readonly files: ServerFiles
  readonly listening: Listening
}

export interface Api extends Pick<Server, 'handle'> {
  readonly kinds: KindRegistry
  readonly tokens: ServiceAccountTokens
  readonly aggregation: Aggregation
  /** Told when the first objects are there: from then on /readyz is well. */
  ready(): void
  /** From now on `note` is told of every use of a lasting token. */
  onTokenUse(note: NoteUse): void
}

/** `day` as in 2026-01-31. */
export type NoteUse = (secret: Secret, day: string) => void

/** As upstream's --event-ttl. */
const eventTtlMs = 60 * 60_000

export async function startApi(options: ApiOptions, context: ApiContext): Promise<Api> {
  const { outside, role, files } = context
  const { clock, random } = outside
  const { log, stop } = role
  const plugins = configuredPlugins(options)
  const audit = openAudit(options, { clock, log, stdout: outside.stdout })
  for (const file of audit?.files ?? []) stop.onStop('audit', () => file.close())

  const kinds = new KindRegistry(builtIn.all)
  const keys = () => encryptionKeys(options, { dataDir: options.dataDir, log })
  const { store, encryption } = await openStore(options.store, files.store, { kinds, outside, keys })
  stop.onStop('store', () => store.close())
  const eventExpiry = new Expiry(store, clock, { prefix: 'events/', ttlMs: eventTtlMs })
  stop.onStop('event expiry', () => eventExpiry.stop())
  const lookups = lookupsIn(store)

  const apiAudiences = options.apiAudiences?.split(',') ?? [options.serviceAccountIssuer]
  let noteUse: NoteUse | undefined
  const tokens = createServiceAccountTokens({
    keyPem: files.serviceAccountKeyPem,
    olderKeyPems: options.serviceAccountKeyFile.map((path) => readFileSync(path, 'utf8')),
    issuer: options.serviceAccountIssuer,
    apiAudiences,
    uidOf: lookups.uidOf,
    secretOf: lookups.secret,
    secretsOf: lookups.secretsOfAccount,
    onUse: (secret, day) => noteUse?.(secret, day),
    clock,
    random,
  })
  const { authenticate, reviewToken } = startAuthentication(options, {
    clock,
    log,
    apiAudiences,
    joinToken: files.joinToken,
    serviceAccounts: tokens.method,
    secretOf: lookups.secret,
  })
  const authorizer = createAuthorizer(store, authorizationLinks(options, { clock, log }))
  stop.onStop('authorizer', () => authorizer.stop())
  const fairness = startFairness(options, { store, clock })
  stop.onStop('fairness', () => fairness.stop())

  const kubelets = createKubelets({ authorityPem: files.authority.certPem, ...files.kubeletClient })
  stop.onStop('kubelets', () => kubelets.close())
  const dialService = serviceDial({ kubelets, lookups, random })
  const webhooks = createWebhookClient({ clock, dialService })
  stop.onStop('webhooks', () => webhooks.close())

  let isReady = false
  let aggregation: Aggregation | undefined
  const server = createServer({
    store,
    kinds,
    clock,
    random,
    log: log.child({ component: 'api' }),
    authenticate,
    reviewToken,
    authorize: authorizer.authorize,
    rulesFor: authorizer.rulesFor,
    audit: audit?.audit,
    fairness,
    encryption,
    admission: admissionPlugins({ ...plugins, store, random, cidr: options.serviceCidr, rbac: authorizer.rbac }),
    connect: connectHandlers({ kubelets, lookups, random }),
    kubelets,
    dialService,
    webhooks,
    tokens,
    apiAudiences,
    issuerKeysUrl: options.serviceAccountJwksUri,
    checks: [
      { name: 'autoregister-completion', readyOnly: true, check: () => aggregation?.missing },
      { name: 'bootstrap', readyOnly: true, check: () => (isReady ? undefined : 'the first objects are being made') },
    ],
  })
  if (audit) server.metrics.add(auditEvents(audit.files))
  if (encryption) server.metrics.add(encryptionGauge(encryption))

  await serve(server, context)
  // What was established before is served before anybody is told that the server is ready.
  const customKinds = startCustomKinds(server.core, server.handle)
  stop.onStop('custom kinds', () => customKinds.stop())
  const others = startAggregation(server.core, server.handle, { credentials: files.frontProxyClient })
  aggregation = others
  stop.onStop('aggregation', () => others.stop())
  // Stops before they do: an open watch would keep a connection, and them, waiting.
  stop.onStop('core', () => server.stop())

  return {
    handle: server.handle,
    kinds,
    tokens,
    aggregation: others,
    ready: () => {
      isReady = true
    },
    onTokenUse: (note) => {
      noteUse = note
    },
  }
}

async function serve({ handle }: Server, { outside, role, files, listening }: ApiContext): Promise<void> {
  for (const address of listening.addresses) {
    const https = await serveHttps({
      ...address,
      ...files.serving,
      handle,
      clientAuthorityPem: files.authority.certPem,
      frontProxyAuthorityPem: files.frontProxyAuthority.certPem,
      clock: outside.clock,
    })
    role.stop.onStop(`https ${address.host}`, () => https.stop(1000))
  }
}
