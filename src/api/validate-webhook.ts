// How the server reaches a webhook: rules, paths and sentences that conversion and admission share.

import { X509Certificate } from 'node:crypto'
import type { FieldErrors, Path } from './field-errors.ts'
import { dns1123Subdomain, portNumber } from './names.ts'

const form = '; desired format: https://host[/path]'
const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/

/** Read as Go reads addresses, which takes more than browsers do. */
export function validateWebhookUrl(url: string, path: Path, errors: FieldErrors): void {
  const found = parts.exec(url)
  if (!found) {
    const why = `parse ${JSON.stringify(url)}: net/url: invalid control character in URL`
    errors.required(path, `url must be a valid URL: ${why}${form}`)
    return
  }
  const [, scheme = '', user, host = '', query = '', fragment = ''] = found
  if (scheme.toLowerCase() !== 'https') {
    errors.invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`)
  }
  if (host === '') errors.invalid(path, host, `host must be specified${form}`)
  if (user !== undefined) errors.invalid(path, user, 'user information is not permitted in the URL')
  if (fragment !== '') errors.invalid(path, fragment, 'fragments are not permitted in the URL')
  if (query !== '') errors.invalid(path, query, 'query parameters are not permitted in the URL')
}

interface ServiceReference {
  readonly namespace?: string
  readonly name?: string
  readonly path?: string | undefined
  readonly port?: number | undefined
}

export function validateWebhookService(service: ServiceReference, path: Path, errors: FieldErrors): void {
  if (!service.name) errors.required(path.child('name'))
  if (!service.namespace) errors.required(path.child('namespace'))
  const port = service.port ?? 0
  const wrong = portNumber(port)
  if (wrong.length > 0) errors.invalid(path.child('port'), port, `port is not valid: ${wrong.join(', ')}`)
  validateServicePath(service.path ?? '', path.child('path'), errors)
}

function validateServicePath(value: string, path: Path, errors: FieldErrors): void {
  if (value === '' || value === '/') return
  if (value === '//') {
    errors.invalid(path, value, 'segment[0] may not be empty')
    return
  }
  if (!value.startsWith('/')) errors.invalid(path, value, "must start with a '/'")
  const steps = value.slice(1).replace(/\/$/, '').split('/')
  steps.forEach((step, i) => {
    if (step === '') errors.invalid(path, value, `segment[${i}] may not be empty`)
    else for (const wrong of dns1123Subdomain(step)) errors.invalid(path, value, `segment[${i}]: ${wrong}`)
  })
}

interface ClientConfig {
  readonly url?: string | undefined
  readonly service?: ServiceReference | undefined
}

/** By an address or through a service, and not by both. */
export function validateClientConfig(config: ClientConfig, path: Path, errors: FieldErrors): void {
  const { url, service } = config
  if ((url === undefined) === (service === undefined))
    errors.required(path, 'exactly one of url or service is required')
  else if (url !== undefined) validateWebhookUrl(url, path.child('url'), errors)
  else if (service) validateWebhookService(service, path.child('service'), errors)
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

/** What Go says of certificates that it cannot read; undefined where it can. `bundle` is PEM in base64. */
export function caBundleProblem(bundle: string): string | undefined {
  const blocks = Buffer.from(bundle, 'base64').toString('latin1').match(block) ?? []
  if (blocks.length === 0) return 'unable to load root certificates: unable to parse bytes as PEM block'
  const certificates = blocks.filter((text) => text.startsWith('-----BEGIN CERTIFICATE-----'))
  if (certificates.length === 0) return 'unable to load root certificates: no valid certificate authority data seen'
  try {
    for (const text of certificates) new X509Certificate(text)
  } catch {
    return 'unable to load root certificates: failed to parse certificate: x509: malformed certificate'
  }
  return undefined
}
