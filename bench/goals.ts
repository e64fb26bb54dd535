// What each row is to reach, beside the same row of Kubernetes 1.20.2 (kube-apiserver, etcd, kube-scheduler and
// kube-controller-manager) measured on a machine of this kind: 2 cores, the client on the same machine, TLS. Times
// of two runs do not compare on a busy machine; CPU per operation and ratios do.

export interface Goal {
  readonly atMost?: number
  readonly atLeast?: number
  /** As a reader sees it; empty: not measured there. */
  readonly peer: string
}

export const goals: Readonly<Record<string, Goal>> = {
  'create a ConfigMap of 1 KB: server CPU': { atMost: 0.25, peer: '1.62 ms' },
  'create a ConfigMap of 1 KB: rate': { peer: '882 1/s' },
  'create a ConfigMap of 1 KB: p99': { atMost: 20, peer: '105 ms' },
  'get it: server CPU': { atMost: 0.08, peer: '0.88 ms' },
  'get it: rate': { peer: '1646 1/s' },
  'merge-patch it: server CPU': { atMost: 0.3, peer: '2.0 ms' },
  'merge-patch it: rate': { peer: '811 1/s' },
  'create a pod of 3 KB: server CPU': { atMost: 0.4, peer: '2.56 ms' },
  'create a pod of 3 KB: rate': { peer: '634 1/s' },
  'create a pod of 3 KB: p99': { peer: '140 ms' },
  'strategic-merge-patch a pod: server CPU': { atMost: 0.5, peer: '3.6 ms' },
  'strategic-merge-patch a pod: rate': { peer: '481 1/s' },
  'server-side apply a ConfigMap: server CPU': { atMost: 0.5, peer: '1.9 ms' },
  'server-side apply a ConfigMap: rate': { peer: '882 1/s' },
  'server-side apply a Deployment: server CPU': { atMost: 0.5, peer: '' },
  'list 3,000 pods: server CPU': { atMost: 10, peer: '466 ms' },
  'list 3,000 pods: rate': { peer: '4 1/s' },
  'list 3,000 pods, selector that matches none: server CPU': { atMost: 2, peer: '142 ms' },
  'list 3,000 pods, selector that matches none: rate': { peer: '14 1/s' },
  'list 500 of 3,000 pods: server CPU': { atMost: 3, peer: '46 ms' },
  'list 500 of 3,000 pods: rate': { peer: '40 1/s' },
  'one event to 200 watchers on 1 connection: server CPU per delivery': { atMost: 8, peer: '40 us' },
  'one event to 200 watchers on 200 connections: server CPU per delivery': { atMost: 8, peer: '40 us' },
  'one event to 200 watchers on 1 connection: rate': { peer: '25500 1/s' },
  'create a Secret, against a ConfigMap: server CPU': { atMost: 1.15, peer: '' },
  'get a Secret, against a ConfigMap: server CPU': { atMost: 1.15, peer: '' },
  'start to ready, 150,000 pods': { atMost: 5, peer: '' },
  'memory with 150,000 pods, highest': { atMost: 1500, peer: '' },
  'list 500 of 150,000 pods: server CPU': { atMost: 3, peer: '' },
  'list 150,000 pods, selector that matches none: server CPU': { atMost: 2, peer: '' },
  'list 100 of 150,000 pods, by spec.nodeName: server CPU': { atMost: 1, peer: '' },
  'list 100 of 150,000 pods, by label: server CPU': { atMost: 1, peer: '' },
  'begin a watch of one node of 150,000 pods: server CPU': { atMost: 1, peer: '' },
  'delete a namespace with 8,000 objects': { atMost: 4, peer: '39 s' },
  'memory at start': { atMost: 120, peer: '372 MB' },
  'memory under load, highest': { atMost: 500, peer: '2700 MB' },
  'start to ready, empty store': { atMost: 0.5, peer: '2.5 to 3.5 s' },
  'start to ready, existing store': { atMost: 0.5, peer: '' },
  'server at rest: memory': { atMost: 120, peer: '372 MB' },
  'server at rest: CPU': { peer: '' },
  'scheduler decisions, plain pods, 1,000 nodes': { atLeast: 5000, peer: '214 pods/s' },
  'scheduler decisions, plain pods, 5,000 nodes': { atLeast: 3000, peer: '115 pods/s' },
  'scheduler decisions, zone spread, 1,000 nodes': { peer: '127 pods/s' },
  'scheduler decisions, required anti-affinity between nodes, 1,000 nodes': { peer: '72 pods/s' },
  'scheduler decisions, required affinity within a zone, 1,000 nodes': { peer: '92 pods/s' },
  'pods bound through the API in process, 1,000 nodes': { atLeast: 2000, peer: '214 pods/s' },
  'one pod, create to Ready, image present: p50': { atMost: 450, peer: '995 ms' },
  'one pod, create to Ready, image present: p95': { peer: '1385 ms' },
  'burst of 10 pods on one node': { atLeast: 6, peer: '3.1 pods/s' },
  'burst of 30 pods on one node': { atLeast: 6, peer: '3.6 pods/s' },
}

export function isReached({ atMost, atLeast }: Goal, value: number): boolean | undefined {
  if (atMost !== undefined) return value <= atMost
  if (atLeast !== undefined) return value >= atLeast
  return undefined
}
