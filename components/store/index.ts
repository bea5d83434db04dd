export { addresses } from "./addresses";
export { ExistingStore, ExistingStoreArgs } from "./existing";
export { MinioStore, MinioStoreArgs } from "./minio";
export { MinioInCluster, MinioInClusterArgs } from "./minio-in-cluster";
export { ObjectLock } from "./object-lock";
export { Probe, ProbeArgs, probeNamespace } from "./probe";
export { Remains } from "./remains";
export { Endpoints, Store } from "./store";
export { StoredObjects } from "./stored";
