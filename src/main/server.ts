// `pinnace server`: the API server with its store, and in the same process the controllers and the scheduler,
// which call it directly. Ready when it answers; what is on disk is enough to start again from.

import { mkdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { Secret } from '#api/core/secret.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { AnyKind, ObjectOf } from '#api/kind.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { builtIn } from '#api/kinds.ts'
import { notFound } from '#api/status-error.ts'
import { type Outside, UsageError } from '#cli/command.ts'
import type { Client } from '#client/client.ts'
import { createInformers } from '#client/informers.ts'
import { LocalClient } from '#client/local.ts'
import { bootstrapFlowControl } from '#controllers/flow-control.ts'
import { formatTime } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { admissionPlugins } from '#server/admission/plugins.ts'
import { type Aggregation, startAggregation } from '#server/aggregation/aggregation.ts'
import { createIndexer, createServer } from '#server/app.ts'
import { lastUsedLabel } from '#server/authn/secret-token.ts'
import { createServiceAccountTokens } from '#server/authn/service-account.ts'
import { authenticatedGroup, mastersGroup, serviceAccount } from '#server/authn/user.ts'
import { createAuthorizer } from '#server/authz/authorizer.ts'
import { connectHandlers } from '#server/connect/connect.ts'
import { createKubelets } from '#server/connect/kubelet.ts'
import { serviceDial } from '#server/connect/service-dial.ts'
import { startCustomKinds } from '#server/custom/custom-kinds.ts'
import { serveHttps } from '#server/https.ts'
import type { UserInfo } from '#server/request.ts'
import { objectOf } from '#server/stored.ts'
import { createWebhookClient } from '#server/webhook/client.ts'
import type { EncryptionKeys } from '#store/encryption-keys.ts'
import { Expiry } from '#store/expiry.ts'
import { MemoryStore } from '#store/memory.ts'
import { openSqliteStore } from '#store/sqlite.ts'
import { keyOf, type Store } from '#store/store.ts'
import { type AdmissionOptions, configuredPlugins } from './admission.ts'
import { type AuditOptions, auditEvents, openAudit } from './audit.ts'
import { type AuthenticationOptions, startAuthentication } from './authentication.ts'
import { type AuthorizationOptions, authorizationLinks } from './authorization.ts'
import { bootstrap } from './bootstrap.ts'
import { bootstrapPolicy } from './bootstrap-policy.ts'
import { startControllers } from './controllers.ts'
import { type EncryptionOptions, encryptionGauge, encryptionKeys } from './encryption.ts'
import { type FairnessOptions, keepFlowControl, startFairness } from './fairness.ts'
import { type RoleOptions, startRole } from './role.ts'
import { startScheduling } from './scheduler.ts'
import { serverFiles, serviceNames } from './server-files.ts'

export interface ServerOptions
  extends RoleOptions,
    AdmissionOptions,
    AuditOptions,
    AuthenticationOptions,
    AuthorizationOptions,
    FairnessOptions,
    EncryptionOptions {
  readonly dataDir: string
  readonly listen: readonly string[]
  readonly store: string
  readonly disable?: string
  readonly serviceCidr: string
  readonly clusterCidr: string
  readonly nodeMonitorGracePeriod: string
  readonly serviceAccountIssuer: string
  readonly serviceAccountJwksUri?: string
  readonly serviceAccountKeyFile: readonly string[]
  readonly apiAudiences?: string
}

interface Address {
  readonly host: string
  readonly port: number
}

function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':')
  const port = Number(text.slice(colon + 1))
  const host = text.slice(0, colon).replace(/^\[|\]$/g, '')
  if (colon > 0 && Number.isInteger(port) && port >= 0 && port < 65536) return { host, port }
  throw new UsageError(`"${text}" is not of the form HOST:PORT`)
}

const parts = ['controllers', 'scheduler'] as const

function parseDisabled(text: string): Set<string> {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const unknown = names.find((name) => !(parts as readonly string[]).includes(name))
  if (unknown) throw new UsageError(`"${unknown}" cannot be disabled; what can be is ${parts.join(', ')}`)
  return new Set(names)
}

/** The nth address of a network, as in `10.96.0.0/16`. */
function addressIn(cidr: string, n: number): string {
  const [base = ''] = cidr.split('/')
  const bytes = base.split('.').map(Number)
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0) + n
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

