import type { TestCluster } from './cluster.ts'
export const durability = (_: TestCluster) => {}
