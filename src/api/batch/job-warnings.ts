// What is hardly meant in a job, and in what makes jobs.

import { podNameWarning, templateWarnings } from '../core/pod-warnings.ts'
import type { Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { JobSpec } from './job-spec.ts'

interface Owner {
  readonly metadata: ObjectMeta
}

const manyCompletions = 100_000
const manyAtOnce = 10_000
const tooMany =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'

/** `path` is that of the spec. What is stored already was told before. */
export function jobWarnings(spec: JobSpec, path: Path, object: Owner, old: Owner | undefined): readonly string[] {
  if (old && old.metadata.generation === object.metadata.generation) return []
  const { completionMode, completions = 0, parallelism = 0, template } = spec
  const hard = completionMode === 'Indexed' && completions > manyCompletions && parallelism > manyAtOnce
  return [
    ...podNameWarning(object, old),
    ...(hard ? [tooMany] : []),
    ...templateWarnings(template, path.child('template'), object, old),
  ]
}
