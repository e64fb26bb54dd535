// For tests: a server that serves custom kinds, with a kind to begin with.

import { KindRegistry } from '#api/kind-registry.ts'
import { builtIn } from '#api/kinds.ts'
import { settle } from '#lib/clock.ts'
import { type TestServer, type TestServerOptions, testServer } from '../fixture.ts'
import { type CustomKinds, startCustomKinds } from './custom-kinds.ts'

export interface CustomServer extends TestServer {
  readonly custom: CustomKinds
  /** Creates a definition and waits until it is served, or found not to be. */
  define(definition: object): Promise<void>
}

export const definitionsUrl = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

export async function customServer(options: TestServerOptions = {}): Promise<CustomServer> {
  const api = await testServer({ kinds: new KindRegistry(builtIn.all), ...options })
  const custom = startCustomKinds(api.server.core, api.server.handle)
  return {
    ...api,
    custom,
    define: async (definition) => {
      const { status, text } = await api.ask('POST', definitionsUrl, definition)
      if (status !== 201) throw new Error(text)
      await settled(custom)
    },
    stop: async () => {
      custom.stop()
      await api.stop()
    },
  }
}

/** What follows from a change is under way a turn after it. */
export async function settled(custom: CustomKinds): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await custom.settled()
    await settle()
  }
}

export const names = {
  plural: 'widgets',
  singular: 'widget',
  kind: 'Widget',
  listKind: 'WidgetList',
  shortNames: ['wd'],
  categories: ['all'],
}

export const widgetSchema = {
  type: 'object',
  description: 'A widget.',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      description: 'What is wanted.',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10, description: 'How large.' },
        color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
        replicas: { type: 'integer', format: 'int32' },
        name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
        note: { type: 'string', nullable: true },
        port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        parts: {
          type: 'array',
          maxItems: 3,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['id'],
          items: {
            type: 'object',
            required: ['id'],
            properties: { id: { type: 'string' }, weight: { type: 'number', default: 1.5 } },
          },
        },
      },
    },
    status: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        selector: { type: 'string' },
        at: { type: 'string', format: 'date-time' },
      },
    },
  },
}

export const version = (name: string, change: object = {}) => ({
  name,
  served: true,
  storage: true,
  schema: { openAPIV3Schema: widgetSchema },
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
  additionalPrinterColumns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Since', type: 'date', jsonPath: '.status.at', priority: 1 },
  ],
  selectableFields: [{ jsonPath: '.spec.color' }],
  ...change,
})

export const widgets = (...versions: readonly object[]) => ({
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names,
    versions: versions.length > 0 ? versions : [version('v1')],
  },
})

export const widget = (name: string, spec: object = { size: 1 }) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
})
