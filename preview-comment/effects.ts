/** What a preview means for the application, its data and its backups, in plain words. */

import { changesOf } from "./changes.ts";
import { code } from "./markdown.ts";
import type { Operation, Preview, Properties, Resource, Value } from "./preview.ts";

/** One consequence of `pulumi up`. */
export interface Effect {
    /** Whether data may be lost, or the run will stop. */
    warning: boolean;
    /** A sentence without a full stop, in Markdown. */
    text: string;
}

type Rule = (resource: Resource, preview: Preview) => Effect[];

/** Warnings first, then everything in the order in which it happens. */
export function effectsOf(preview: Preview): Effect[] {
    const found = rules.flatMap(([applies, rule]) =>
        preview.resources.filter(applies).flatMap(resource => rule(resource, preview)),
    );
    return [...found.filter(effect => effect.warning), ...found.filter(effect => !effect.warning)];
}

const warning = (text: string): Effect => ({ warning: true, text });
const note = (text: string): Effect => ({ warning: false, text });

const isType = (type: string) => (resource: Resource) => resource.types.at(-1) === type;
const isInside = (component: string, type: string) => (resource: Resource) =>
    isType(type)(resource) && resource.types.includes(component);
const dynamic = (type: string) => isType(`pulumi-nodejs:dynamic/${type}`);

/** In the order of a crossing. */
const rules: [applies: (resource: Resource) => boolean, rule: Rule][] = [
    [isInside("crossing:cluster:KindCluster", "command:local:Command"), cluster],
    [isInside("crossing:cluster:CrcCluster", "command:local:Command"), crc],
    [isInside("crossing:store:MinioStore", "docker:index/volume:Volume"), store],
    [isType("kubernetes:core/v1:Namespace"), namespace],
    [isType("kubernetes:core/v1:PersistentVolumeClaim"), volume],
    [isInside("crossing:k10:K10", "kubernetes:helm.sh/v3:Release"), k10],
    [isInside("crossing:k10:K10", "kubernetes:apik10.kasten.io/v1alpha1:K10"), k10OfOperator],
    [
        isInside("crossing:k10:K10", "kubernetes:operators.coreos.com/v1alpha1:Subscription"),
        operator,
    ],
    [
        ({ types }) => /^kubernetes:config\.kio\.kasten\.io\/.*:Policy$/.test(types.at(-1) ?? ""),
        schedule,
    ],
    [dynamic("snapshot:Canary"), canary],
    [dynamic("application:Seed"), seed],
    [dynamic("proof:Baseline"), baseline],
    [dynamic("k10:Export"), retired],
    [dynamic("k10:Export"), exported],
    [dynamic("k10:Validation"), validation],
    [dynamic("k10:Import"), imported],
    [dynamic("k10:SafetyBackup"), retired],
    [dynamic("k10:SafetyBackup"), safetyBackup],
    [dynamic("k10:Restore"), restore],
    [dynamic("proof:Verification"), verification],
];

// What is lost.

function cluster({ operation, name }: Resource): Effect[] {
    return gone(
        operation,
        verb => `kind cluster ${code(name)} **is ${verb}**, and everything in it is lost`,
    );
}

function crc({ operation, name, old }: Resource): Effect[] {
    if (operation !== "delete" && operation !== "replace") {
        return [];
    }
    const end = (old["environment"] as Properties | undefined)?.["ON_DESTROY"];
    const what = `the CRC of ${code(name)}`;
    const again = operation === "replace" ? " and started again" : "";
    return end === "delete"
        ? gone(operation, verb => `${what} **is ${verb}**, and everything in it is lost`)
        : end === "stop"
          ? [note(`${what} is stopped${again}, with what is in it`)]
          : [];
}

function store({ operation, old }: Resource): Effect[] {
    return gone(
        operation,
        verb =>
            `the store's volume ${text(old["name"])} **is ${verb}**: every backup in it is lost`,
    );
}

function namespace(resource: Resource, preview: Preview): Effect[] {
    const name = text(metadata(resource)["name"]);
    return inKeptCluster(resource, preview)
        ? gone(
              resource.operation,
              verb =>
                  `namespace ${name} ${on(resource)} **is ${verb}**, and everything in it is lost`,
          )
        : [];
}

function volume(resource: Resource, preview: Preview): Effect[] {
    const { name, namespace } = metadata(resource);
    return inKeptCluster(resource, preview)
        ? gone(
              resource.operation,
              verb =>
                  `volume claim ${text(name)} in namespace ${text(namespace)} ${on(resource)} **is ${verb}**, and its data is lost`,
          )
        : [];
}

function gone(operation: Operation, sentence: (verb: string) => string): Effect[] {
    const verbs: Partial<Record<Operation, string>> = {
        delete: "deleted",
        replace: "deleted and made anew",
    };
    const verb = verbs[operation];
    return verb === undefined ? [] : [warning(sentence(verb))];
}

/** Where the whole cluster goes, that is said once. */
const inKeptCluster = ({ deletedWith }: Resource, { resources }: Preview) =>
    !resources.some(
        ({ urn, operation }) =>
            urn === deletedWith && (operation === "delete" || operation === "replace"),
    );

