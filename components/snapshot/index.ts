export { findSupport, nothing } from "./found";
export { Snapshots } from "./snapshots";