async function openStore(
  kind: string,
  path: string,
  options: { kinds: KindRegistry; outside: Outside; keys: () => EncryptionKeys },
): Promise<{ store: Store; encryption: EncryptionKeys | undefined }> {
  const { clock } = options.outside
  if (kind === 'memory') return { store: new MemoryStore(clock), encryption: undefined }
  if (kind === 'sqlite') {
    const keys = options.keys()
    const indexer = createIndexer(options.kinds)
    const store = await openSqliteStore({ path, clock, indexer, encryption: keys.encryption })
    try {
      keys.use(store)
    } catch (error) {
      await store.close()
      throw error
    }
    return { store, encryption: keys }
  }
  throw new UsageError(`"${kind}" is no store; stores are sqlite and memory`)
}

/** As upstream's --event-ttl. */
const eventTtlMs = 60 * 60_000

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Of a server that listens on every address, the first that others can reach. */
function advertised(host: string): string | undefined {
  if (host !== '0.0.0.0' && host !== '::') return host
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return own.find((address) => address.family === 'IPv4' && !address.internal)?.address
}

/** What the server itself reads of its own objects. */
function lookupsIn(store: Store) {
  const find = <K extends AnyKind>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined => {
    const stored = store.get(keyOf(kind.resource, namespace, name))
    return stored && (objectOf(stored) as ObjectOf<K>)
  }
  const need = <K extends AnyKind>(kind: K, namespace: string, name: string): ObjectOf<K> => {
    const found = find(kind, namespace, name)
    if (!found) throw notFound(kind, name)
    return found
  }
  return {
    secret: (namespace: string, name: string) => find(Secret, namespace, name),
    uidOf: (resource: string, namespace: string, name: string): string | undefined => {
      const stored = store.get(keyOf(resource, namespace, name))
      return stored && objectOf(stored).metadata.uid
    },
    pod: (namespace: string, name: string) => need(Pod, namespace, name),
    node: (name: string) => need(Node, '', name),
    service: (namespace: string, name: string) => need(Service, namespace, name),
    endpointSlices: (namespace: string, service: string) =>
      store
        .list({
          prefix: `${EndpointSlice.resource}/${namespace}/`,
          filter: (slice) => slice.index.labels['kubernetes.io/service-name'] === service,
        })
        .items.map((stored) => objectOf(stored) as EndpointSlice),
  }
}

/** Notes in the Secret of a lasting token on which day it was last used: once, however many use it. */
function notesUse(client: Client, log: Log): (secret: Secret, day: string) => void {
  const underway = new Set<string>()
  return ({ metadata }, day) => {
    const { uid = '', namespace, name = '' } = metadata
    if (underway.has(uid)) return
    underway.add(uid)
    const labels = { [lastUsedLabel]: day }
    client
      .patch(Secret, { namespace, name }, { metadata: { uid, labels } }, { type: 'merge' })
      .catch((error) => log.warn('Cannot note the use of a token', { secret: `${namespace}/${name}`, error }))
      .finally(() => underway.delete(uid))
  }
}

