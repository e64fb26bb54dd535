// Signs what a new node is told of the cluster, the ConfigMap `cluster-info` in kube-public, with every bootstrap
// token that is meant for that: whoever has the token can tell that it is true. Upstream: the bootstrap-signer.

import { createHmac } from 'node:crypto'
import { ConfigMap } from '#api/core/config-map.ts'
import { Secret } from '#api/core/secret.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import { controller, trigger } from '#client/controller.ts'
import { isEqual } from './equal.ts'

const place = { namespace: 'kube-public', name: 'cluster-info' }
const tokenNamespace = 'kube-system'
const tokenType = 'bootstrap.kubernetes.io/token'
const contentKey = 'kubeconfig'
const signaturePrefix = 'jws-kubeconfig-'

export interface Token {
  readonly id: string
  readonly secret: string
}

/** The token in a Secret, if it may sign. */
export function signingToken({ type, metadata, data = {} }: Secret, nowMs: number): Token | undefined {
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString()
  if (type !== tokenType || metadata.deletionTimestamp !== undefined) return undefined
  const [id, secret, expiration] = [text('token-id'), text('token-secret'), text('expiration')]
  if (!/^[a-z0-9]{6}$/.test(id) || secret === '' || metadata.name !== `bootstrap-token-${id}`) return undefined
  if (expiration !== '' && !(Date.parse(expiration) > nowMs)) return undefined
  return text('usage-bootstrap-signing') === 'true' ? { id, secret } : undefined
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

/** A JWS whose content is left out, since it stands beside it (RFC 7515, appendix F). */
export function detachedSignature(content: string, { id, secret }: Token): string {
  const header = base64url(JSON.stringify({ alg: 'HS256', kid: id }))
  const signature = createHmac('sha256', secret)
    .update(`${header}.${base64url(content)}`)
    .digest('base64url')
  return `${header}..${signature}`
}

type Data = Readonly<Record<string, string>>

/** The data with the signatures of these tokens and no others; as it is, where there is nothing to sign. */
export function signed(data: Data, tokens: readonly Token[]): Data {
  const content = data[contentKey]
  if (content === undefined) return data
  return Object.fromEntries([
    ...Object.entries(data).filter(([key]) => !key.startsWith(signaturePrefix)),
    ...tokens.map((token) => [`${signaturePrefix}${token.id}`, detachedSignature(content, token)]),
  ])
}

export const bootstrapSigner = controller({
  name: 'bootstrap-signer',
  account: 'bootstrap-signer',
  triggers: [
    trigger(ConfigMap, (next, old) => {
      const { metadata } = (next ?? old)!
      return metadata.namespace === place.namespace && metadata.name === place.name ? [place] : []
    }),
    trigger(Secret, (next, old) => {
      const { metadata } = (next ?? old)!
      const isToken = next?.type === tokenType || old?.type === tokenType
      return metadata.namespace === tokenNamespace && isToken ? [place] : []
    }),
  ],
  async reconcile({ namespace, name }, { client, clock, informers }) {
    const info = informers.of(ConfigMap).get(namespace, name)
    if (!info) return
    const tokens = informers
      .of(Secret)
      .list()
      .filter(({ metadata }) => metadata.namespace === tokenNamespace)
      .flatMap((secret) => signingToken(secret, clock.now()) ?? [])
    const data = signed(info.data ?? {}, tokens)
    if (isEqual(data, info.data ?? {})) return
    await client.update(ConfigMap, { ...info, data }).catch((error) => {
      if (!isConflict(error) && !isNotFound(error)) throw error
    })
  },
})
