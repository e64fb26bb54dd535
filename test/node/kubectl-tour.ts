import type { TestCluster } from './cluster.ts'
export const kubectlTour = (_: TestCluster) => {}
