export { Cluster } from "./cluster";
export { ExistingCluster, ExistingClusterArgs } from "./existing";
export { KindCluster, KindClusterArgs } from "./kind";
