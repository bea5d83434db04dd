/** A K10 stand-in without its pod: its own catalog in a temporary folder, on a fake cluster. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Catalog } from "../../../../lab/k10/server/catalog.ts";
import type { ServerConfig } from "../../../../lab/k10/server/config.ts";
import { logTo } from "../../../../lab/k10/server/log.ts";
import { Faults } from "../../../../lab/k10/server/faults/faults.ts";
import type { World } from "../../../../lab/k10/server/world.ts";
import { FakeKube } from "./kube.ts";

logTo(() => undefined);

export const config: ServerConfig = {
    namespace: "kasten-io",
    image: "image",
    imagePullPolicy: "IfNotPresent",
    sccName: "",
    sccRole: "",
    genericBackup: {
        ...{ token: true, injected: true, webhookPort: 0 },
        ...{ namespaceSelector: {}, objectSelector: {} },
    },
    concurrency: { backup: 2, restore: 2 },
    seconds: {
        validation: 0,
        revalidation: 0,
        backup: 0,
        export: 0,
        import: 0,
        restore: 0,
        retry: 0.01,
        moverStart: 5,
        snapshotReady: 0.2,
        workloadReady: 0.2,
    },
    copyPasses: 2,
};

export interface Lab {
    kube: FakeKube;
    world: World;
    folder: string;
    stop(): Promise<void>;
}

/** Starts a fake cluster with the namespaces `default` and `kasten-io` and a storage class. */
export async function lab(clusterUID: string): Promise<Lab> {
    const kube = new FakeKube();
    const cluster = await kube.start();
    kube.put("/api/v1/namespaces/default", { metadata: { uid: clusterUID } });
    kube.put("/api/v1/namespaces/kasten-io");
    kube.put("/apis/storage.k8s.io/v1/storageclasses/standard", {
        provisioner: "rancher.io/local-path",
    });
    const folder = await mkdtemp(join(tmpdir(), "k10-"));
    const catalog = await Catalog.open(join(folder, "catalog.json"));
    const world = {
        config: structuredClone(config),
        cluster,
        catalog,
        folder,
        clusterUID,
        kubernetes: "v1.36.2",
        version: "test",
        faults: new Faults(cluster, config.namespace, 0),
    };
    const stop = async () => {
        kube.stop();
        await rm(folder, { recursive: true, force: true });
    };
    return { kube, world, folder, stop };
}

/** Waits until something holds. @throws after ten seconds: on a busy machine little is quick. */
export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = Date.now() + 10_000;
    for (;;) {
        const found = look();
        if (found !== undefined && found !== false) {
            return found;
        }
        if (Date.now() > deadline) {
            throw new Error(`never happened: ${what}`);
        }
        await new Promise(resolve => setTimeout(resolve, 5));
    }
}
