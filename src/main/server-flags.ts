// Flags of the server about who is let in, what is written and what is recorded, named as upstream's are.

import type { Command } from 'commander'

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value]

export const authenticationFlags = (command: Command): Command =>
  command
    .option('--anonymous-auth <bool>', 'whether requests without credentials are let in, as system:anonymous', 'true')
    .option('--token-auth-file <file>', 'bearer tokens: token,user,uid,"group1,group2" in each line')
    .option('--authentication-config <file>', "issuers of tokens, in upstream's AuthenticationConfiguration")
    .option('--oidc-issuer-url <url>', 'an OpenID Connect issuer whose tokens are believed')
    .option('--oidc-client-id <id>', 'for whom its tokens must be meant')
    .option('--oidc-username-claim <claim>', 'which claim is the name of the user', 'sub')
    .option('--oidc-username-prefix <prefix>', 'before names; "-" is none, the issuer and # unless given')
    .option('--oidc-groups-claim <claim>', 'which claim holds the groups of the user')
    .option('--oidc-groups-prefix <prefix>', 'before groups')
    .option(
      '--oidc-required-claim <key=value>',
      'a claim that a token must have; may be given several times',
      collect,
      [],
    )
    .option('--oidc-signing-algs <names>', 'how tokens may be signed', 'RS256')
    .option('--oidc-ca-file <file>', "the authority of the issuer's certificate; the machine's unless given")
    .option('--service-account-issuer <url>', 'who service account tokens say they are from', defaultIssuer)
    .option('--service-account-jwks-uri <url>', 'where others find the keys of service account tokens')
    .option('--service-account-key-file <file>', 'an older key whose tokens are still good', collect, [])
    .option('--api-audiences <names>', 'for whom tokens for this server are meant; the issuer unless given')

export const authorizationFlags = (command: Command): Command =>
  command
    .option('--authorization-mode <names>', 'who decides, in this order: Node, RBAC, Webhook, AlwaysAllow, AlwaysDeny')
    .option('--authorization-config <file>', "the same with several webhooks: upstream's AuthorizationConfiguration")
    .option('--authorization-webhook-config-file <file>', 'a kubeconfig that says where to ask by SubjectAccessReview')
    .option('--authorization-webhook-version <version>', 'of SubjectAccessReview; v1 unless given')
    .option('--authorization-webhook-cache-authorized-ttl <duration>', 'how long a yes is remembered; 5m unless given')
    .option(
      '--authorization-webhook-cache-unauthorized-ttl <duration>',
      'how long a no is remembered; 30s unless given',
    )

/** Several in one, with commas between; all times that it is given count. */
const collectNames = (value: string, all: readonly string[]): readonly string[] => [
  ...all,
  ...value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
]

export const admissionFlags = (command: Command): Command =>
  command
    .option('--admission-control-config-file <file>', "settings of plugins, in upstream's AdmissionConfiguration")
    .option('--enable-admission-plugins <names>', 'plugins that are on beside the default ones', collectNames, [])
    .option('--disable-admission-plugins <names>', 'plugins that are off although they are default', collectNames, [])

export const auditFlags = (command: Command): Command =>
  command
    .option('--audit-policy-file <file>', 'what is recorded of requests; nothing is unless given')
    .option('--audit-log-path <file>', 'where requests are recorded; - is standard output')
    .option('--audit-log-mode <mode>', 'batch, blocking or blocking-strict', 'blocking')
    .option('--audit-log-maxsize <megabytes>', 'how large the record grows before it is put aside', '100')
    .option('--audit-log-maxbackup <count>', 'how many records that were put aside are kept; 0 keeps all', '0')
    .option('--audit-log-maxage <days>', 'how long records that were put aside are kept; 0 keeps them', '0')
    .option('--audit-webhook-config-file <file>', 'a kubeconfig that says where records are sent')
    .option('--audit-webhook-mode <mode>', 'batch, blocking or blocking-strict', 'batch')
    .option('--audit-webhook-batch-max-size <count>', 'how many records are sent together', '400')
    .option('--audit-webhook-batch-max-wait <duration>', 'after which time those that wait are sent', '30s')

export const fairnessFlags = (command: Command): Command =>
  command
    .option('--max-requests-inflight <count>', 'how many requests may run at a time, together with the next', '400')
    .option('--max-mutating-requests-inflight <count>', 'added to it; levels share the sum by priority', '200')

export const encryptionFlags = (command: Command): Command =>
  command
    .option('--encryption-resources <names>', "what is encrypted in the store with the server's own keys", 'secrets')
    .option('--encryption-provider-config <file>', "keys and resources, in upstream's EncryptionConfiguration")

export const defaultIssuer = 'https://kubernetes.default.svc.cluster.local'
