/** What runs: a run of the crossing, from its seed to its proof. */
import { dynamic, type Effect, note, text, warning } from "./effect.ts";
import type { Preview, Properties, Resource, Value } from "./preview.ts";

export function canary(resource: Resource): Effect[] {
    return runs(resource, "result", "a snapshot of a scratch volume is tried");
}

export function seed(resource: Resource): Effect[] {
    return runs(
        resource,
        "orders",
        `the sample application${inside(resource)} is filled with the data of this run`,
    );
}

export function baseline(resource: Resource): Effect[] {
    return runs(
        resource,
        "baseline",
        `what the application${inside(resource)} holds is recorded as the baseline`,
    );
}

export function exported(resource: Resource, preview: Preview): Effect[] {
    const what = `backup and export of ${applicationOf(resource, preview)}`;
    return runs(resource, "result", resource.operation === "create" ? what : `a new ${what}`);
}

/** Restore points go with the resource that made them only where the configuration says so. */
export function retired({ operation, old }: Resource): Effect[] {
    return (operation === "delete" || operation === "replace") && old["restorePoints"] === "retire"
        ? [
              warning(
                  `the restore points of run ${text(old["runId"])} **are retired, with what they hold in the store** (\`onDestroy\`)`,
              ),
          ]
        : [];
}

export function validation(resource: Resource): Effect[] {
    return runs(resource, "result", "K10 validates what was exported");
}

/** A drill restores where it has backed up. */
const restoredOn = ({ resources }: Preview) =>
    resources.some(dynamic("k10:ExportedPoint")) ? "`source`" : "`target`";

export function safetyBackup(resource: Resource, preview: Preview): Effect[] {
    const namespace = text(resource.new["targetNamespace"]);
    return runs(
        resource,
        "restorePoint",
        `a backup of namespace ${namespace} on ${restoredOn(preview)}, before it is overwritten`,
    );
}

export function imported(resource: Resource): Effect[] {
    return runs(
        resource,
        "result",
        `import of the backup of namespace ${text(resource.new["applicationNamespace"])}`,
    );
}

export function restore(resource: Resource, preview: Preview): Effect[] {
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

export function verification(resource: Resource): Effect[] {
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
