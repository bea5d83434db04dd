export { addresses } from "./addresses";
export { ExistingStore, ExistingStoreArgs } from "./existing";
export { MinioStore, MinioStoreArgs } from "./minio";
export { MinioInCluster, MinioInClusterArgs } from "./minio-in-cluster";
export { ObjectLock } from "./object-lock";
export { Remains } from "./remains";
export { Probe, ProbeArgs } from "./probe";
export { Endpoints, Store } from "./store";
