import type { TestCluster } from './cluster.ts'
export const volumes = (_: TestCluster) => {}
