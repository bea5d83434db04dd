export { addresses } from "./addresses";
export { ExistingStore, ExistingStoreArgs } from "./existing";
export { MinioStore, MinioStoreArgs } from "./minio";
export { Probe, ProbeArgs } from "./probe";
export { Store } from "./store";
