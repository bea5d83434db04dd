/** Restore: binds the imported restore point to a namespace of the target and restores it there, once for a `runId`. */
import type { ClusterInputs, Definition } from "../action";
import { lookAround } from "../explain/around";
import { Cluster } from "../kube/client";
import { unless, UserError } from "../kube/errors";
import { ask, poll } from "../kube/poll";
import {
    k10Namespace,
    nameOf,
    RestorePoint,
    RestorePointContent,
    restoreActions,
    restorePointContents,
    restorePoints,
} from "./api";
import { ActionTimes, PointFacts, times } from "./facts";
import { choicesOf, RunChoices } from "./outcome";
import { factsOf } from "./point";
import {
    deleteRestored,
    NamespaceInputs,
    ownNamespace,
    prepareNamespace,
    Replaced,
    replacedIn,
} from "./restore-namespace";
import { restoreActionOf, restoreName } from "./restore-spec";
import { runOnce } from "./run";

/** The target namespace is created where it does not exist, and belongs to the user afterwards. */
export interface RestoreInputs extends ClusterInputs, NamespaceInputs, RunChoices {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    restorePointContent: string;
    /** Which of `crossing:locations` the backup lies in. @default the store */
    location?: string;
}

export interface RestoreOutputs {
    /** The action's name is `namespace/name`, of the namespace that was restored into. */
    result: {
        restoreAction: ActionTimes;
        seenTime: string;
        /** Absent where K10 does not tell, and in older states. */
        point?: PointFacts;
        /** What the namespace held before. Absent where it was not there, and in older states. */
        replaced?: Replaced;
    };
    /** `namespace/name`. */
    restorePoint: string;
}

/** Seconds until a restore point is bound to its content. */
const bindTimeout = 120;

export const restoreAction: Definition<RestoreInputs, RestoreOutputs> = {
    title: "restore",
    limited: true,
    replaceOn: ["clusterUid", "runId", "runToken", "targetNamespace", "choices"],
    outputs: ["result", "restorePoint"],
    id: inputs => `${inputs.targetNamespace}/${restoreName(inputs)}`,
    places: inputs => [inputs.targetNamespace],
    // One that went elsewhere by `newName` is not the one that is wanted without it.
    serves: ({ result }, { onConflict, targetNamespace }) =>
        onConflict === "newName" || result.restoreAction.name.startsWith(`${targetNamespace}/`),

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const namespace = await ask(
            {
                what: `namespace \`${inputs.targetNamespace}\` to be prepared`,
                ...{ timeout: inputs.timeout, report },
            },
            () => prepareNamespace(cluster, inputs, report),
        );
        const replaced = await ask(
            { what: `namespace \`${namespace}\` to be read`, timeout: inputs.timeout, report },
            () => replacedIn(cluster, namespace),
        );
        const restorePoint = await bind(cluster, inputs, namespace, report);
        const action = await runOnce({
            ...{ cluster, resource: restoreActions, namespace, name: restoreName(inputs) },
            runToken: inputs.runToken,
            ...{ title: "Restore", wait: "restore", k10: k10Namespace },
            ...{ application: inputs.targetNamespace, location: inputs.location },
            surroundings: () => lookAround(cluster, namespace),
            ...{ timeout: inputs.timeout, report, ...choicesOf(inputs) },
            body: name =>
                restoreActionOf({
                    ...{ name, namespace, restorePoint, choices: inputs.choices },
                    overwrite: inputs.onConflict === "replace",
                }),
        });
        const seenTime = new Date().toISOString();
        const point = await factsOf(cluster, restorePoint, report);
        return {
            result: {
                ...{ restoreAction: times(action), seenTime },
                ...(point && { point }),
                ...(replaced && { replaced }),
            },
            restorePoint: nameOf({ metadata: restorePoint }),
        };
    },

    /**
     * The restored namespace is the user's. It goes only if the configuration says so and the stack has made it, and
     * only while it is of this very run: after another run it is that run's.
     */
    async remove(state, report) {
        if (state.restored !== "delete") {
            return;
        }
        const cluster = await Cluster.connect(state.kubeconfig);
        const own = await ownNamespace(cluster, state);
        if (own === undefined) {
            return;
        }
        const { name, made } = own;
        if (!made) {
            report(
                `namespace ${name} stays: this stack has restored over it, and not made it; \`crossing:restored\` does not mean it`,
            );
            return;
        }
        await deleteRestored(cluster, name, state.timeout, report);
    },
};

/**
 * The restore point to restore from: the one that the content is bound to, or a new one in the namespace that is
 * restored into. Whether an import binds it by itself depends on K10's version, so both are met; a restore point of
 * another namespace serves as well, and K10 need not take a second one for a content.
 */
async function bind(
    cluster: Cluster,
    inputs: RestoreInputs,
    namespace: string,
    report: (line: string) => void,
): Promise<{ name: string; namespace: string }> {
    const { restorePointContent } = inputs;
    return poll(
        {
            what: `restore point content \`${restorePointContent}\` to be bound in namespace \`${namespace}\``,
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
            const { state, restorePointRef } = content.status ?? {};
            if (state === "Bound" && restorePointRef?.name) {
                const { name, namespace: own = namespace } = restorePointRef;
                return { done: true, value: { name, namespace: own } };
            }
            await createRestorePoint(cluster, inputs, namespace);
            return { done: false, seen: state ?? "not bound" };
        },
    );
}

/** A restore point of this name may be there for another content: of another run with the same `runId`. */
async function createRestorePoint(
    cluster: Cluster,
    inputs: RestoreInputs,
    namespace: string,
): Promise<void> {
    const points = await cluster.list<RestorePoint>(restorePoints, { namespace });
    const taken = new Set(
        points
            .filter(({ spec }) => {
                const content = spec?.restorePointContentRef?.name;
                return content !== undefined && content !== inputs.restorePointContent;
            })
            .map(({ metadata }) => metadata?.name),
    );
    const own = restoreName(inputs);
    const names = [own, ...points.map((_, index) => `${own}-${index + 2}`)];
    const body = {
        apiVersion: "apps.kio.kasten.io/v1alpha1",
        kind: "RestorePoint",
        // One name more than there are points: one is free.
        metadata: { name: names.find(name => !taken.has(name)), namespace },
        ...{ spec: { restorePointContentRef: { name: inputs.restorePointContent } } },
    };
    await unless(409, cluster.create(restorePoints, body, namespace));
}
