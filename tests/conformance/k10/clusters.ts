/** K10 on clusters that somebody names by kubeconfig: the real one or the stand-in. */
import type { Absent, Given, Subject } from "../behaviour.ts";
import { Kube } from "../kube.ts";
import { messageOf } from "../scratch.ts";
import { Crossing } from "./crossing.ts";
import { path } from "./objects.ts";
import type { Side, World } from "./world.ts";

/** @param who "stand-in" or "K10" */
export async function onClusters(
    who: string,
    kubeconfig: string,
    { options }: Given,
): Promise<Subject<World> | Absent> {
    const { profile, install = "kasten-io", image = "" } = options;
    if (!profile) {
        return { absent: "--profile does not name a location profile of it" };
    }
    const open = async (file: string, name: string): Promise<Side> => {
        const kube = await Kube.fromFile(file);
        const ref = { name, namespace: install };
        const found = await kube.get(path.config("profiles", install, name));
        if (found?.status?.["validation"] !== "Success") {
            const state = found ? "is not valid" : "does not exist";
            throw new Error(`Profile \`${install}/${name}\` on ${kube.server} ${state}`);
        }
        return { kube, profile: ref };
    };
    try {
        const source = await open(kubeconfig, profile);
        const target = options["target"]
            ? await open(options["target"], options["targetProfile"] ?? profile)
            : undefined;
        const crossing = new Crossing(() => world);
        const world: World = {
            ...{ source, target, install, image, crossing },
            ...{ storageClass: options["storageClass"], isCluster: true },
            exclusive: options["exclusive"] !== undefined,
            pace: { seconds: 900, interval: 1_000 },
        };
        const also = target ? ` and ${target.kube.server}` : ", no second cluster";
        const what = `${who} ${await version(source, install)} on ${source.kube.server}${also}`;
        return { what, world, close: () => crossing.close() };
    } catch (error) {
        return { absent: messageOf(error) };
    }
}

/** K10's version, as its chart writes it down. */
async function version({ kube }: Side, install: string): Promise<string> {
    const found = await kube.get(path.core("configmaps", install, "k10-config"));
    return (found?.["data"] as Record<string, string> | undefined)?.["version"] ?? "";
}
