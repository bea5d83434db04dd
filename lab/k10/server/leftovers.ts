/** What a server that was killed left in the cluster. */
import { MOVER_LABEL } from "./constants.ts";
import { messageOf } from "./failure.ts";
import { kindOf } from "./kinds.ts";
import { log } from "./log.ts";
import { tidy } from "./movers.ts";
import { CLAIMS, pathOf, PODS, ROLE_BINDINGS, SECRETS, SERVICE_ACCOUNTS } from "./resources.ts";
import { removeSnapshots } from "./snapshots.ts";
import type { PointNote, World } from "./world.ts";

const CONTENT = kindOf("RestorePointContent");

/**
 * Removes what a former server left behind, in all namespaces: of movers, claims that are clones of snapshots, and
 * snapshots that no restore point refers to.
 */
export async function removeLeftovers(world: World): Promise<void> {
    for (const resource of [PODS, SECRETS, CLAIMS, ROLE_BINDINGS, SERVICE_ACCOUNTS]) {
        const { items } = await world.cluster.list(
            `${pathOf(resource)}?labelSelector=${MOVER_LABEL}`,
        );
        await tidy(
            world,
            items.map(({ metadata: { namespace, name } }) => pathOf(resource, namespace, name)),
        );
    }
    const kept = world.catalog
        .list(CONTENT)
        .flatMap(each => world.catalog.note<PointNote>(each.metadata.uid ?? "")?.volumes ?? [])
        .flatMap(volume => volume.snapshot?.name ?? []);
    await removeSnapshots(world, { kept }).catch((error: unknown) =>
        log(`could not remove snapshots of a former server: ${messageOf(error)}`),
    );
}
