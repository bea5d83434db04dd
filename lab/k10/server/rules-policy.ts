/** What makes a Policy or a PolicyPreset valid (K10 documentation, API "Policies", "PolicyPresets"). */
import { CLUSTER_APP, labels, SELF_POLICY } from "./constants.ts";
import {
    at,
    fieldsAt,
    isFields,
    listAt,
    refAt,
    textAt,
    type Fields,
    type KubeObject,
} from "./json.ts";
import { FREQUENCIES, ON_DEMAND, retentionErrors, scheduleErrors } from "./rules-schedule.ts";
import { selectorValues } from "./selectors.ts";

/** `status.validation` of something that a policy refers to; undefined where it does not exist. */
export type Validation = "Success" | "Failed" | "Pending" | "" | undefined;

export interface PolicyLookups {
    /** The namespace that K10 is installed in. */
    installNamespace: string;
    profile(namespace: string, name: string): Validation;
    preset(namespace: string, name: string): Validation;
    /** Whether a Profile is of a repository of Veeam Backup & Replication. */
    isVBR(namespace: string, name: string): boolean;
}

const ACTIONS = ["backup", "export", "import", "restore", "report"];
const BY_PRESET = ["frequency", "subFrequency", "backupWindow", "enableStaggering", "retention"];

/** The parameters of the first action of a name, or undefined where the policy has none. */
export function parametersOf(spec: Fields | undefined, action: string): Fields | undefined {
    const found = listAt(spec, "actions").find(each => at(each, "action") === action);
    return found === undefined ? undefined : fieldsAt(found, `${action}Parameters`);
}

const exportAction = (spec: Fields) =>
    listAt(spec, "actions").find(each => at(each, "action") === "export");

/** The Profiles that a spec names, with the place of each. */
export function profileRefs(
    spec: Fields | undefined,
): { where: string; name: string; namespace: string }[] {
    const places = [
        ...["backup", "export", "import"].map(action => ({
            where: `${action}Parameters.profile`,
            ref: refAt(parametersOf(spec, action), "profile"),
        })),
        {
            where: "exportParameters.blockModeProfile",
            ref: refAt(parametersOf(spec, "export"), "blockModeProfile"),
        },
        { where: "backup.profile", ref: refAt(spec, "backup", "profile") },
        { where: "export.profile", ref: refAt(spec, "export", "profile") },
    ];
    return places.flatMap(({ where, ref }) => (ref ? [{ where, ...ref }] : []));
}

function profileStateErrors(spec: Fields, lookups: PolicyLookups): string[] {
    return profileRefs(spec).flatMap(({ where, name, namespace }) => {
        const validation = lookups.profile(namespace, name);
        if (validation === undefined) {
            return [`${where}: Profile ${namespace}/${name} not found`];
        }
        // Seen on a live K10: the words are the same for a profile that is still being validated.
        return validation === "Success" ? [] : [`Profile is invalid: ${namespace}/${name}`];
    });
}

/** VBR takes volumes, and only those (K10 documentation, "Veeam Repository Location"). The words are the stand-in's. */
function repositoryErrors(spec: Fields, lookups: PolicyLookups): string[] {
    return profileRefs(spec).flatMap(({ where, name, namespace }) => {
        const wanted = where.endsWith("blockModeProfile");
        const isVBR = lookups.isVBR(namespace, name);
        if (isVBR === wanted || lookups.profile(namespace, name) === undefined) {
            return [];
        }
        return wanted
            ? [`${where}: Profile ${namespace}/${name} is of no Veeam repository`]
            : [`${where}: Profile ${namespace}/${name} is of a Veeam repository, for volumes only`];
    });
}

/** K10's policy for itself (validation texts seen: D, FX; K10 documentation, API "Policies"). */
function selfErrors({ metadata, spec = {} }: KubeObject, names: string[]): string[] {
    const snapshots = at(spec, "kdrSnapshotConfiguration");
    if (metadata.name !== SELF_POLICY) {
        return snapshots === undefined
            ? []
            : [`kdrSnapshotConfiguration is allowed in policy ${SELF_POLICY} only`];
    }
    const exported = at(snapshots, "exportCatalogSnapshot") === true;
    return [
        ...(refAt(parametersOf(spec, "backup"), "profile")
            ? []
            : ["backupParameters.profile is required"]),
        ...(exported && !names.includes("export")
            ? ["kdrSnapshotConfiguration.exportCatalogSnapshot needs action export"]
            : []),
        ...(!exported && snapshots !== undefined && names.includes("export")
            ? ["action export needs kdrSnapshotConfiguration.exportCatalogSnapshot"]
            : []),
    ];
}

