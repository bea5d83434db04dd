/** OpenShift's security context constraints, kinds and router, for a cluster that has none. */
export { admit, validate } from "./admit";
export type { MayUse, Request, Subject, Verdict } from "./admit";
export { byPriority, points } from "./order";
export { annotationsFor, freeIndex, indexOf, lacksRange, parseBlock } from "./ranges";
export { forEverybody, missingShipped, shipped } from "./shipped";
export type { Namespace, Pod, SecurityContextConstraints } from "./types";
export { constraintManifests, systemNamespaces } from "./manifests";
export type { Manifest, ManifestOptions } from "./manifests";
export { apiManifests, openshiftVersion } from "./apis";
export { routerManifests } from "./router-manifests";
export type { RouterOptions } from "./router-manifests";
export { webhookManifests } from "./webhook-manifests";
export { program } from "./program";
