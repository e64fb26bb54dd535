import type { TestCluster } from './cluster.ts'
export const config = (_: TestCluster) => {}
