// The file of upstream's --authentication-config: issuers of tokens with their rules, and what the anonymous may do.

import { yamlLibrary } from '#api/yaml.ts'
import type { AnonymousOptions } from './authenticate.ts'
import type { ClaimRule, Expression, JwtRules, Mapping } from './jwt-rules.ts'

export interface ConfiguredIssuer {
  readonly url: string
  readonly discoveryUrl: string | undefined
  readonly authorityPem: string | undefined
  readonly audiences: readonly string[]
  readonly rules: JwtRules
}

export interface AuthenticationConfiguration {
  readonly issuers: readonly ConfiguredIssuer[]
  readonly anonymous: AnonymousOptions | undefined
}

/** Makes a function of an expression over `claims` or `user`; throws what is wrong with it. */
export type Compile = (text: string, variable: 'claims' | 'user') => (value: unknown) => unknown

const apiVersions = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)
const kindName = 'AuthenticationConfiguration'

// biome-ignore lint/suspicious/noExplicitAny: a document that is looked at field by field
type Document = any

class Reader {
  readonly #compile: Compile | undefined
  constructor(compile: Compile | undefined) {
    this.#compile = compile
  }

  #compiled(path: string, text: string, variable: 'claims' | 'user'): (value: unknown) => unknown {
    if (!this.#compile) throw new Error(`${path}: expressions are not known here`)
    try {
      return this.#compile(text, variable)
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
    }
  }

  /** A mapping, or undefined where none is given. */
  #mapping(path: string, given: Document): Mapping | undefined {
    if (given === undefined || given === null) return undefined
    const { claim, prefix, expression } = given
    if (expression) {
      if (claim || prefix !== undefined) throw new Error(`${path}: claim and prefix do not go with expression`)
      return { expression: this.#compiled(`${path}.expression`, expression, 'claims') as Expression }
    }
    if (!claim) return undefined
    if (prefix === undefined) throw new Error(`${path}.prefix: it must be given with claim, if only as ""`)
    return { claim, prefix }
  }

  #claimRule(path: string, rule: Document): ClaimRule {
    const { claim, requiredValue = '', expression, message } = rule ?? {}
    if (!claim === !expression) throw new Error(`${path}: either claim or expression is needed`)
    if (!expression) return { claim, requiredValue }
    return { expression: this.#compiled(`${path}.expression`, expression, 'claims') as Expression, message }
  }

  issuer(path: string, given: Document): ConfiguredIssuer {
    const { issuer = {}, claimValidationRules = [], claimMappings = {}, userValidationRules = [] } = given ?? {}
    const { url, discoveryURL, certificateAuthority, audiences = [] } = issuer
    if (typeof url !== 'string' || !url.startsWith('https://')) throw new Error(`${path}.issuer.url: it must be https`)
    if (discoveryURL !== undefined && !String(discoveryURL).startsWith('https://'))
      throw new Error(`${path}.issuer.discoveryURL: it must be https`)
    if (!Array.isArray(audiences) || audiences.length === 0) throw new Error(`${path}.issuer.audiences: none are given`)
    if (audiences.length > 1 && issuer.audienceMatchPolicy !== 'MatchAny')
      throw new Error(`${path}.issuer.audienceMatchPolicy: it must be MatchAny where there are several audiences`)
    const at = `${path}.claimMappings`
    const username = this.#mapping(`${at}.username`, claimMappings.username)
    if (!username) throw new Error(`${at}.username: a claim or an expression is needed`)
    const uid = claimMappings.uid?.claim
      ? { claim: claimMappings.uid.claim, prefix: '' }
      : this.#mapping(`${at}.uid`, claimMappings.uid)
    const extra = (claimMappings.extra ?? []).map(({ key, valueExpression }: Document, i: number) => ({
      key,
      value: this.#compiled(`${at}.extra[${i}].valueExpression`, valueExpression, 'claims') as Expression,
    }))
    return {
      url,
      discoveryUrl: discoveryURL,
      authorityPem: certificateAuthority,
      audiences,
      rules: {
        username,
        groups: this.#mapping(`${at}.groups`, claimMappings.groups),
        uid,
        extra,
        claimRules: claimValidationRules.map((rule: Document, i: number) =>
          this.#claimRule(`${path}.claimValidationRules[${i}]`, rule),
        ),
        userRules: userValidationRules.map(({ expression, message }: Document, i: number) => ({
          expression: this.#compiled(`${path}.userValidationRules[${i}].expression`, expression, 'user'),
          message,
        })),
      },
    }
  }
}

function anonymousOf(given: Document): AnonymousOptions | undefined {
  if (given === undefined || given === null) return undefined
  const { enabled, conditions } = given
  if (typeof enabled !== 'boolean') throw new Error('anonymous.enabled: it must be true or false')
  if (!enabled && conditions?.length) throw new Error('anonymous.conditions: they need anonymous.enabled')
  const paths: readonly string[] | undefined = conditions?.map(({ path }: Document) => path)
  return { enabled, paths: paths?.length ? paths : undefined }
}

/** Throws what is wrong with the file, with the place of it. */
export function parseAuthenticationConfiguration(text: string, compile?: Compile): AuthenticationConfiguration {
  const document: Document = yamlLibrary().parse(text)
  if (document?.kind !== kindName) throw new Error(`kind must be ${kindName}`)
  if (!apiVersions.includes(document.apiVersion)) throw new Error(`apiVersion must be ${apiVersions[0]}`)
  const reader = new Reader(compile)
  const issuers: readonly ConfiguredIssuer[] = (document.jwt ?? []).map((each: Document, i: number) =>
    reader.issuer(`jwt[${i}]`, each),
  )
  const twice = issuers.find(({ url }, i) => issuers.findIndex((each) => each.url === url) !== i)
  if (twice) throw new Error(`jwt: the issuer ${JSON.stringify(twice.url)} stands there twice`)
  return { issuers, anonymous: anonymousOf(document.anonymous) }
}
