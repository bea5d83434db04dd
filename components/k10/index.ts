export { Export } from "./export";
export { Import } from "./import";
export { K10, K10Args, k10Namespace } from "./k10";
export { BlueprintBinding, BlueprintBindingArgs } from "./blueprint-binding";
export {
    BackupPolicy,
    BackupPolicyArgs,
    ExportPolicy,
    ExportPolicyArgs,
    ImportPolicy,
    ImportPolicyArgs,
} from "./policy";
export { inNamespaces } from "./policy-specs";
export { Profile, ProfileArgs } from "./profile";
export { Restore } from "./restore";
export { merge } from "./values";
export { requireNotOlder } from "./versions";
