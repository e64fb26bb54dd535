// For tests only: the custom kind Widget of example.com, with the schema that a test needs.

import assert from 'node:assert/strict'
import { CustomResourceDefinition } from '../apiextensions/custom-resource-definition.ts'
import type { AnyKind } from '../kind.ts'
import { made } from '../testing.ts'
import { customKinds } from './kind.ts'

const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }

/** As a client sends it. */
export const widgetDefinition = (schema: object) => ({
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names,
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  },
})

export function widgetKind(schema: object = { type: 'object' }): AnyKind {
  const [kind] = customKinds(made(CustomResourceDefinition, widgetDefinition(schema)), { names })
  assert.ok(kind)
  return kind
}
