// Network policies: ports that can be, and peers that are either pods or a range of addresses.

import { validatePortNumberOrName } from '../core/validate-probe.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { portNumber, cidr as validCidr } from '../names.ts'
import { isStrictlyWithin, parseRange } from './address.ts'
import { rangeWarnings } from './address-warnings.ts'
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from './network-policy-types.ts'

const path = Path.of('spec')

function validatePort({ port, endPort }: NetworkPolicyPort, at: Path, errors: FieldErrors): void {
  const end = at.child('endPort')
  if (typeof port === 'number') {
    validatePortNumberOrName(port, at.child('port'), errors)
    if (endPort === undefined) return
    if (endPort < port) errors.invalid(end, endPort, 'must be greater than or equal to `port`')
    errors.invalidEach(end, endPort, portNumber(endPort))
    return
  }
  if (endPort !== undefined) {
    const when = port === undefined ? 'when `port` is not specified' : 'when `port` is non-numeric'
    errors.invalid(end, endPort, `may not be specified ${when}`)
  }
  if (port !== undefined) validatePortNumberOrName(port, at.child('port'), errors)
}

function validateBlock({ cidr = '', except = [] }: IPBlock, known: ReadonlySet<string>, at: Path, errors: FieldErrors) {
  if (cidr === '') {
    errors.required(at.child('cidr'))
    return
  }
  if (!known.has(cidr)) errors.invalidEach(at.child('cidr'), cidr, validCidr(cidr))
  const outer = parseRange(cidr)
  if (!outer) return
  except.forEach((one, i) => {
    const onePath = at.child('except').index(i)
    if (!known.has(one)) errors.invalidEach(onePath, one, validCidr(one))
    const inner = parseRange(one)
    if (inner && !isStrictlyWithin(inner, outer)) errors.invalid(onePath, one, 'must be a strict subset of `cidr`')
  })
}

function validatePeer(peer: NetworkPolicyPeer, known: ReadonlySet<string>, at: Path, errors: FieldErrors): void {
  const { podSelector, namespaceSelector, ipBlock } = peer
  if (podSelector) validateLabelSelector(podSelector, at.child('podSelector'), errors)
  if (namespaceSelector) validateLabelSelector(namespaceSelector, at.child('namespaceSelector'), errors)
  if (ipBlock) validateBlock(ipBlock, known, at.child('ipBlock'), errors)
  if (!podSelector && !namespaceSelector && !ipBlock) errors.required(at, 'must specify a peer')
  else if (ipBlock && (podSelector || namespaceSelector)) {
    errors.forbidden(at, 'may not specify both ipBlock and another peer')
  }
}

interface Rule {
  readonly ports?: readonly NetworkPolicyPort[] | undefined
  readonly peers: readonly NetworkPolicyPeer[]
}

const rulesOf = (spec: NetworkPolicySpec): readonly (readonly [string, string, readonly Rule[]])[] => [
  ['ingress', 'from', (spec.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from ?? [] }))],
  ['egress', 'to', (spec.egress ?? []).map(({ ports, to }) => ({ ports, peers: to ?? [] }))],
]

/** All ranges that a policy names. What is stored already need not be as new ones must. */
function rangesOf(spec: NetworkPolicySpec): ReadonlySet<string> {
  const blocks = rulesOf(spec).flatMap(([, , rules]) => rules.flatMap(({ peers }) => peers.map((peer) => peer.ipBlock)))
  return new Set(blocks.flatMap((block) => (block ? [block.cidr, ...(block.except ?? [])] : [])))
}

function validateSpec(spec: NetworkPolicySpec, known: ReadonlySet<string>, errors: FieldErrors): void {
  validateLabelSelector(spec.podSelector, path.child('podSelector'), errors)
  for (const [field, peersField, rules] of rulesOf(spec)) {
    rules.forEach(({ ports, peers }, i) => {
      const at = path.child(field).index(i)
      ports?.forEach((port, p) => {
        validatePort(port, at.child('ports').index(p), errors)
      })
      peers.forEach((peer, p) => {
        validatePeer(peer, known, at.child(peersField).index(p), errors)
      })
    })
  }
  const { policyTypes = [] } = spec
  if (policyTypes.length > 2) {
    errors.invalid(path.child('policyTypes'), policyTypes, 'may not specify more than two policyTypes')
  }
}

interface Parts {
  readonly spec: NetworkPolicySpec
}

export const validateNewPolicy = ({ spec }: Parts, errors: FieldErrors): void => validateSpec(spec, new Set(), errors)

export const validatePolicyUpdate = ({ spec }: Parts, { spec: old }: Parts, errors: FieldErrors): void =>
  validateSpec(spec, rangesOf(old), errors)

export const policyWarnings = ({ spec }: Parts): string[] =>
  rulesOf(spec).flatMap(([field, peersField, rules]) =>
    rules.flatMap(({ peers }, i) =>
      peers.flatMap(({ ipBlock }, p) => {
        if (!ipBlock) return []
        const at = path.child(field).index(i).child(peersField).index(p).child('ipBlock')
        const { cidr, except = [] } = ipBlock
        return [
          ...rangeWarnings(cidr, at.child('cidr')),
          ...except.flatMap((one, e) => rangeWarnings(one, at.child('except').index(e))),
        ]
      }),
    ),
  )
