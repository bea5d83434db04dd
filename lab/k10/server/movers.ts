/**
 * Starts the pods that move the bytes of volumes, one for each volume, in the application's namespace, where
 * its PersistentVolumeClaims can be mounted. What a mover needs to know reaches it in a Secret that lives as
 * long as its pod.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { MOVER_LABEL, STAND_IN, STAND_IN_ANNOTATION, suffix } from "./constants.ts";
import { Failure } from "./failure.ts";
import { at, fieldsAt, listAt, textAt, type KubeObject } from "./json.ts";
import { hasCode } from "./kube.ts";
import { pathOf, PODS, ROLE_BINDINGS, SECRETS, SERVICE_ACCOUNTS } from "./resources.ts";
import { log } from "./log.ts";
import type { MoverJob, MoverResult } from "./mover/job.ts";
import { moverPod } from "./mover/pod.ts";
import type { SnapshotRecord } from "./snapshots.ts";
import { pauses } from "./wait.ts";
import type { World } from "./world.ts";

/** A ServiceAccount in the application's namespace that movers of one action run as. */
export interface Grant {
    namespace: string;
    account: string;
}

export function metadata(name: string): KubeObject["metadata"] {
    return {
        name,
        labels: { [MOVER_LABEL]: "true" },
        annotations: { [STAND_IN_ANNOTATION]: STAND_IN },
    };
}

/**
 * Runs `work` with a ServiceAccount that may use the chart's SCC in the namespace, where the cluster has SCCs,
 * and removes it afterwards.
 */
export async function withGrant<T>(
    world: World,
    namespace: string,
    work: (grant: Grant) => Promise<T>,
): Promise<T> {
    const { cluster, config } = world;
    const account = `k10-mover-${suffix(5)}`;
    const accountPath = pathOf(SERVICE_ACCOUNTS, namespace);
    const bindingPath = pathOf(ROLE_BINDINGS, namespace);
    try {
        await cluster.create(accountPath, {
            apiVersion: "v1",
            kind: "ServiceAccount",
            metadata: metadata(account),
            automountServiceAccountToken: false,
        });
        if (config.sccName !== "") {
            await cluster.create(bindingPath, {
                apiVersion: "rbac.authorization.k8s.io/v1",
                kind: "RoleBinding",
                metadata: metadata(account),
                roleRef: {
                    apiGroup: "rbac.authorization.k8s.io",
                    kind: "ClusterRole",
                    name: config.sccRole,
                },
                subjects: [{ kind: "ServiceAccount", name: account, namespace }],
            });
        }
        return await work({ namespace, account });
    } finally {
        await tidy(world, [`${bindingPath}/${account}`, `${accountPath}/${account}`]);
    }
}

/** Removes what only a mover needed; a failure here must not hide how the action itself ended. */
export async function tidy(world: World, paths: string[]): Promise<void> {
    for (const path of paths) {
        await world.cluster
            .remove(path, { gracePeriodSeconds: 0 })
            .catch((error: unknown) => log(`could not remove ${path}: ${String(error)}`));
    }
}

/**
 * Moves one volume and gives what the mover reports.
 * @param check Called while waiting; what it throws ends the waiting.
 * @param clone Says that the claim is a clone of this snapshot: it has no node yet, and is removed afterwards.
 * @throws Failure with the mover's own words, or with the reason for which its pod does not start.
 */
export async function moveVolume(
    world: World,
    grant: Grant,
    job: MoverJob,
    check: () => void,
    clone?: SnapshotRecord,
): Promise<MoverResult> {
    const { cluster, config } = world;
    const { namespace } = grant;
    const name = `${job.direction}-data-${suffix(5)}`;
    const pod = pathOf(PODS, namespace, name);
    const secret = pathOf(SECRETS, namespace, name);
    try {
        await cluster.create(pathOf(SECRETS, namespace), {
            apiVersion: "v1",
            kind: "Secret",
            metadata: metadata(name),
            type: "Opaque",
            stringData: { "job.json": JSON.stringify(job) },
        });
        const { image, imagePullPolicy } = config;
        const { account } = grant;
        const options = {
            image,
            imagePullPolicy,
            account,
            direction: job.direction,
            claim: job.claim,
            ...(clone?.nodeAffinity && { nodeAffinity: clone.nodeAffinity }),
        };
        await createPod(world, namespace, moverPod(metadata(name), options));
        return await result(world, namespace, name, check);
    } finally {
        await tidy(world, [secret]);
        await (job.direction === "restore" || clone
            ? removeMounted(world, pod)
            : tidy(world, [pod]));
    }
}

