/**
 * What may be created in the aggregated API, and what a creation starts (K10 documentation, API of each kind).
 * Codes that K10 documents nowhere are marked *unconfirmed*.
 */
import { admitRecovery } from "./admission-recovery.ts";
import { admitReport } from "./admission-report.ts";
import { admitValidate } from "./admission-validate.ts";
import type { NewObject } from "./catalog.ts";
import { labels, suffix } from "./constants.ts";
import { isTerminal } from "./action.ts";
import type { Engine } from "./engine.ts";
import {
    filterCauses,
    hookErrors,
    refuse,
    refusedFields,
    requireNamespace,
    subjectErrors,
} from "./checks.ts";
import { at, fieldsAt, listAt, refAt, textAt, type KubeObject, type Ref } from "./json.ts";
import { apiVersionOf, kindOf, kinds, type Kind } from "./kinds.ts";
import { pathOf } from "./resources.ts";
import { bind } from "./points.ts";
import { makeHandOff } from "./policies.ts";
import { transformErrors } from "./rules-other.ts";
import { invalid, invalidValue, notFound, required, unsupported } from "./status.ts";
import { configResource, usableProfile, type World } from "./world.ts";
import { backup } from "./work/backup.ts";
import { exportLabels, exportManually } from "./work/export.ts";
import { restore } from "./work/restore.ts";
import { runPolicy } from "./work/run.ts";
import { deepest } from "./failure.ts";

/** Stores and starts what was admitted; undefined where the name is taken meanwhile. */
export type Start = () => KubeObject | undefined | Promise<KubeObject | undefined>;

interface Creation extends NewObject {
    kind: Kind;
}

const POINT = kindOf("RestorePoint");
const CONTENT = kindOf("RestorePointContent");

async function admitRun(world: World, engine: Engine, creation: Creation): Promise<Start> {
    const { spec, namespace } = creation;
    refuse(creation, subjectErrors(spec, "Policy"));
    const ref = refAt(spec, "subject") as Ref;
    if (ref.namespace !== namespace) {
        // Seen on 8.x: such an action does not resolve. The code is unconfirmed.
        const why = "must be the namespace of the RunAction";
        refuse(creation, [invalidValue("spec.subject.namespace", ref.namespace, why)]);
    }
    const policies = configResource("policies");
    if (!(await world.cluster.find(pathOf(policies, ref.namespace, ref.name)))) {
        throw notFound({ group: policies.group, plural: policies.resource }, ref.name);
    }
    const own = { [labels.policyName]: ref.name, [labels.policyNamespace]: ref.namespace };
    const what = { ...creation, labels: { ...creation.labels, ...own } };
    return () => engine.begin(creation.kind, what, runPolicy(world, ref), 1);
}

function admitBackup(world: World, engine: Engine, creation: Creation): Start {
    const { spec, namespace = "", name, labels: given = {} } = creation;
    const missing = [labels.appName, labels.appNamespace].filter(label => !given[label]);
    refuse(creation, [
        ...subjectErrors(spec, undefined),
        ...missing.map(label => required(`metadata.labels[${label}]`)),
        ...hookErrors(spec),
        ...filterCauses(spec),
    ]);
    const subject = refAt(spec, "subject") as Ref;
    if (subject.namespace !== namespace || subject.name !== namespace) {
        const why = "must name the namespace of the BackupAction";
        refuse(creation, [invalidValue("spec.subject", subject, why)]);
    }
    const what = { ...creation, labels: { [labels.appType]: "namespace", ...given } };
    // A BackupAction names no profile: only an application without volumes can be backed up by hand.
    const options = { namespace, profile: undefined, filters: at(spec, "filters") };
    const restorePoint = `${name}-${suffix(5)}`;
    return () => engine.begin(creation.kind, what, backup(world, { ...options, restorePoint }));
}

/** The labels by which an action belongs to the application of its restore point. */
function inherited(point: KubeObject): Record<string, string> {
    const { appName, appNamespace, appType } = labels;
    const own = [appName, appNamespace, appType].flatMap(label => {
        const value = point.metadata.labels?.[label];
        return value === undefined ? [] : [[label, value] as const];
    });
    return Object.fromEntries(own);
}

async function admitExport(world: World, engine: Engine, creation: Creation): Promise<Start> {
    const { spec, namespace } = creation;
    const profile = refAt(spec, "profile");
    refuse(creation, [
        ...subjectErrors(spec, "RestorePoint"),
        ...(profile ? [] : [required("spec.profile")]),
        ...hookErrors(spec),
    ]);
    const point = refAt(spec, "subject") as Ref;
    const stored = world.catalog.get(POINT, point.namespace, point.name);
    if (!stored || !profile) {
        throw notFound(POINT, point.name);
    }
    if (namespace !== point.namespace && namespace !== world.config.namespace) {
        const why = `must be ${world.config.namespace} or the namespace of the restore point`;
        refuse(creation, [invalidValue("metadata.namespace", namespace, why)]);
    }
    const data = at(spec, "exportData", "enabled") !== false;
    const object = await usableProfile(world, profile).catch((error: unknown) => {
        throw invalid(creation.kind, creation.name, [
            invalidValue("spec.profile", profile.name, deepest(error)),
        ]);
    });
    return async () => {
        // Every export by hand gets a string and a token of its own (seen).
        const policy = { name: creation.name, namespace: namespace ?? "" };
        const { handOff, receiveString, migrationToken } = await makeHandOff(world, object, policy);
        const what = {
            ...creation,
            labels: {
                ...inherited(stored),
                ...exportLabels({ profile, data }),
                ...creation.labels,
            },
            spec: { ...spec, receiveString, migrationToken },
        };
        return engine.begin(
            creation.kind,
            what,
            exportManually(world, { point, profile, data, handOff }),
        );
    };
}

