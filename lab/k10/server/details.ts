/** `GET …/{name}/details`: the object with what it was made of (K10 documentation, API, each kind). */
import type { ActionNote } from "./action.ts";
import { labels } from "./constants.ts";
import type { Fields, KubeObject } from "./json.ts";
import { contentOf } from "./points.ts";
import type { PointNote, World } from "./world.ts";

/**
 * What a point is made of, each object and volume once, and what of it may be shown: never keys. That there is a list
 * is documented; the form of what is in it is ours.
 */
function artifacts(note: PointNote | undefined): object[] {
    const namespace = note?.app.namespace;
    const volumes = (note?.volumes ?? []).map(({ claim, bytes, entries, snapshot }) => ({
        ...{ kind: "PersistentVolumeClaim", name: claim, namespace },
        logicalSizeBytes: bytes,
        entries,
        ...(snapshot ? { volumeSnapshot: snapshot.name } : { profile: note?.profile?.name }),
    }));
    const dumps = (note?.dumps ?? []).flatMap(({ artifacts: made, blueprint, workload, bytes }) =>
        Object.keys(made).map(name => ({
            ...{ kind: "KanisterArtifact", name, namespace, blueprint },
            workload: `${workload.kind}/${workload.name}`,
            ...{ logicalSizeBytes: bytes, profile: note?.profile?.name },
        })),
    );
    const others = (note?.objects ?? []).filter(
        ({ kind, name }) => !volumes.some(each => each.kind === kind && each.name === name),
    );
    return [...others.map(each => ({ ...each, namespace })), ...volumes, ...dumps];
}

function originating(object: KubeObject): object[] {
    const name = object.metadata.labels?.[labels.policyName];
    const namespace = object.metadata.labels?.[labels.policyNamespace];
    return name === undefined ? [] : [{ name, namespace }];
}

function pointDetails(object: KubeObject, note: PointNote | undefined): Fields {
    return { artifacts: artifacts(note), originatingPolicies: originating(object) };
}

/** The object with its details in the status. */
export function withDetails(world: World, object: KubeObject): KubeObject {
    const uid = object.metadata.uid ?? "";
    const details = (): Fields => {
        switch (object.kind) {
            case "RestorePoint":
                return {
                    restorePointDetails: pointDetails(object, contentOf(world, object)?.note),
                };
            case "RestorePointContent":
                return {
                    restorePointContentDetails: pointDetails(
                        object,
                        world.catalog.note<PointNote>(uid),
                    ),
                };
            case "Application":
                return { appDetails: {} };
            default:
                return {
                    actionDetails: world.catalog.note<ActionNote>(uid) ?? { phases: [] },
                };
        }
    };
    return { ...object, status: { ...object.status, ...details() } };
}
