export { Access, AccessArgs } from "./access";
export { DashboardToken, DashboardTokenArgs } from "./dashboard-token";
export { DisasterRecovery, DisasterRecoveryArgs } from "./disaster-recovery";
export { Export } from "./export";
export { ExportedPoint } from "./exported-point";
export { Import } from "./import";
export { K10, K10Args } from "./k10";
export { Blueprint, BlueprintArgs } from "./blueprint";
export { BlueprintBinding, BlueprintBindingArgs } from "./blueprint-binding";
export { BlueprintSettings, restoredNamespaces, workloadIn } from "./blueprints";
export {
    BackupPolicy,
    BackupPolicyArgs,
    ExportPolicy,
    ExportPolicyArgs,
    ImportPolicy,
    ImportPolicyArgs,
} from "./policy";
export { Passphrase, PassphraseArgs } from "./passphrase";
export { PolicyPreset, PolicyPresetArgs } from "./policy-preset";
export { inNamespaces, ofCluster, PolicySettings } from "./policy-specs";
export { LocationProfile, LocationProfileArgs } from "./location-profile";
export { Location } from "./locations";
export { OperatorSettings } from "./operator";
export { Profile, ProfileArgs } from "./profile";
export { Recovery, RecoveryArgs } from "./recovery";
export { Report } from "./report";
export { Restore } from "./restore";
export { SafetyBackup } from "./safety-backup";
export { Sidecars } from "./sidecars";
export { TransformSet, TransformSetArgs } from "./transform-set";
export { Validation } from "./validation";
export { ExportLocation, k10Namespace } from "./specs";
export { merge, sealed } from "./values";
export { newestOf, requireNotOlder } from "./versions";
