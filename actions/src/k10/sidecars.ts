/**
 * Every claim of an application is covered before it is backed up: by K10's sidecar where that is for its workload, or by a
 * snapshot. What is not the stack's own is only looked at.
 */
import type { ClusterInputs, Definition } from "../action";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { Cluster, Resource } from "../kube/client";
import { ApiError, UserError } from "../kube/errors";
import type { Labels } from "../kube/labels";
import { NotYet, poll } from "../kube/poll";
import { SnapshotClass, snapshotClasses, StorageClass, storageClasses } from "../snapshot/api";
import { k10Namespace } from "./api";
import { Scene, whoIs, WorkloadObject } from "./claim-users";
import { DataMode, Gap, isSelected, judge, Selectors, Verdict, whyUnselected } from "./data-modes";
import { askWebhook, workloadResources } from "./sidecar-webhook";

export interface SidecarsInputs extends ClusterInputs {
    clusterUid: string;
    namespace: string;
    /** Each run is looked at again. */
    runId: string;
    /** What K10's selectors ask for. @default every namespace, and every workload */
    namespaceLabels?: Labels;
    workloadLabels?: Labels;
    /** Whether the stack made the application: then what has no sidecar yet is restarted. */
    sample: boolean;
    /** Whether the policy leaves something out: then a claim that cannot be backed up may be meant to be. @default false */
    filtered?: boolean;
    /** Seconds until the wait fails. */
    timeout: number;
}

export interface SidecarsOutputs {
    dataModes: DataMode[];
}

export const sidecars: Definition<SidecarsInputs, SidecarsOutputs> = {
    title: "sidecars",
    replaceOn: ["clusterUid", "namespace"],
    outputs: ["dataModes"],
    id: ({ namespace }) => `${namespace}/sidecars`,
    places: ({ namespace }) => [namespace],
    // What was covered in an earlier run need not be now.
    serves: () => false,

    async run(inputs, report) {
        const { namespace, timeout } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const classes = await classesOf(cluster);
        const selectors: Selectors = inputs;
        const restarted = new Set<string>();
        const warned = new Set<string>();
        let scene: Scene | undefined;
        let gaps: Gap[] = [];
        const verdict = await poll<Verdict>(
            {
                what: `K10's sidecar or a snapshot for each claim of namespace \`${namespace}\``,
                timeout,
                report,
                hint: seen => whyNot(cluster, inputs, { scene, gap: gaps[0], seen }),
            },
            async () => {
                scene = { ...classes, ...(await sceneOf(cluster, namespace)) };
                const found = judge(scene, selectors);
                for (const text of found.warnings.filter(each => !warned.has(each))) {
                    warned.add(text);
                    report(`warning: ${text}`);
                }
                gaps = found.gaps.filter(each => !(inputs.filtered && each.isOpen));
                if (gaps.length === 0) {
                    return { done: true, value: found };
                }
                if (inputs.sample) {
                    await restart(cluster, gaps, { scene, selectors, restarted, report });
                }
                return notYet(gaps);
            },
        );
        for (const { workload, claims, mode, reason } of verdict.modes) {
            report(`${claims.join(", ")} of ${workload ?? "nobody"}: ${mode} (${reason})`);
        }
        return { dataModes: verdict.modes };
    },
};

const notYet = (gaps: Gap[]): NotYet => ({
    done: false,
    seen: gaps.map(({ owner, text }) => `${whoIs(owner)} ${text}`).join("; "),
});

/** Classes do not change while a sidecar is waited for. A cluster without the snapshot API has no classes of it. */
async function classesOf(cluster: Cluster) {
    const found = await cluster.list<SnapshotClass>(snapshotClasses).catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 404) {
            return [];
        }
        throw error;
    });
    return {
        snapshotClasses: found,
        storageClasses: await cluster.list<StorageClass>(storageClasses),
    };
}

async function sceneOf(cluster: Cluster, name: string) {
    const namespace = await cluster.namespace(name);
    if (!namespace) {
        throw new UserError(
            `Namespace \`${name}\` on the source does not exist: correct \`crossing:applications\`.`,
        );
    }
    const kinds = Object.entries(workloadResources);
    const [pods, claims, ...lists] = await Promise.all([
        cluster.request(cluster.core.listNamespacedPod({ namespace: name })),
        cluster.request(cluster.core.listNamespacedPersistentVolumeClaim({ namespace: name })),
        ...kinds.map(([, resource]) => cluster.list<WorkloadObject>(resource, { namespace: name })),
    ]);
    return {
        namespace: { name, labels: namespace.metadata?.labels ?? {} },
        workloads: kinds.flatMap(([kind], i) => (lists[i] ?? []).map(object => ({ kind, object }))),
        ...{ pods: pods.items, claims: claims.items },
    };
}

interface Restarting {
    scene: Scene;
    selectors: Selectors;
    /** Those that have been restarted once: a second time would change nothing. */
    restarted: Set<string>;
    report: (line: string) => void;
}

/** Changes what was made before K10's webhook, as `kubectl rollout restart` does: the webhook is asked then. */
async function restart(
    cluster: Cluster,
    gaps: Gap[],
    { scene, selectors, restarted, report }: Restarting,
): Promise<void> {
    for (const { owner, why } of gaps) {
        const resource: Resource | undefined = workloadResources[owner.kind];
        const isOurs = resource && why === "absent" && isSelected(owner, scene, selectors);
        if (isOurs && !restarted.has(whoIs(owner))) {
            restarted.add(whoIs(owner));
            report(`restarting ${whoIs(owner)}, which has no sidecar`);
            const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
            const body = { spec: { template: { metadata: { annotations } } } };
            await cluster.patch(resource, owner.name, body, scene.namespace.name);
        }
    }
}

/** What the first gap comes from, and what to do. */
async function whyNot(
    cluster: Cluster,
    inputs: SidecarsInputs,
    { scene, gap, seen }: { scene?: Scene; gap?: Gap; seen: string },
): Promise<string> {
    const { namespace } = inputs;
    const found = scene && gap ? await diagnose(cluster, inputs, scene, gap) : "";
    const workload = gap && `${gap.owner.kind.toLowerCase()}/${gap.owner.name}`;
    const advice = hint(
        {
            ...{ wait: "sidecar", messages: [found || seen] },
            ...(gap?.why === "pods" && { surroundings: await lookAround(cluster, namespace) }),
            names: { k10: k10Namespace, namespace, ...(workload && { workload }) },
            then: "run `pulumi up` again",
        },
        `Put that right and run \`pulumi up\` again. Details: kubectl -n ${namespace} get ${workload ?? "pods"} -o yaml`,
    );
    return `${found} ${advice}`.trim();
}

async function diagnose(
    cluster: Cluster,
    { namespace, ...selectors }: SidecarsInputs,
    scene: Scene,
    { owner, why }: Gap,
): Promise<string> {
    if (why !== "absent") {
        return "";
    }
    if (!isSelected(owner, scene, selectors)) {
        return `K10's selectors do not mean ${whoIs(owner)}: ${whyUnselected(owner, scene, selectors)}.`;
    }
    return askWebhook(cluster, k10Namespace, namespace, owner).catch(
        (error: unknown) => `K10's webhook could not be looked at: ${(error as Error).message}.`,
    );
}
