/** Runs mover pods of a fake cluster in this process, on folders that stand for volumes. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../../../lab/k10/server/failure.ts";
import { fieldsAt, textAt, type KubeObject } from "../../../../lab/k10/server/json.ts";
import type { MoverJob } from "../../../../lab/k10/server/mover/job.ts";
import { backUp, restore } from "../../../../lab/k10/server/mover/move.ts";
import { Store } from "../../../../lab/k10/server/s3.ts";
import type { Lab } from "./world.ts";

/** The folder of a claim's volume. */
export function volume({ folder }: Lab, namespace: string, claim: string): string {
    return join(folder, "volumes", namespace, claim);
}

async function work(lab: Lab, pod: KubeObject): Promise<void> {
    const { name, namespace = "" } = pod.metadata;
    const secret = lab.kube.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    const text = Buffer.from(textAt(secret, "data", "job.json"), "base64").toString();
    const job = JSON.parse(text) as MoverJob;
    const store = new Store(job.store);
    const root = volume(lab, namespace, job.claim);
    await mkdir(root, { recursive: true });
    let message: string;
    try {
        const move = job.direction === "backup" ? backUp : restore;
        message = JSON.stringify(await move(job, root, store));
    } catch (error) {
        message = JSON.stringify({ error: messageOf(error) });
    }
    store.close();
    const terminated = { exitCode: 0, message };
    lab.kube.put(`/api/v1/namespaces/${namespace}/pods/${name}`, {
        ...pod,
        status: { containerStatuses: [{ state: { terminated } }] },
    });
}

/** What the cluster does by itself: movers run, Deployments become ready. */
export function simulate(lab: Lab): void {
    lab.kube.onCreate = (path, object) => {
        if (object.kind === "Pod" && textAt(object, "spec", "containers") === "") {
            const [container] = fieldsAt(object, "spec")["containers"] as { name: string }[];
            if (container?.name === "mover") {
                void work(lab, object);
            }
        }
        if (object.kind === "Deployment") {
            const status = { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 1 };
            lab.kube.put(path, { ...object, status });
        }
    };
}
