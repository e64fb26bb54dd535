// What a server keeps in its folder beside the store: the authority, its own certificates, the key for service
// accounts' tokens, the join token and the administrator's kubeconfig. Made on the first start, read afterwards;
// a certificate that runs out within a quarter of its life is made anew.

import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { newJoinToken } from '#client/join-token.ts'
import { addCluster } from '#client/kubeconfig.ts'
import { type CertificateOptions, createAuthority, issue, type KeyPair } from '#lib/pki.ts'
import { generateSigningKey } from '#server/authn/service-account.ts'

export interface ServerFiles {
  readonly authority: KeyPair
  /** Its certificate is followed by the authority's, so that joining nodes get to see that. */
  readonly serving: KeyPair
  /** With which the server asks the nodes' agents. */
  readonly kubeletClient: KeyPair
  /** Another authority: whom it certifies may say for whom he asks. */
  readonly frontProxyAuthority: KeyPair
  /** With which the server asks the servers of other API groups. */
  readonly frontProxyClient: KeyPair
  readonly serviceAccountKeyPem: string
  readonly joinToken: string
  readonly store: string
}

export interface ServerFilesOptions {
  readonly dir: string
  /** Every host that the server listens on. */
  readonly hosts: readonly string[]
  /** The `kubernetes` service's address. */
  readonly serviceIp: string
  /** Where the administrator's kubeconfig says the server is. */
  readonly url: string
  readonly nowMs: number
}

const yearMs = 365 * 86_400_000

function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

function once(path: string, make: () => string): string {
  if (!existsSync(path)) replaceFile(path, make())
  return readFileSync(path, 'utf8')
}

const isIp = (host: string): boolean => /^[\d.]+$|:/.test(host)

/** Under which pods, and whoever is on this machine, know the server. */
export const serviceNames: readonly string[] = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]

/** Names and addresses under which clients may reach the server. */
function servingNames({ hosts, serviceIp }: ServerFilesOptions): { dnsNames: string[]; ips: string[] } {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map((a) => a.address))
  const all = [...new Set([...hosts, '127.0.0.1', '::1', serviceIp, ...own])].map((host) => host.replace(/%.*/, ''))
  return {
    dnsNames: [...serviceNames, ...all.filter((host) => !isIp(host))],
    ips: all.filter((host) => isIp(host) && host !== '0.0.0.0' && host !== '::'),
  }
}

/** Still good for a while, and for all of these names. */
function isGood(certPem: string, { nowMs, dnsNames = [], ips = [] }: CertificateOptions): boolean {
  const certificate = new X509Certificate(certPem)
  return (
    certificate.validToDate.getTime() - nowMs > yearMs / 4 &&
    dnsNames.every((name) => certificate.checkHost(name) !== undefined) &&
    ips.every((ip) => certificate.checkIP(ip) !== undefined)
  )
}

export async function serverFiles(options: ServerFilesOptions): Promise<ServerFiles> {
  const { dir, nowMs, url } = options
  const pki = join(dir, 'pki')
  mkdirSync(pki, { recursive: true, mode: 0o700 })

  const pair = async (
    name: string,
    make: () => Promise<KeyPair>,
    good: (certPem: string) => boolean,
  ): Promise<KeyPair> => {
    const [cert, key] = [join(pki, `${name}.crt`), join(pki, `${name}.key`)]
    if (existsSync(cert) && existsSync(key)) {
      const certPem = readFileSync(cert, 'utf8')
      if (good(certPem)) return { certPem, keyPem: readFileSync(key, 'utf8') }
    }
    const made = await make()
    replaceFile(key, made.keyPem)
    replaceFile(cert, made.certPem)
    return made
  }

  const authority = await pair(
    'ca',
    () => createAuthority('pinnace', nowMs),
    () => true,
  )
  const frontProxyAuthority = await pair(
    'front-proxy-ca',
    () => createAuthority('front-proxy-ca', nowMs),
    () => true,
  )
  const issued = (name: string, certificate: CertificateOptions, by = authority): Promise<KeyPair> =>
    pair(
      name,
      () => issue(by, certificate),
      (certPem) => isGood(certPem, certificate),
    )

  const base = { nowMs, lifetimeMs: yearMs }
  const names = servingNames(options)
  const [serving, kubeletClient, admin, frontProxyClient] = await Promise.all([
    issued('server', { ...base, ...names, commonName: 'kube-apiserver', usages: ['server'] }),
    issued('kubelet-client', {
      ...base,
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['system:masters'],
      usages: ['client'],
    }),
    issued('admin', { ...base, commonName: 'kubernetes-admin', organizations: ['system:masters'], usages: ['client'] }),
    issued(
      'front-proxy-client',
      { ...base, commonName: 'front-proxy-client', usages: ['client'] },
      frontProxyAuthority,
    ),
  ])
  const access = { name: 'pinnace', server: url, authorityPem: authority.certPem, ...admin }
  replaceFile(join(dir, 'admin.kubeconfig'), addCluster('', access))
  return {
    authority,
    serving: { certPem: serving.certPem + authority.certPem, keyPem: serving.keyPem },
    kubeletClient,
    frontProxyAuthority,
    frontProxyClient,
    serviceAccountKeyPem: once(join(pki, 'service-account.key'), generateSigningKey),
    joinToken: once(join(dir, 'join-token'), () => `${newJoinToken(authority.certPem)}\n`).trim(),
    store: join(dir, 'store.db'),
  }
}
