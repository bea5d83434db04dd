/**
 * The contract with the program: what each dynamic resource does. Names and the shapes of inputs stay compatible
 * with what older states hold.
 */
import { provider } from "./action";
import { exportAction } from "./k10/export";
import { importAction } from "./k10/import";
import { ready } from "./k10/ready";
import { restoreAction } from "./k10/restore";
import { validated } from "./k10/validated";
import { connection } from "./kube/connection";
import { limitLooks } from "./kube/poll";
import { route } from "./openshift/route";
import { baseline } from "./proof/baseline";
import { fetchedBaseline, keptBaseline } from "./proof/kept";
import { seed } from "./proof/sample";
import { verification } from "./proof/verification";
import { canary } from "./snapshot/canary";
import { bucket } from "./store/bucket";

export const providers = {
    connection: provider(connection),
    ready: provider(ready),
    validated: provider(validated),
    seed: provider(seed),
    baseline: provider(baseline),
    export: provider(exportAction),
    import: provider(importAction),
    restore: provider(restoreAction),
    verification: provider(verification),
    canary: provider(canary),
    route: provider(route),
    bucket: provider(bucket),
    keptBaseline: provider(keptBaseline),
    fetchedBaseline: provider(fetchedBaseline),
};

/**
 * Settings of the whole process, from the configuration of the stack.
 * @param requestsPerSecond how often all waits together may ask a cluster
 */
export function configure(requestsPerSecond: string | undefined): void {
    if (requestsPerSecond !== undefined) {
        limitLooks(Number(requestsPerSecond));
    }
}

export type { Provider } from "./action";
export type { DiagnosticsInputs } from "./diagnostics";
export type { ConnectionInputs, ConnectionOutputs } from "./kube/connection";
export type { DatabaseRef, TableDigest } from "./database/postgres";
export type { ExportInputs, ExportOutputs, ExportResult } from "./k10/export";
export type { ImportInputs, ImportOutputs } from "./k10/import";
export type { ActionTimes } from "./k10/policy-run";
export type { Dashboard } from "./k10/dashboard";
export type { Footprint } from "./k10/footprint";
export type { ReadyInputs, ReadyOutputs } from "./k10/ready";
export type { RestoreInputs, RestoreOutputs } from "./k10/restore";
export type { ValidatedInputs, ValidatedOutputs } from "./k10/validated";
export type { RouteInputs, RouteOutputs } from "./openshift/route";
export type { BaselineOutputs, Observation, ObserveInputs, PageRef } from "./proof/baseline";
export type {
    BaselineDocument,
    FetchInputs,
    FetchOutputs,
    KeepInputs,
    KeepOutputs,
} from "./proof/kept";
export type { SeedInputs, SeedOutputs } from "./proof/sample";
export { findSnapshotSupport } from "./snapshot/support";
export type { MadeAnnotation, SnapshotSupport } from "./snapshot/support";
export type { CanaryInputs, CanaryOutputs } from "./snapshot/canary";
export type {
    Check,
    Verification,
    VerificationInputs,
    VerificationOutputs,
} from "./proof/verification";
export type { BucketInputs, BucketOutputs } from "./store/bucket";
export type { BucketRef } from "./store/s3";
