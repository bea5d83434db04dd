export { findSupport, nothing, owner } from "./found";
export { Snapshots } from "./snapshots";
