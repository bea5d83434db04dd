/** The stand-in's own code as two clusters' K10 in this process, each behind what a client takes for an API server. */
import { mkdirSync } from "node:fs";
import { front } from "../../lab/k10/support/front.ts";
import { volume } from "../../lab/k10/support/movers.ts";
import { FakeS3 } from "../../lab/k10/support/s3.ts";
import { Side as Server } from "../../lab/k10/support/side.ts";
import { Snapshots } from "../../lab/k10/support/snapshots.ts";
import type { Subject } from "../behaviour.ts";
import { Kube } from "../kube.ts";
import { Crossing } from "./crossing.ts";
import type { Side, World } from "./world.ts";

const install = "kasten-io";
const profile = { name: "minio", namespace: install };

/** One cluster, whose StorageClass `csi` has one annotated class for snapshots. */
async function start(uid: string, s3: FakeS3): Promise<{ side: Side; stop(): Promise<void> }> {
    const server = await Server.start(uid, s3);
    const { lab } = server;
    const { config } = lab.world;
    // Nothing is copied unless a workload asks for it: what cannot be snapshotted fails.
    config.genericBackup.injected = false;
    // Long enough to be cancelled.
    config.seconds.backup = 0.2;
    config.seconds.workloadReady = 5;
    new Snapshots(lab).offer();
    simulate(server);
    lab.kube.put("/api/v1/namespaces/default", { metadata: { uid } });
    const entry = await front(lab.kube, server.api);
    return {
        side: { kube: new Kube(entry.kubeconfig), profile },
        stop: async () => {
            entry.stop();
            await server.stop();
        },
    };
}

/** What a cluster does by itself: a claim is bound, to an empty folder; a Deployment is ready after a moment. */
function simulate({ lab }: Server): void {
    const { kube } = lab;
    const { onCreate } = kube;
    kube.onCreate = (path, object) => {
        onCreate(path, object);
        if (object.kind === "PersistentVolumeClaim" && !kube.get(path)?.status) {
            const { name, namespace = "" } = object.metadata;
            mkdirSync(volume(lab, namespace, name), { recursive: true });
            kube.put(path, { ...object, status: { phase: "Bound" } });
        }
        if (object.kind === "Deployment") {
            const { status } = kube.get(path) ?? {};
            kube.put(path, object);
            setTimeout(() => kube.get(path) && kube.put(path, { ...object, status }), 150);
        }
    };
}

export async function inProcess(): Promise<Subject<World>> {
    const s3 = new FakeS3();
    await s3.start();
    s3.buckets.add("backups");
    const [source, target] = [await start("uid-of-source", s3), await start("uid-of-target", s3)];
    const crossing = new Crossing(() => world);
    const world: World = {
        ...{ source: source.side, target: target.side, install, crossing },
        ...{ image: "image", storageClass: "csi", isCluster: false, exclusive: true },
        pace: { seconds: 40, interval: 20 },
    };
    return {
        what: "stand-in, its code in this process, with clusters and store faked",
        world,
        close: async () => {
            try {
                await crossing.close();
            } finally {
                await source.stop();
                await target.stop();
                s3.stop();
            }
        },
    };
}