function presetErrors(spec: Fields, names: string[], lookups: PolicyLookups): string[] {
    const preset = refAt(spec, "presetRef");
    if (!preset) {
        return [];
    }
    const errors = BY_PRESET.filter(field => at(spec, field)).map(
        field => `${field} is not allowed with presetRef`,
    );
    // "profile/frequency/retention inside actions" are the preset's, too (K10 documentation, API "Policies").
    const inActions: [string, unknown][] = [
        ["backupParameters.profile", at(parametersOf(spec, "backup"), "profile")],
        ["exportParameters.profile", at(parametersOf(spec, "export"), "profile")],
        ["exportParameters.frequency", at(parametersOf(spec, "export"), "frequency")],
        ["export retention", at(exportAction(spec), "retention")],
    ];
    errors.push(
        ...inActions
            .filter(([, value]) => value)
            .map(([where]) => `${where} is not allowed with presetRef`),
    );
    if (!names.includes("backup")) {
        errors.push("presetRef is for backup policies only");
    }
    const validation = lookups.preset(preset.namespace, preset.name);
    if (validation !== "Success") {
        errors.push(
            validation === undefined
                ? `presetRef: PolicyPreset ${preset.namespace}/${preset.name} not found`
                : `PolicyPreset is invalid: ${preset.namespace}/${preset.name}`,
        );
    }
    return errors;
}

function actionErrors(spec: Fields, hasPreset: boolean): string[] {
    const names = listAt(spec, "actions").map(action => textAt(action, "action"));
    const errors = names
        .filter(name => !ACTIONS.includes(name))
        .map(name => `action ${JSON.stringify(name)} is unknown`);
    const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    errors.push(...[...twice].map(name => `action ${name} occurs more than once`));
    const follows = (later: string, earlier: string) => {
        const [before, after] = [names.indexOf(earlier), names.indexOf(later)];
        if (after >= 0 && (before < 0 || before > after)) {
            errors.push(`action ${later} must follow action ${earlier}`);
        }
    };
    follows("export", "backup");
    follows("restore", "import");
    if (names.includes("backup") && names.includes("import")) {
        errors.push("actions backup and import cannot be in one policy");
    }
    for (const name of ["restore", "report"].filter(each => names.includes(each))) {
        errors.push(`action ${name} in a policy is not implemented by the K10 stand-in`);
    }
    return [
        ...errors,
        ...exportErrors(spec, hasPreset),
        ...importErrors(spec),
        ...hookErrors(spec),
    ];
}

function exportErrors(spec: Fields, hasPreset: boolean): string[] {
    const action = exportAction(spec);
    if (action === undefined) {
        return [];
    }
    const errors: string[] = [];
    const parameters = fieldsAt(action, "exportParameters");
    const [policy, own] = [textAt(spec, "frequency"), textAt(parameters, "frequency")];
    if (!hasPreset && !refAt(parameters, "profile")) {
        errors.push("exportParameters.profile is required");
    }
    if (own !== "" && policy === ON_DEMAND && own !== ON_DEMAND) {
        errors.push("exportParameters.frequency of an @onDemand policy can only be @onDemand");
    }
    if (own !== "" && FREQUENCIES.includes(policy)) {
        const index = FREQUENCIES.indexOf(own);
        if (index < FREQUENCIES.indexOf(policy)) {
            errors.push(
                `exportParameters.frequency ${own} is not allowed with frequency ${policy}`,
            );
        }
    }
    return [
        ...errors,
        ...retentionErrors(at(action, "retention"), own || policy, "export retention"),
    ];
}