function admitRestore(world: World, engine: Engine, creation: Creation): Start {
    const { spec, namespace = "" } = creation;
    const target = at(spec, "targetNamespace");
    const inline = listAt(spec, "transforms").filter(entry => !refAt(entry, "transformSetRef"));
    refuse(creation, [
        ...subjectErrors(spec, "RestorePoint"),
        ...(target === undefined || target === "" || target === namespace
            ? []
            : // K10 refuses it; the code is unconfirmed.
              [
                  invalidValue(
                      "spec.targetNamespace",
                      target,
                      "must be equal to metadata.namespace",
                  ),
              ]),
        ...(at(spec, "dataOnly") === true && Object.keys(fieldsAt(spec, "filters")).length > 0
            ? [unsupported("spec.filters", "not allowed with dataOnly")]
            : []),
        ...refusedFields(spec, ["volumeClones", "pointInTime", "instantRecovery"]),
        ...refusedFields(spec, ["artifactOverrideProfile"]),
        ...hookErrors(spec),
        ...filterCauses(spec),
        ...inline.flatMap((entry, index) =>
            transformErrors(entry, `transforms[${index}]`, false).map(why =>
                invalidValue("spec.transforms", index, why),
            ),
        ),
    ]);
    const point = refAt(spec, "subject") as Ref;
    const stored = world.catalog.get(POINT, point.namespace, point.name);
    if (!stored) {
        throw notFound(POINT, point.name);
    }
    const what = { ...creation, labels: { ...inherited(stored), ...creation.labels } };
    return () => engine.begin(creation.kind, what, restore(world, namespace));
}

function admitPoint(world: World, creation: Creation): Start {
    const { spec, name, namespace = "" } = creation;
    const ref = textAt(spec, "restorePointContentRef", "name");
    refuse(creation, ref === "" ? [required("spec.restorePointContentRef.name")] : []);
    const content = world.catalog.get(CONTENT, undefined, ref);
    if (!content) {
        throw notFound(CONTENT, ref);
    }
    if (textAt(content, "status", "state") === "Bound") {
        // Unconfirmed: K10's documentation does not say what a second restore point for a content meets.
        const { name, namespace } = fieldsAt(content, "status", "restorePointRef");
        const why = `is already bound to RestorePoint ${String(namespace)}/${String(name)}`;
        refuse(creation, [invalidValue("spec.restorePointContentRef", ref, why)]);
    }
    return () =>
        bind(world, content, { name, namespace }, creation.labels, {}, creation.annotations);
}

function admitCancel(world: World, engine: Engine, creation: Creation): Start {
    const { kind, spec, namespace, name } = creation;
    const subject = fieldsAt(spec, "subject");
    const target = kinds.find(each => each.kind === textAt(subject, "kind"));
    refuse(creation, [
        ...(textAt(subject, "name") === "" ? [required("spec.subject.name")] : []),
        ...(target?.kind.endsWith("Action") && target.kind !== "CancelAction"
            ? []
            : [invalidValue("spec.subject.kind", at(subject, "kind"), "must be a kind of action")]),
    ]);
    if (!target) {
        throw new Error("refused above");
    }
    const owner = target.namespaced ? textAt(subject, "namespace") || namespace : undefined;
    const action = world.catalog.get(target, owner, textAt(subject, "name"));
    if (!action) {
        throw notFound(target, textAt(subject, "name"));
    }
    return () => {
        // Nothing happens to a finished action; nothing is stored either way.
        if (!isTerminal(action)) {
            engine.cancel(action);
        }
        return {
            apiVersion: apiVersionOf(kind),
            kind: kind.kind,
            metadata: {
                name,
                ...(namespace !== undefined && { namespace }),
                creationTimestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
            },
            ...(spec && { spec }),
        };
    };
}

/**
 * Checks a creation and gives the function that carries it out.
 * @throws ApiError 404 for what it refers to and does not exist, 422 for what is wrong in it.
 */
export async function admit(world: World, engine: Engine, creation: Creation): Promise<Start> {
    if (creation.namespace !== undefined) {
        await requireNamespace(world.cluster, creation.namespace);
    }
    switch (creation.kind.kind) {
        case "RunAction":
            return await admitRun(world, engine, creation);
        case "BackupAction":
            return admitBackup(world, engine, creation);
        case "ExportAction":
            return await admitExport(world, engine, creation);
        case "RestoreAction":
            return admitRestore(world, engine, creation);
        case "RestorePoint":
            return admitPoint(world, creation);
        case "CancelAction":
            return admitCancel(world, engine, creation);
        case "ReportAction":
            return admitReport(world, engine, creation);
        case "ValidateAction":
            return admitValidate(world, engine, creation);
        case "KastenDRReview":
        case "KastenDRRestore":
            return admitRecovery(world, creation);
        default:
            throw new Error(`Objects of kind ${creation.kind.kind} are never created by users.`);
    }
}
