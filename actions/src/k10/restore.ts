/** Restore: binds the imported restore point to a namespace of the target and restores it there, once for a `runId`. */
import type { ClusterInputs, Definition } from "../action";
import { lookAround } from "../explain/around";
import { Cluster } from "../kube/client";
import { ApiError, UserError } from "../kube/errors";
import { ask, poll } from "../kube/poll";
import {
    k10Namespace,
    RestorePointContent,
    restoreActions,
    restorePointContents,
    restorePoints,
} from "./api";
import { ActionTimes, times } from "./policy-run";
import { runOnce } from "./run";

export interface RestoreInputs extends ClusterInputs {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    runId: string;
    /** Unique to this run of this stack: another stack may use the same `runId` on the same target. */
    runToken: string;
    restorePointContent: string;
    /** The namespace to restore into. It is created where it does not exist, and belongs to the user afterwards. */
    targetNamespace: string;
    /** What a namespace that is there already means. */
    onConflict: "fail" | "replace";
    /** What becomes of the restored namespace when this resource is destroyed. */
    restored: "keep" | "delete";
    /** Seconds that the restore may take. */
    timeout: number;
}

export interface RestoreOutputs {
    result: { restoreAction: ActionTimes; seenTime: string };
    restorePoint: string;
}

/** Stands on a namespace that we restored into: the run that did. Tells our namespace of this run from a stranger's. */
export const runAnnotation = "crossing/restored-by-run";

/** Seconds until a restore point is bound to its content. */
const bindTimeout = 120;

export const restoreAction: Definition<RestoreInputs, RestoreOutputs> = {
    title: "restore",
    limited: true,
    replaceOn: ["clusterUid", "runId", "targetNamespace"],
    outputs: ["result", "restorePoint"],
    id: inputs => `${inputs.targetNamespace}/${restoreName(inputs)}`,
    places: inputs => [inputs.targetNamespace],

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        await ask(
            {
                what: `namespace \`${inputs.targetNamespace}\` to be prepared`,
                ...{ timeout: inputs.timeout, report },
            },
            () => prepareNamespace(cluster, inputs, report),
        );
        const restorePoint = await bind(cluster, inputs, report);
        const action = await runOnce({
            cluster,
            resource: restoreActions,
            namespace: inputs.targetNamespace,
            name: restoreName(inputs),
            ...{ title: "Restore", wait: "restore", k10: k10Namespace },
            surroundings: () => lookAround(cluster, inputs.targetNamespace),
            timeout: inputs.timeout,
            report,
            body: name => ({
                apiVersion: "actions.kio.kasten.io/v1alpha1",
                kind: "RestoreAction",
                // A RestoreAction lives in the namespace that it restores to (K10 documentation, "RestoreAction").
                metadata: { name, namespace: inputs.targetNamespace },
                spec: {
                    subject: {
                        ...{ apiVersion: "apps.kio.kasten.io/v1alpha1", kind: "RestorePoint" },
                        ...{ name: restorePoint, namespace: inputs.targetNamespace },
                    },
                    targetNamespace: inputs.targetNamespace,
                    overwriteExisting: inputs.onConflict === "replace",
                },
            }),
        });
        return {
            result: { restoreAction: times(action), seenTime: new Date().toISOString() },
            restorePoint: `${inputs.targetNamespace}/${restorePoint}`,
        };
    },

    /**
     * The restored namespace is the user's. It goes only if the configuration says so, and only while it is of
     * this very run: after another run it is that run's.
     */
    async remove(state, report) {
        if (state.restored !== "delete") {
            return;
        }
        const cluster = await Cluster.connect(state.kubeconfig);
        const name = state.targetNamespace;
        const namespace = await cluster.namespace(name);
        if (namespace?.metadata?.annotations?.[runAnnotation] !== state.runToken) {
            return;
        }
        report(`deleting namespace ${name}, as \`crossing:restored\` says`);
        await cluster.request(cluster.core.deleteNamespace({ name }));
        await poll(
            {
                what: `namespace \`${name}\` to be gone`,
                timeout: state.timeout,
                hint: `Details: kubectl get namespace ${name} -o yaml`,
                report,
            },
            async () =>
                (await cluster.namespace(name))
                    ? { done: false, seen: "it is being deleted" }
                    : { done: true, value: undefined },
        );
    },
};

