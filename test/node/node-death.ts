import type { TestCluster } from './cluster.ts'
export const nodeDeath = (_: TestCluster) => {}
