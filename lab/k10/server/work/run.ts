/** RunAction (K10 documentation, API "RunActions"): runs a policy once. */
import { labels, SELF_POLICY, suffix } from "../constants.ts";
import type { Body, Run } from "../action.ts";
import { Failure, Skipped } from "../failure.ts";
import { specHash } from "../hash.ts";
import { at, refAt, textAt, type Fields, type KubeObject, type Ref } from "../json.ts";
import { NAMESPACES, pathOf } from "../resources.ts";
import { parametersOf } from "../rules-policy.ts";
import { inParallel } from "../parallel.ts";
import { appLabels } from "../points.ts";
import { exportsData, handOffOf, isWithheld, presetOf, type HandOffNote } from "../policies.ts";
import { configResource, type World } from "../world.ts";
import { BACKUP, backup } from "./backup.ts";
import { EXPORT, exportData, exportLabels, exportMetadata, type Exported } from "./export.ts";
import { IMPORT, importPoints } from "./import.ts";
import { backUpItself } from "./own-backup.ts";
import { selectedNamespaces, subordinate, requireComplete } from "./subordinates.ts";

/** Applications that are backed up at a time: one mover needs about 100 MB of memory. */
const APPLICATIONS = 2;

/** Shows the mean of what subordinates report, as the part of the run's progress up to `share`. */
function progressOf(
    run: Run,
    count: number,
    share: number,
): (index: number, percent: number) => void {
    const each = Array.from({ length: count }, () => 0);
    return (index, percent) => {
        each[index] = percent;
        const mean = each.reduce((sum, value) => sum + value, 0) / count;
        run.status({ progress: Math.floor((mean * share) / 100) });
    };
}

async function backUpAll(
    world: World,
    run: Run,
    policy: KubeObject,
    profile: Ref | undefined,
    share: number,
): Promise<KubeObject[]> {
    const { items } = await world.cluster.list(pathOf(NAMESPACES));
    const selected = selectedNamespaces(at(policy.spec, "selector"), items);
    if (selected.length === 0) {
        throw new Skipped(`No application matches the selector of policy ${policy.metadata.name}`);
    }
    const filters = at(parametersOf(policy.spec, "backup"), "filters");
    const show = progressOf(run, selected.length, share);
    return await inParallel(selected, APPLICATIONS, async namespace => {
        const onProgress = (percent: number) => show(selected.indexOf(namespace), percent);
        const what = subordinate(run, policy, namespace);
        const restorePoint = `scheduled-${suffix(10)}`;
        return await run.child(
            BACKUP,
            {
                ...what,
                labels: { ...what.labels, ...appLabels(namespace) },
                spec: {
                    subject: { name: namespace, namespace },
                    ...(filters !== undefined && { filters }),
                },
            },
            backup(world, { namespace, profile, filters, restorePoint, onProgress }),
        );
    });
}

async function exportAll(
    world: World,
    run: Run,
    policy: KubeObject,
    profile: Ref,
    points: Ref[],
    note: HandOffNote,
): Promise<void> {
    const { handOff, migrationToken } = note;
    const withheld = await isWithheld(world, policy, note);
    const data = exportsData(policy.spec);
    const exported: Exported[] = [];
    const spec = (subject: Fields) => ({
        subject,
        profile,
        exportData: { enabled: data },
        receiveString: withheld ? "" : note.receiveString,
        migrationToken,
    });
    const own = exportLabels({ profile, data });
    const ended = await inParallel(points, APPLICATIONS, async point => {
        const what = subordinate(run, policy, point.namespace);
        const subject = {
            apiVersion: "apps.kio.kasten.io/v1alpha1",
            kind: "RestorePoint",
            ...point,
        };
        return await run.child(
            EXPORT,
            {
                ...what,
                labels: { ...what.labels, ...appLabels(point.namespace), ...own },
                spec: spec(subject),
            },
            exportData(world, { point, profile, data, handOff }, each => exported.push(each)),
        );
    });
    ended.forEach(requireComplete);
    const what = subordinate(run, policy, world.config.namespace);
    const { name, namespace = "" } = policy.metadata;
    const subject = {
        apiVersion: "config.kio.kasten.io/v1alpha1",
        kind: "Policy",
        name,
        namespace,
    };
    const metadata = await run.child(
        EXPORT,
        {
            ...what,
            labels: { ...what.labels, ...own, [labels.isMetadataExport]: "true" },
            spec: spec(subject),
        },
        exportMetadata(world, profile, handOff, exported),
    );
    requireComplete(metadata);
}