const restoreName = (inputs: RestoreInputs) => `restore-${inputs.targetNamespace}-${inputs.runId}`;

/**
 * Makes sure that the namespace is there and that restoring into it takes nothing from anybody: it must be new,
 * of this very run (an earlier attempt), or given up by `onConflict: replace`.
 */
async function prepareNamespace(
    cluster: Cluster,
    inputs: RestoreInputs,
    report: (line: string) => void,
): Promise<void> {
    const name = inputs.targetNamespace;
    const annotations = { [runAnnotation]: inputs.runToken };
    const namespace = await cluster.namespace(name);
    if (!namespace) {
        report(`creating namespace ${name}`);
        try {
            await cluster.request(
                cluster.core.createNamespace({ body: { metadata: { name, annotations } } }),
            );
            return;
        } catch (error) {
            // 409: another process of this run was quicker, or somebody else. The next look tells.
            if (error instanceof ApiError && error.code === 409) {
                return prepareNamespace(cluster, inputs, report);
            }
            throw error;
        }
    }
    if (namespace.status?.phase === "Terminating") {
        throw new UserError(
            `Namespace \`${name}\` on the target is being deleted. Wait until it is gone and run \`pulumi up\` again.`,
        );
    }
    if (namespace.metadata?.annotations?.[runAnnotation] === inputs.runToken) {
        return;
    }
    if (inputs.onConflict === "fail") {
        throw new UserError(
            `Namespace \`${name}\` exists on the target, and a restore would overwrite what is in it. Delete or rename it, or set \`crossing:onConflict\` to \`replace\`.`,
        );
    }
    report(`restoring over namespace ${name}, as \`crossing:onConflict\` says`);
    await cluster.annotateNamespace(name, annotations);
}

/**
 * The restore point to restore from: the one that the content is bound to in the target namespace, or a new one.
 * Whether an import binds it by itself depends on K10's version, so both are met.
 */
async function bind(
    cluster: Cluster,
    inputs: RestoreInputs,
    report: (line: string) => void,
): Promise<string> {
    const { targetNamespace, restorePointContent } = inputs;
    return poll(
        {
            what: `restore point content \`${restorePointContent}\` to be bound in namespace \`${targetNamespace}\``,
            timeout: bindTimeout,
            hint: `Details: kubectl get restorepointcontents.apps.kio.kasten.io ${restorePointContent} -o yaml`,
            report,
        },
        async () => {
            const content = await cluster.get<RestorePointContent>(
                restorePointContents,
                restorePointContent,
            );
            if (!content) {
                throw new UserError(
                    `Restore point content \`${restorePointContent}\` is gone from the target: it was retired, or K10 was installed anew. Choose another \`crossing:runId\` to export again.`,
                );
            }
            const bound = content.status?.restorePointRef;
            if (content.status?.state === "Bound" && bound?.namespace === targetNamespace) {
                return { done: true, value: bound.name ?? "" };
            }
            await createRestorePoint(cluster, inputs);
            return { done: false, seen: content.status?.state ?? "not bound" };
        },
    );
}

async function createRestorePoint(cluster: Cluster, inputs: RestoreInputs): Promise<void> {
    const name = restoreName(inputs);
    const namespace = inputs.targetNamespace;
    try {
        await cluster.create(
            restorePoints,
            {
                apiVersion: "apps.kio.kasten.io/v1alpha1",
                kind: "RestorePoint",
                metadata: { name, namespace },
                ...{ spec: { restorePointContentRef: { name: inputs.restorePointContent } } },
            },
            namespace,
        );
    } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 409) {
            throw error;
        }
    }
}
