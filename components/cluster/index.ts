export { Cluster } from "./cluster";
export { CrcCluster, CrcClusterArgs } from "./crc";
export { ExistingCluster, ExistingClusterArgs } from "./existing";
export { requireOwnNamespaces } from "./namespace";
export { KindCluster, KindClusterArgs } from "./kind";
