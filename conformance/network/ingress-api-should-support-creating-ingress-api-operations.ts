// Ingresses take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'Ingress API should support creating Ingress API operations', since: '1.19' },
  (t) => {
    const service = { name: 'default-backend', port: { number: 80 } }
    const status = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } })
    return checkOperations(t, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      plural: 'ingresses',
      make: () => ({ spec: { ingressClassName: 'nobody', defaultBackend: { service } } }),
      patch: {
        spec: {
          rules: [
            { host: 'a.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } },
          ],
        },
      },
      status: [status('192.0.2.1'), status('192.0.2.2')],
    })
  },
)
