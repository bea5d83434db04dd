export { addresses } from "./addresses";
export { ExistingStore, ExistingStoreArgs } from "./existing";
export { MinioStore, MinioStoreArgs } from "./minio";
export { Probe, ProbeArgs } from "./probe";
export { Endpoints, Store } from "./store";