function importErrors(spec: Fields): string[] {
    const parameters = parametersOf(spec, "import");
    if (!parameters) {
        return [];
    }
    return [
        ...(refAt(parameters, "profile") ? [] : ["importParameters.profile is required"]),
        ...(textAt(parameters, "receiveString") === ""
            ? ["importParameters.receiveString is required"]
            : []),
    ];
}

function hookErrors(spec: Fields): string[] {
    return ACTIONS.filter(name =>
        Object.values(fieldsAt(parametersOf(spec, name), "hooks")).some(Boolean),
    ).map(name => `${name}Parameters.hooks: the K10 stand-in runs no execution hooks`);
}

/** Errors of the selector; import policies need none. */
function selectorErrors(spec: Fields, namespace: string, install: string): string[] {
    const selector = at(spec, "selector");
    const keys = [
        ...Object.keys(fieldsAt(selector, "matchLabels")),
        ...listAt(selector, "matchExpressions").map(each => textAt(each, "key")),
    ];
    if (keys.length === 0) {
        return ["selector is required: matchLabels or matchExpressions"];
    }
    const errors = listAt(selector, "matchExpressions").flatMap(each => {
        const [key, operator] = [textAt(each, "key"), textAt(each, "operator")];
        const allowed = key === labels.appNamespace ? ["In", "NotIn"] : ["In"];
        const empty = listAt(each, "values").length === 0 ? [`selector: ${key} has no values`] : [];
        return allowed.includes(operator)
            ? empty
            : [`selector: operator ${JSON.stringify(operator)} is not allowed for ${key}`];
    });
    const apps = selectorValues(selector, labels.appNamespace);
    if (apps.notIn.includes("*") || apps.notIn.includes(CLUSTER_APP)) {
        errors.push(`selector: NotIn must not be * or ${CLUSTER_APP}`);
    }
    if (apps.in.includes(CLUSTER_APP)) {
        errors.push("selector: the K10 stand-in backs up no cluster-scoped resources");
    }
    if (namespace !== install && (keys.length !== 1 || apps.in.join() !== namespace)) {
        errors.push(
            `a policy outside ${install} may select only its own namespace, by ${labels.appNamespace}`,
        );
    }
    return errors;
}

/** All errors of a Policy, in the order in which they are shown in `status.error`; none means Success. */
export function policyErrors(policy: KubeObject, lookups: PolicyLookups): string[] {
    const spec = policy.spec ?? {};
    const names = listAt(spec, "actions").map(action => textAt(action, "action"));
    if (names.length === 0) {
        return ["actions is required: at least one action"];
    }
    const namespace = policy.metadata.namespace ?? "";
    const hasPreset = refAt(spec, "presetRef") !== undefined;
    const backs = names.includes("backup");
    const errors = [
        ...actionErrors(spec, hasPreset),
        ...(hasPreset ? [] : scheduleErrors(spec, backs)),
        ...(backs ? selectorErrors(spec, namespace, lookups.installNamespace) : []),
        ...presetErrors(spec, names, lookups),
        ...profileStateErrors(spec, lookups),
        ...repositoryErrors(spec, lookups),
        ...selfErrors(policy, names),
    ];
    // Two actions with the same bad profile have one error.
    return [...new Set(errors)];
}

/** Errors of a PolicyPreset, and its type. */
export function presetStatus(
    preset: KubeObject,
    lookups: PolicyLookups,
): { type: "unknown" | "backup" | "backup-export"; errors: string[] } {
    const spec = preset.spec ?? {};
    if (!isFields(at(spec, "backup"))) {
        return { type: "unknown", errors: ["backup is required"] };
    }
    const backup = fieldsAt(spec, "backup");
    const errors = scheduleErrors(backup, true);
    if (at(backup, "frequency") === ON_DEMAND) {
        errors.push("backup.frequency of a preset cannot be @onDemand");
    }
    const exported = at(spec, "export");
    if (isFields(exported) && !refAt(exported, "profile")) {
        errors.push("export.profile is required");
    }
    if (isFields(exported) && typeof at(exported, "exportData", "enabled") !== "boolean") {
        errors.push("export.exportData.enabled is required");
    }
    errors.push(...profileStateErrors(spec, lookups));
    return { type: isFields(exported) ? "backup-export" : "backup", errors };
}
