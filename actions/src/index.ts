/**
 * The contract with the program: what each dynamic resource does. Names and the shapes of inputs stay compatible
 * with what older states hold.
 */
import { limitActions, provider } from "./action";
import { backupAction } from "./k10/backup";
import { clusterId } from "./k10/cluster-id";
import { deployed } from "./k10/deployed";
import { exportAction } from "./k10/export";
import { exportedPoint } from "./k10/exported-point";
import { importAction } from "./k10/import";
import { operator } from "./k10/operator";
import { ready } from "./k10/ready";
import { recovery } from "./k10/recovery";
import { reportAction } from "./k10/report";
import { registrations } from "./k10/registrations";
import { restoreAction } from "./k10/restore";
import { sidecars } from "./k10/sidecars";
import { token } from "./k10/token";
import { validateAction } from "./k10/validate";
import { validated } from "./k10/validated";
import { connection } from "./kube/connection";
import { limitRequests } from "./kube/requests";
import { grants } from "./openshift/grants";
import { openshiftReady } from "./openshift/ready";
import { route } from "./openshift/route";
import { baseline } from "./proof/baseline";
import { fetchedBaseline, keptBaseline } from "./proof/kept";
import { seed } from "./proof/sample";
import { verification } from "./proof/verification";
import { canary } from "./snapshot/canary";
import { bucket, guard } from "./store/bucket";
import { remains } from "./store/remains";
import { published } from "./store/published";
import { objectLock } from "./store/object-lock";
import { storedObjects } from "./store/stored";
import { endWhenUnheard } from "./unheard";

export const providers = {
    connection: provider(connection),
    openshiftReady: provider(openshiftReady),
    operator: provider(operator),
    deployed: provider(deployed),
    registrations: provider(registrations),
    ready: provider(ready),
    validated: provider(validated),
    sidecars: provider(sidecars),
    clusterId: provider(clusterId),
    recovery: provider(recovery),
    token: provider(token),
    seed: provider(seed),
    baseline: provider(baseline),
    export: provider(exportAction),
    exportedPoint: provider(exportedPoint),
    import: provider(importAction),
    restore: provider(restoreAction),
    backup: provider(backupAction),
    report: provider(reportAction),
    validate: provider(validateAction),
    verification: provider(verification),
    canary: provider(canary),
    route: provider(route),
    grants: provider(grants),
    bucket: provider(bucket),
    guard: provider(guard),
    published: provider(published),
    objectLock: provider(objectLock),
    storedObjects: provider(storedObjects),
    remains: provider(remains),
    keptBaseline: provider(keptBaseline),
    fetchedBaseline: provider(fetchedBaseline),
};

/** Settings of the whole process, from the configuration of the stack, each as text. */
export interface ProcessSettings {
    /** How many requests all waits together may make, in a second. */
    requestsPerSecond?: string;
    /** How many exports, imports and restores run at once, of each. */
    concurrency?: string;
}

export function configure({ requestsPerSecond, concurrency }: ProcessSettings): void {
    endWhenUnheard();
    if (requestsPerSecond !== undefined) {
        limitRequests(Number(requestsPerSecond));
    }
    if (concurrency !== undefined) {
        limitActions(Number(concurrency));
    }
}

export type { Provider } from "./action";
export type { DiagnosticsInputs } from "./diagnostics";
export type { ConnectionInputs, ConnectionOutputs } from "./kube/connection";
export type { DatabaseRef, TableDigest } from "./database";
export type { BackupInputs, BackupOutputs } from "./k10/backup";
export type { ClusterIdInputs, ClusterIdOutputs } from "./k10/cluster-id";
export type { DeployedInputs, DeployedOutputs } from "./k10/deployed";
export type { ExportInputs, ExportOutputs, ExportResult } from "./k10/export";
export type { ExportedPointInputs, ExportedPointOutputs } from "./k10/exported-point";
export type { ImportInputs, ImportOutputs } from "./k10/import";
export type { OperatorInputs, OperatorOutputs } from "./k10/operator";
export type { ActionTimes, ExportTimes, MovedData, PointFacts } from "./k10/facts";
export type { Dashboard } from "./k10/dashboard";
export type { Footprint } from "./k10/footprint";
export type { ReadyInputs, ReadyOutputs } from "./k10/ready";
export type { RecoveryInputs, RecoveryOutputs } from "./k10/recovery";
export type { Compliance, ReportInputs, ReportOutputs } from "./k10/report";
export type { RegistrationsInputs, RegistrationsOutputs } from "./k10/registrations";
export type { RestoreInputs, RestoreOutputs } from "./k10/restore";
export type { PointChoice, ResourceFilter, RestoreChoices, Transform } from "./k10/restore-spec";
export type { DataMode } from "./k10/data-modes";
export type { SidecarsInputs, SidecarsOutputs } from "./k10/sidecars";
export type { Replaced } from "./k10/restore-namespace";
export type { TokenInputs, TokenOutputs } from "./k10/token";
export type { ValidateInputs, ValidateOutputs } from "./k10/validate";
export type { ValidatedInputs, ValidatedOutputs } from "./k10/validated";
export type { OpenShiftReadyInputs, OpenShiftReadyOutputs } from "./openshift/ready";
export type { Grant, GrantsInputs, GrantsOutputs } from "./openshift/grants";
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
export type { ObservedObject } from "./proof/objects";
export { foreignNamespaces } from "./kube/namespaces";
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
export type { PublishedInputs, PublishedOutputs } from "./store/published";
export type { RemainsInputs, RemainsOutputs } from "./store/remains";
export type { ObjectLockInputs, ObjectLockOutputs } from "./store/object-lock";
export type { BucketRef } from "./store/s3";
export type { Stored, StoredInputs, StoredOutputs } from "./store/stored";
