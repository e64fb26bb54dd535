import type { ObjectMeta } from '../meta/object-meta.ts'
import { dns1123Label } from '../names.ts'

const told = 'this is used in Pod names and hostnames, which can result in surprising behavior'

/** For jobs, and for what makes jobs: the pods are called after it. */
export function jobNameWarning({ name = '' }: ObjectMeta): readonly string[] {
  const complaints = dns1123Label(name)
  if (complaints.length === 0) return []
  return [`metadata.name: ${told}; a DNS label is recommended: [${complaints.join(' ')}]`]
}