async function importAll(
    world: World,
    run: Run,
    policy: KubeObject,
    parameters: Fields,
): Promise<void> {
    const profile = refAt(parameters, "profile") as Ref;
    const receiveString = textAt(parameters, "receiveString");
    const what = subordinate(run, policy, world.config.namespace);
    const action = await run.child(
        IMPORT,
        { ...what, spec: { profile, receiveString } },
        importPoints(world, { profile, receiveString }),
    );
    requireComplete(action);
}

/** What is valid, and nothing that the stand-in does. */
function refuse({ metadata, spec }: KubeObject): void {
    if (refAt(parametersOf(spec, "export"), "blockModeProfile")) {
        const why = "the K10 stand-in exports no volumes to a Veeam repository";
        const cause = new Failure(`Policy ${metadata.namespace}/${metadata.name}: ${why}`);
        throw new Failure("The policy cannot be run", { cause, retry: false });
    }
}

/** The body of a RunAction. */
export function runPolicy(world: World, ref: Ref): Body {
    return async run => {
        run.status({ progress: 0 });
        const policy = await world.cluster.find(
            pathOf(configResource("policies"), ref.namespace, ref.name),
        );
        const validation = textAt(policy, "status", "validation");
        // The status of an earlier spec says nothing of this one.
        const current = policy?.status?.["hash"] === specHash(policy?.spec);
        if (!policy || validation !== "Success" || !current) {
            const state = !policy
                ? "not found"
                : validation === "Success"
                  ? "has changed since it was validated"
                  : `has validation ${validation || "none yet"}`;
            throw new Failure("Cannot execute action for an invalid policy", {
                cause: new Failure(`Policy ${ref.namespace}/${ref.name} ${state}`),
                retry: false,
            });
        }
        const { selector, actions, frequency } = policy.spec ?? {};
        run.status({ policySpec: { frequency, selector, actions } });
        refuse(policy);
        const imports = parametersOf(policy.spec, "import");
        if (imports) {
            await run.phase("Importing", () => importAll(world, run, policy, imports));
            return;
        }
        const preset = await presetOf(world, policy);
        const backups =
            refAt(parametersOf(policy.spec, "backup"), "profile") ??
            refAt(preset?.spec, "backup", "profile");
        const exports = parametersOf(policy.spec, "export");
        if (policy.metadata.name === SELF_POLICY && backups) {
            await run.phase("Backing up K10", () => backUpItself(world, backups));
            return;
        }
        const backedUp = await run.phase("Backing up", () =>
            backUpAll(world, run, policy, backups, exports ? 60 : 99),
        );
        const points = backedUp.flatMap(action => {
            const point = refAt(action, "status", "restorePoint");
            return point && textAt(action, "status", "state") === "Complete" ? [point] : [];
        });
        if (exports && points.length > 0) {
            await run.phase("Exporting", async () => {
                const profile =
                    refAt(exports, "profile") ?? refAt(preset?.spec, "export", "profile");
                const note = handOffOf(world, policy.metadata.uid ?? "");
                if (!profile || !note) {
                    throw new Failure("The policy has no receive string yet");
                }
                await exportAll(world, run, policy, profile, points, note);
            });
        }
        // All applications get their chance before one of them fails the run.
        backedUp.forEach(requireComplete);
    };
}