// What is installed and scheduled.

function k10(resource: Resource): Effect[] {
    const [from, to] = [resource.old, resource.new].map(({ version }) => text(version));
    return installation(
        resource,
        `K10 ${to} is installed ${on(resource)}`,
        from === to ? undefined : `K10 ${on(resource)} goes from ${from} to ${to}`,
    );
}

/** Its version is the operator's. */
function k10OfOperator(resource: Resource): Effect[] {
    return installation(resource, `K10 is installed ${on(resource)} by its operator`);
}

/** The end of a Subscription is told with K10's own, and so is its beginning. */
function operator(resource: Resource): Effect[] {
    const [from, to] = [resource.old, resource.new].map(
        ({ spec }) => (spec as Properties | undefined) ?? {},
    );
    return resource.operation === "change" || resource.operation === "replace"
        ? ["channel", "startingCSV"]
              .filter(key => from[key] !== to[key])
              .map(key => {
                  const [before, after] = [from, to].map(({ [key]: value }) =>
                      value === undefined ? "none" : text(value),
                  );
                  return note(
                      `K10's operator ${on(resource)}, and K10 with it: ${code(key)} ${before} → ${after}`,
                  );
              })
        : [];
}

/** @param otherVersion said of a change, if it is one of the version */
function installation(resource: Resource, installed: string, otherVersion?: string): Effect[] {
    const where = on(resource);
    switch (resource.operation) {
        case "create":
            return [note(installed)];
        case "delete":
            return [
                warning(
                    `K10 is removed ${where}, with its policies and its catalog of restore points`,
                ),
            ];
        case "replace":
            return [
                warning(
                    `K10 **is removed and installed anew** ${where}: its catalog of restore points is lost`,
                ),
            ];
        case "change":
            return [note(otherVersion ?? `K10 ${where} is installed again with other settings`)];
    }
}

function schedule(resource: Resource): Effect[] {
    const name = text(metadata(resource)["name"]);
    const [from, to] = [resource.old, resource.new].map(
        properties => (properties["spec"] as Properties | undefined)?.["frequency"],
    );
    if (resource.operation === "create" || resource.operation === "replace") {
        return to === undefined || to === "@onDemand"
            ? []
            : [note(`policy ${name} ${on(resource)} runs by itself, by schedule ${text(to)}`)];
    }
    if (resource.operation === "delete") {
        return [note(`policy ${name} ${on(resource)} is deleted: it runs no more`)];
    }
    return changesOf(resource).some(change => change.path.endsWith("spec.frequency"))
        ? [note(`schedule of policy ${name} ${on(resource)}: ${text(from)} → ${text(to)}`)]
        : [];
}

// What runs.

function canary(resource: Resource): Effect[] {
    return runs(resource, "result", "a snapshot of a scratch volume is tried");
}

function seed(resource: Resource): Effect[] {
    return runs(
        resource,
        "orders",
        `the sample application${inside(resource)} is filled with the data of this run`,
    );
}

function baseline(resource: Resource): Effect[] {
    return runs(
        resource,
        "baseline",
        `what the application${inside(resource)} holds is recorded as the baseline`,
    );
}

function exported(resource: Resource, preview: Preview): Effect[] {
    const what = `backup and export of ${applicationOf(resource, preview)}`;
    return runs(resource, "result", resource.operation === "create" ? what : `a new ${what}`);
}

/** Restore points go with the resource that made them only where the configuration says so. */
function retired({ operation, old }: Resource): Effect[] {
    return (operation === "delete" || operation === "replace") && old["restorePoints"] === "retire"
        ? [
              warning(
                  `the restore points of run ${text(old["runId"])} **are retired, with what they hold in the store** (\`onDestroy\`)`,
              ),
          ]
        : [];
}

function validation(resource: Resource): Effect[] {
    return runs(resource, "result", "K10 validates what was exported");
}

/** A drill restores where it has backed up. */
const restoredOn = ({ resources }: Preview) =>
    resources.some(dynamic("k10:ExportedPoint")) ? "`source`" : "`target`";

function safetyBackup(resource: Resource, preview: Preview): Effect[] {
    const namespace = text(resource.new["targetNamespace"]);
    return runs(
        resource,
        "restorePoint",
        `a backup of namespace ${namespace} on ${restoredOn(preview)}, before it is overwritten`,
    );
}

function imported(resource: Resource): Effect[] {
    return runs(
        resource,
        "result",
        `import of the backup of namespace ${text(resource.new["applicationNamespace"])}`,
    );
}

