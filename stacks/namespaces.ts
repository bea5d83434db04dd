/** The namespaces that a stack makes, and whether existing clusters have them already. */
import { requireOwnNamespaces } from "../components/cluster";
import { k10Namespace } from "../components/k10";
import { probeNamespace } from "../components/store";
import { Config, k10Of } from "../config";
import type { Side } from "./choices";

/** What the store's namespace is called, where it runs in a cluster. */
export const storeNamespace = ({ name }: Config) => `${name}-store`;

/** The UIDs of existing clusters, by what they are for. */
export type Uids = Partial<Record<Side | "store", string>>;

/**
 * Read before the first resource: a preview tells of what would be taken from somebody.
 * @returns who the clusters are, so that previews know it, too
 */
export async function requireOwn(config: Config, sides: Side[]): Promise<Uids> {
    const { store, kubeconfigs } = config;
    const uids: Uids = {};
    if (store.type === "minio-in-cluster" && store.cluster === "other") {
        const { kubeconfig, context } = store;
        uids.store = await requireOwnNamespaces(
            { kubeconfig, contents: kubeconfigs.store, context, key: "crossing:store" },
            ofStore(config),
        );
    }
    for (const side of sides) {
        const settings = config[side];
        // What the stack makes itself is empty.
        if (settings.type === "existing" || (settings.type === "crc" && !settings.start)) {
            uids[side] = await requireOwnNamespaces(
                { ...settings, contents: kubeconfigs[side], key: `crossing:${side}` },
                namespacesOf(config, side),
            );
        }
    }
    return uids;
}

/** By namespace: what to do where it is somebody else's. */
function namespacesOf(config: Config, side: Side): Record<string, string> {
    const { store, applications, k10 } = config;
    const samples = side === "source" ? applications.filter(({ sample }) => sample) : [];
    return {
        [probeNamespace]: "delete it, if nobody needs it.",
        ...(!k10Of(k10, side).existingNamespace && {
            [k10Namespace]: `a K10 that is there is not adopted. If there is none in it, set \`crossing:k10.${side}.existingNamespace\` to \`true\`, and it stays.`,
        }),
        ...Object.fromEntries(
            samples.map(({ namespace }) => [
                namespace,
                "name another one in `crossing:applications`, or cross it as an application of your own (`namespace` in place of `sample`).",
            ]),
        ),
        ...(store.type === "minio-in-cluster" && store.cluster === side && ofStore(config)),
    };
}

const ofStore = (config: Config) => ({
    [storeNamespace(config)]: "set `crossing:name` to another text.",
});