export async function runServer(options: ServerOptions, outside: Outside): Promise<void> {
  const { clock, random, version } = outside
  const addresses = options.listen.map(parseAddress)
  const disabled = parseDisabled(options.disable ?? '')
  const role = startRole('server', options, outside)
  const { log, stop } = role
  const startedMs = clock.monotonic()
  const plugins = configuredPlugins(options)
  const audit = openAudit(options, { clock, log, stdout: outside.stdout })
  if (audit) stop.onStop('audit log', () => audit.file.close())
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })

  const [first] = addresses
  if (!first) throw new UsageError('At least one --listen HOST:PORT is needed')
  const serviceIp = addressIn(options.serviceCidr, 1)
  const url = `https://${first.host === '0.0.0.0' ? '127.0.0.1' : first.host}:${first.port}`
  const files = await serverFiles({
    dir: options.dataDir,
    hosts: addresses.map(({ host }) => host),
    serviceIp,
    url,
    nowMs: clock.now(),
  })

  const kinds = new KindRegistry(builtIn.all)
  const keys = () => encryptionKeys(options, { dataDir: options.dataDir, log })
  const { store, encryption } = await openStore(options.store, files.store, { kinds, outside, keys })
  stop.onStop('store', () => store.close())
  const eventExpiry = new Expiry(store, clock, { prefix: 'events/', ttlMs: eventTtlMs })
  stop.onStop('event expiry', () => eventExpiry.stop())
  const lookups = lookupsIn(store)
  const apiAudiences = options.apiAudiences?.split(',') ?? [options.serviceAccountIssuer]
  let noteUse: ((secret: Secret, day: string) => void) | undefined
  const tokens = createServiceAccountTokens({
    keyPem: files.serviceAccountKeyPem,
    olderKeyPems: options.serviceAccountKeyFile.map((path) => readFileSync(path, 'utf8')),
    issuer: options.serviceAccountIssuer,
    apiAudiences,
    uidOf: lookups.uidOf,
    secretOf: lookups.secret,
    onUse: (secret, day) => noteUse?.(secret, day),
    clock,
    random,
  })
  const kubelets = createKubelets({ authorityPem: files.authority.certPem, ...files.kubeletClient })
  stop.onStop('kubelets', () => kubelets.close())
  const dialService = serviceDial({ kubelets, lookups, random })
  const webhooks = createWebhookClient({ clock, dialService })
  stop.onStop('webhooks', () => webhooks.close())

  const authorizer = createAuthorizer(store, authorizationLinks(options, { clock, log }))
  stop.onStop('authorizer', () => authorizer.stop())

  const { authenticate, reviewToken } = startAuthentication(options, {
    clock,
    log,
    apiAudiences,
    joinToken: files.joinToken,
    serviceAccounts: tokens.method,
    secretOf: lookups.secret,
  })

  const fairness = startFairness(options, { store, clock })
  stop.onStop('fairness', () => fairness.stop())

  let ready = false
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
      { name: 'bootstrap', readyOnly: true, check: () => (ready ? undefined : 'the first objects are being made') },
    ],
  })

  if (audit) server.metrics.add(auditEvents(audit.file))
  if (encryption) server.metrics.add(encryptionGauge(encryption))

  for (const address of addresses) {
    const https = await serveHttps({
      ...address,
      ...files.serving,
      handle: server.handle,
      clientAuthorityPem: files.authority.certPem,
      frontProxyAuthorityPem: files.frontProxyAuthority.certPem,
      clock,
    })
    stop.onStop(`https ${address.host}`, () => https.stop(1000))
  }
  // What was established before is served before anybody is told that the server is ready.
  const customKinds = startCustomKinds(server.core, server.handle)
  stop.onStop('custom kinds', () => customKinds.stop())
  aggregation = startAggregation(server.core, server.handle, { credentials: files.frontProxyClient })
  stop.onStop('aggregation', () => aggregation.stop())
  // Stops before they do: an open watch would keep a connection, and them, waiting.
  stop.onStop('core', () => server.stop())

  const clientAs = (user: UserInfo, userAgent: string) => new LocalClient({ handle: server.handle, user, userAgent })
  const clientFor = (name: string, groups: readonly string[] = []) =>
    clientAs({ name: `system:${name}`, groups: [...groups, authenticatedGroup] }, name)
  const reach = addresses.find(({ host }) => !isLoopback(host))
  const own = clientFor('apiserver', [mastersGroup])
  await bootstrap(own, {
    address: reach && advertised(reach.host),
    port: reach?.port ?? first.port,
    serviceIp,
    serviceCidr: options.serviceCidr,
    nowText: formatTime(clock.now()),
    dnsIp: addressIn(options.serviceCidr, 10),
    url: reach ? `https://${advertised(reach.host) ?? reach.host}:${reach.port}` : url,
    servingAuthorityPem: files.authority.certPem,
    clientAuthorityPem: files.authority.certPem,
    frontProxyAuthorityPem: files.frontProxyAuthority.certPem,
  })
  noteUse = notesUse(own, log)
  await bootstrapPolicy(own)
  await bootstrapFlowControl(own)
  ready = true
  log.info('Ready', { url, version, ms: Math.round(clock.monotonic() - startedMs) })

  const component = (name: string, groups?: readonly string[]) => {
    const client = clientFor(name, groups)
    const informers = createInformers({ client, clock, random, log, silenceMs: Number.POSITIVE_INFINITY })
    stop.onStop(`${name} informers`, () => informers.stop())
    return { client, informers, clock, random, log: log.child({ component: name }), signal: stop.signal }
  }
  const flowControl = keepFlowControl(component('apiserver', [mastersGroup]))
  stop.onStop('flow control', () => flowControl.stopped)
  if (!disabled.has('controllers')) {
    const manager = 'kube-controller-manager'
    const running = startControllers({
      ...component(manager),
      // Nothing is signed in to here, so these accounts need no objects and no tokens.
      clientOf: (account) => clientAs(serviceAccount('kube-system', account), `${manager}/${account}`),
      kinds,
      elsewhere: aggregation,
      clusterCidr: options.clusterCidr,
      nodeMonitorGracePeriod: options.nodeMonitorGracePeriod,
      keys: { authority: files.authority, tokens, reserved: { dnsNames: serviceNames, ips: [serviceIp] } },
    })
    stop.onStop('controllers', () => running.stopped)
  }
  if (!disabled.has('scheduler')) {
    const scheduler = startScheduling(component('kube-scheduler'))
    stop.onStop('scheduler', () => scheduler.stop())
  }
  await role.run()
}