function restore(resource: Resource, preview: Preview): Effect[] {
    const there = restoredOn(preview);
    const { operation, old, new: current } = resource;
    const effects: Effect[] = [];
    const left = text(restoredBefore(resource));
    const leaves = operation === "delete" || old["targetNamespace"] !== current["targetNamespace"];
    if ((leaves || anotherName(resource)) && old["restored"] === "delete") {
        const made = old["onConflict"] === "replace" ? ", if this stack has made it" : "";
        effects.push(
            warning(
                `the restored namespace ${left} on ${there} **is deleted with its data**${made} (\`restored: delete\`)`,
            ),
        );
    } else if (operation === "delete") {
        effects.push(note(`the restored namespace ${left} stays on ${there}: it is yours`));
    }
    const namespace = text(current["targetNamespace"]);
    const into = `a restore into namespace ${namespace} on ${there}`;
    const again = operation === "replace" && !leaves && !reasons(resource).includes("clusterUid");
    if (current["onConflict"] === "replace") {
        const over = ", **over the data that is there**: `onConflict` is `replace`";
        const found = runs(resource, "result", into, over);
        return [...effects, ...found.map(effect => ({ ...effect, warning: true }))];
    }
    if (current["onConflict"] === "newName") {
        const elsewhere =
            ", under another name if that namespace is there: `onConflict` is `newName`";
        return [...effects, ...runs(resource, "result", into, elsewhere)];
    }
    const refused = again
        ? ", **refused while the namespace of the last run is there**: `onConflict` is `fail`"
        : ", refused if that namespace is there: `onConflict` is `fail`";
    const found = runs(resource, "result", into, refused);
    return [...effects, ...found.map(effect => ({ ...effect, warning: again }))];
}

/** Where the restore that is recorded went: the name of its action tells, since `newName` finds a name of its own. */
function restoredBefore({ old, recorded }: Resource): Value | undefined {
    const result = recorded["result"] as Properties | undefined;
    const name = (result?.["restoreAction"] as Properties | undefined)?.["name"];
    return typeof name === "string" ? (name.split("/")[0] ?? null) : old["targetNamespace"];
}

/** Whether a replacement is restored beside its predecessor, whose namespace then stays that one's. */
const anotherName = ({ operation, old, new: current }: Resource) =>
    operation === "replace" && [old, current].some(each => each["onConflict"] === "newName");

function verification(resource: Resource): Effect[] {
    return runs(
        resource,
        "verification",
        `the restored application${inside(resource)} is compared with the baseline`,
    );
}

/**
 * An action runs when it is new or another one, and when its last attempt did not succeed.
 * @param output what a successful attempt has recorded
 * @param how said after the run that it belongs to
 */
function runs(resource: Resource, output: string, what: string, how = ""): Effect[] {
    const { operation, recorded } = resource;
    if (operation === "create" || operation === "replace") {
        return [note(`${what}${why(resource)}${how}`)];
    }
    const result = recorded[output] as Properties | undefined;
    const done = result !== undefined && result["status"] !== "failed";
    return operation === "delete" || done
        ? []
        : [note(`${what}: the last attempt did not succeed, and is gone on with or repeated`)];
}

/** ` (run 1 → 2)` */
function why(resource: Resource): string {
    const { old, new: current, operation } = resource;
    if (
        current["runId"] !== undefined &&
        (operation === "create" || old["runId"] === current["runId"])
    ) {
        const cause = reasons(resource)
            .map(key => causes[key])
            .find(Boolean);
        return ` (run ${text(current["runId"])}${cause ? `, because ${cause}` : ""})`;
    }
    return current["runId"] === undefined
        ? ""
        : ` (run ${text(old["runId"])} → ${text(current["runId"])})`;
}

const causes: Record<string, string> = {
    clusterUid: "the cluster is another one",
    volumeUid: "its volume is another one",
    policy: "the policy is another one",
    targetNamespace: "the namespace is another one",
    applicationNamespace: "the application is another one",
    restorePoint: "the restore point is another one",
    choices: "something else is to be restored",
};

const reasons = ({ replacing }: Resource) => replacing.map(path => path.split(/[.[]/)[0] ?? "");

/** The export itself knows only its policy, which is named after its application; the actions around it know that. */
function applicationOf(resource: Resource, { resources }: Preview): string {
    const namespaces = resources.map(({ new: inputs }) => inputs["applicationNamespace"]);
    const known = [...new Set(namespaces.filter(value => typeof value === "string"))];
    const policy = resource.new["policy"];
    const namespace = known.length === 1 ? known[0] : known.find(it => policy === `${it}-export`);
    return namespace === undefined
        ? `what policy ${text(policy)} selects`
        : `namespace ${text(namespace)}`;
}

/** ` in namespace shop`: the namespace of a restore under another name is not known before. */
function inside({ new: inputs }: Resource): string {
    const database = inputs["database"] as Properties | undefined;
    const namespace = inputs["namespace"] ?? database?.["namespace"];
    return typeof namespace === "string" ? ` in namespace ${text(namespace)}` : "";
}

const metadata = ({ old, new: current }: Resource): Properties =>
    ((current["metadata"] ?? old["metadata"]) as Properties | undefined) ?? {};

/** `on source`: the cluster that a resource lies in, as the stack calls it. */
const on = ({ cluster }: Resource) => `on ${code(cluster || "its cluster")}`;

const text = (value: Value | undefined): string =>
    typeof value === "string" || typeof value === "number"
        ? code(String(value))
        : "*known after apply*";
