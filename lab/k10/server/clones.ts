/** Clones of snapshots: claims in the application's namespace, from which an export reads. */
import { suffix } from "./constants.ts";
import { Failure } from "./failure.ts";
import { fieldsAt, textAt } from "./json.ts";
import { metadata, tidy } from "./movers.ts";
import { CLAIMS, EVENTS, pathOf } from "./resources.ts";
import { fromSnapshot, requireSnapshot, type SnapshotRecord } from "./snapshots.ts";
import type { World } from "./world.ts";

/** What the provisioner says of a claim that it could not provide a volume for. */
async function whyUnbound(world: World, namespace: string, claim: string): Promise<string> {
    const { items } = await world.cluster.list(pathOf(EVENTS, namespace));
    const said = items.filter(
        event =>
            textAt(event, "involvedObject", "name") === claim &&
            textAt(event, "type") === "Warning",
    );
    return textAt(said.at(-1), "message");
}

/**
 * Makes a claim from a snapshot, does something with it, and removes it again, however that ends. The label of
 * movers is on it: no backup contains it, and the next server removes it if this one does not come to it.
 */
export async function withClone<T>(
    world: World,
    namespace: string,
    snapshot: SnapshotRecord,
    work: (claim: string) => Promise<T>,
): Promise<T> {
    const { cluster } = world;
    await requireSnapshot(world, namespace, snapshot.name);
    const name = `export-data-${suffix(5)}`;
    const path = pathOf(CLAIMS, namespace, name);
    const { storageClass, accessModes } = snapshot;
    try {
        await cluster.create(pathOf(CLAIMS, namespace), {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: metadata(name),
            spec: fromSnapshot(
                // None: the default class, because a clone needs one.
                { ...(storageClass !== "" && { storageClassName: storageClass }), accessModes },
                snapshot,
            ),
        });
        return await work(name);
    } catch (error) {
        const claim = await cluster.find(path).catch(() => undefined);
        const pending = claim && textAt(fieldsAt(claim, "status"), "phase") === "Pending";
        const why = pending ? await whyUnbound(world, namespace, name).catch(() => "") : "";
        throw why === ""
            ? error
            : new Failure(`Clone ${namespace}/${name} of VolumeSnapshot ${snapshot.name} failed`, {
                  cause: new Error(why),
              });
    } finally {
        await tidy(world, [path]);
    }
}
