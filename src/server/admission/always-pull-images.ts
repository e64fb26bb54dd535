// Images are pulled anew for every pod, with the pod's own credentials: nobody uses what is on a node only because
// somebody else was allowed to have it.

import type { Pod } from '#api/core/pod.ts'
import { FieldErrors, fieldErrorsText } from '#api/field-errors.ts'
import { forbidden } from '#api/status-error.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'

type Pulling = { imagePullPolicy?: string | undefined; image?: string | undefined; name: string }

const containersOf = ({ spec }: Pod): readonly (readonly [string, readonly Pulling[]])[] => [
  ['spec.initContainers', spec.initContainers ?? []],
  ['spec.containers', spec.containers ?? []],
  ['spec.ephemeralContainers', spec.ephemeralContainers ?? []],
]

const imagesOf = (pod: Pod): Set<string | undefined> =>
  new Set([
    ...containersOf(pod).flatMap(([, containers]) => containers.map(({ image }) => image)),
    ...(pod.spec.volumes ?? []).flatMap(({ image }) => (image ? [image.reference] : [])),
  ])

/** An update that brings in no image is none of our business. */
function bringsImages({ operation, object, old }: AdmissionContext): boolean {
  if (operation !== 'UPDATE') return true
  const before = imagesOf(old as Pod)
  return [...imagesOf(object as Pod)].some((image) => !before.has(image))
}

export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  handles: (context) =>
    (context.operation === 'CREATE' || context.operation === 'UPDATE') &&
    context.kind.resource === 'pods' &&
    context.subresource === '' &&
    bringsImages(context),
  mutate: ({ object }) => {
    const pod = object as Pod
    for (const [, containers] of containersOf(pod))
      for (const container of containers) container.imagePullPolicy = 'Always'
    for (const { image } of pod.spec.volumes ?? []) if (image) image.pullPolicy = 'Always'
  },
  validate: ({ kind, name, object }) => {
    const errors = new FieldErrors()
    for (const [path, containers] of containersOf(object as Pod))
      containers.forEach(({ imagePullPolicy = '' }, i) => {
        if (imagePullPolicy !== 'Always')
          errors.notSupported(`${path}[${i}].imagePullPolicy`, imagePullPolicy, ['Always'])
      })
    if (errors.any) throw forbidden(kind, name, fieldErrorsText(errors.all))
  },
}
