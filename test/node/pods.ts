// The manifests that topics share.

export type Fields = Readonly<Record<string, unknown>>

/** A container of the box of tools. */
export const tools = (name: string, more: Fields = {}): Fields => ({ name, image: 'tools:v1', ...more })

/** A container that runs a shell's line. */
export const shell = (name: string, line: string, more: Fields = {}): Fields =>
  tools(name, { command: ['sh', '-c', line], ...more })

export const pod = (name: string, containers: readonly Fields[], spec: Fields = {}, metadata: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { terminationGracePeriodSeconds: 1, containers, ...spec },
})

export const configMap = (name: string, data: Readonly<Record<string, string>>): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

export interface AppOptions {
  readonly name: string
  readonly replicas?: number
  readonly image?: string
  readonly pod?: Fields
  /** For how long it goes on answering what has reached it when it is told to end. */
  readonly lingerSeconds?: number
}

/** The example's web server, as small as it can be scheduled many times. */
export const app = ({ name, replicas = 3, image = 'hello:v1', pod = {}, lingerSeconds }: AppOptions): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 10,
        containers: [
          {
            name: 'app',
            image,
            ports: [{ name: 'http', containerPort: 8000 }],
            readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 },
            ...(lingerSeconds ? { lifecycle: { preStop: { sleep: { seconds: lingerSeconds } } } } : {}),
          },
        ],
        ...pod,
      },
    },
  },
})

export const service = (name: string, selects: string, spec: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: selects }, ports: [{ name: 'http', port: 80, targetPort: 8000 }], ...spec },
})
