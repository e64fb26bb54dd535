import { kind, type ObjectOf } from '../kind.ts'
import { any, int64, req } from '../schema.ts'

export const ControllerRevision = kind({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  doc: 'DOC:apps/v1.ControllerRevision',
  fields: {
    data: req(any).at(2, 'DOC:apps/v1.ControllerRevision.data'),
    revision: req(int64).at(3, 'DOC:apps/v1.ControllerRevision.revision'),
  },
  generation: false,
})
export type ControllerRevision = ObjectOf<typeof ControllerRevision>