/**
 * Removes a mover's pod and waits until it is gone, which it is when its volume has been unmounted. The kubelet
 * gives the files of a volume the fsGroup of a pod only if nothing else on the node has the volume mounted: a
 * workload that starts too early would find its files with or without, by chance. A driver may refuse to delete a
 * clone that is still mounted.
 */
async function removeMounted(world: World, pod: string): Promise<void> {
    await world.cluster.remove(pod).catch((error: unknown) => {
        log(`could not remove ${pod}: ${String(error)}`);
    });
    const deadline = Date.now() + 60_000;
    const pause = pauses(300);
    while ((await world.cluster.find(pod)) && Date.now() < deadline) {
        await pause();
    }
}

/** Creates the pod, waiting a little for the grant to reach the API server's authorizer. */
async function createPod(world: World, namespace: string, pod: KubeObject): Promise<void> {
    for (let attempt = 1; ; attempt++) {
        try {
            await world.cluster.create(pathOf(PODS, namespace), pod);
            return;
        } catch (cause) {
            const refused = hasCode(cause, 403) || hasCode(cause, 422);
            if (!refused || attempt === 8) {
                throw new Failure(`Could not create mover pod ${namespace}/${pod.metadata.name}`, {
                    cause,
                });
            }
            await sleep(250);
        }
    }
}

/** Reasons for which a container will not start by waiting. */
export const HOPELESS = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "CreateContainerConfigError",
];

async function result(
    world: World,
    namespace: string,
    name: string,
    check: () => void,
): Promise<MoverResult> {
    const deadline = Date.now() + world.config.seconds.moverStart * 1000;
    const pause = pauses(300);
    for (;;) {
        check();
        const pod = await world.cluster.find(pathOf(PODS, namespace, name));
        if (!pod) {
            throw new Failure(`Mover pod ${namespace}/${name} was deleted while it ran`);
        }
        const container = fieldsAt(pod, "status", "containerStatuses", 0, "state");
        const ended = fieldsAt(container, "terminated");
        if (ended["exitCode"] !== undefined) {
            return report(namespace, name, ended);
        }
        const waiting = textAt(container, "waiting", "reason");
        const running = at(container, "running") !== undefined;
        if (HOPELESS.includes(waiting) || (!running && Date.now() > deadline)) {
            const cause = new Error(whyNot(pod) || `phase ${textAt(pod, "status", "phase")}`);
            throw new Failure(`Mover pod ${namespace}/${name} does not start`, { cause });
        }
        await pause();
    }
}

function whyNot(pod: KubeObject): string {
    const waiting = fieldsAt(pod, "status", "containerStatuses", 0, "state", "waiting");
    const scheduled = listAt(pod, "status", "conditions").find(
        each => at(each, "status") === "False",
    );
    return [textAt(waiting, "reason"), textAt(waiting, "message") || textAt(scheduled, "message")]
        .filter(Boolean)
        .join(": ");
}

function report(namespace: string, name: string, ended: Record<string, unknown>): MoverResult {
    const message = textAt(ended, "message");
    let parsed: unknown;
    try {
        parsed = JSON.parse(message);
    } catch {
        // Killed before it could say anything, by memory for example.
        const cause = new Error(
            `${textAt(ended, "reason")} (exit code ${String(ended["exitCode"])})`,
        );
        throw new Failure(`Mover pod ${namespace}/${name} ended without a report`, { cause });
    }
    const error = textAt(parsed, "error");
    if (error !== "") {
        throw new Failure(`Mover pod ${namespace}/${name} failed`, { cause: new Error(error) });
    }
    return parsed as MoverResult;
}
