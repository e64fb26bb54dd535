// A pod that says nothing else stays for five minutes on a node that is not ready or cannot be reached.

import type { Pod } from '#api/core/pod.ts'
import type { AdmissionPlugin } from './admission.ts'

const graceSeconds = 300
const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  // Who replaces a pod need not repeat what was added to it.
  handles: ({ operation, kind, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') && kind.resource === 'pods' && subresource === '',
  mutate: ({ object }) => {
    const { spec } = object as Pod
    const given = spec.tolerations ?? []
    const missing = keys.filter(
      (key) => !given.some((t) => (!t.key || t.key === key) && (!t.effect || t.effect === 'NoExecute')),
    )
    if (missing.length === 0) return
    const added = missing.map((key) => ({
      key,
      operator: 'Exists' as const,
      effect: 'NoExecute' as const,
      tolerationSeconds: graceSeconds,
    }))
    spec.tolerations = [...given, ...added]
  },
}
