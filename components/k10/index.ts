export { Export } from "./export";
export { Import } from "./import";
export { K10, K10Args, k10Namespace } from "./k10";
export { ExportPolicy, ExportPolicyArgs, ImportPolicy, ImportPolicyArgs } from "./policy";
export { Profile, ProfileArgs } from "./profile";
export { Restore } from "./restore";
export { SafetyBackup } from "./safety-backup";
export { Validation } from "./validation";
export { requireNotOlder } from "./versions";
