/**
 * What stands in the way of a namespace's workloads: one look at its claims, pods and events when a wait has failed.
 * Kubernetes says there what nobody passes on.
 */
import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { V1PersistentVolumeClaim } from "@kubernetes/client-node";
import type { Cluster, KubeObject } from "../kube/client";
import { within } from "../kube/clock";
import type { Surroundings } from "./index";

/** What is looked at. */
export interface Scene {
    claims: V1PersistentVolumeClaim[];
    pods: V1Pod[];
    events: CoreV1Event[];
}

/** Objects of a kind that are looked at, at most: a failure must not take long to tell. */
const most = 500;

/** Milliseconds that the look may take. */
const patience = 10_000;

/** Reasons for which a container waits that are no trouble by themselves. */
const ordinary = ["ContainerCreating", "PodInitializing"];

/** Looks once. A look that fails or takes too long has seen nothing: the failure itself must not get lost over it. */
export async function lookAround(cluster: Cluster, namespace: string): Promise<Surroundings> {
    const look = async () => {
        const scene = await sceneOf(cluster, namespace);
        const serviceAccounts = await accountsOf(cluster, namespace, refused(scene));
        return {
            lines: troubles(scene),
            ...(serviceAccounts.length > 0 && { serviceAccounts }),
        };
    };
    const seen = await within(patience, look(), () => new Error("too long")).catch(() => undefined);
    return { namespace, lines: [], ...seen };
}

/** Where the kinds are served whose pods may be refused. */
const groups: Record<string, string> = {
    ...{ ReplicaSet: "apps", StatefulSet: "apps", DaemonSet: "apps", Job: "batch" },
};

interface Workload extends KubeObject {
    spec?: { template?: { spec?: { serviceAccountName?: string } } };
}

/** The ServiceAccounts that the pods of workloads run as, for nobody says them of pods that are not made. */
async function accountsOf(
    cluster: Cluster,
    namespace: string,
    workloads: { kind?: string; name?: string }[],
): Promise<string[]> {
    const accounts = workloads.slice(0, 10).map(async ({ kind = "", name = "" }) => {
        const group = groups[kind];
        const resource = { group: group ?? "", version: "v1", plural: `${kind.toLowerCase()}s` };
        const found = group && (await cluster.get<Workload>(resource, name, namespace));
        return found ? [found.spec?.template?.spec?.serviceAccountName ?? "default"] : [];
    });
    return [...new Set((await Promise.all(accounts)).flat())].sort();
}

async function sceneOf({ core }: Cluster, namespace: string): Promise<Scene> {
    const what = { namespace, limit: most };
    const [claims, pods, events] = await Promise.all([
        core.listNamespacedPersistentVolumeClaim(what),
        core.listNamespacedPod(what),
        core.listNamespacedEvent(what),
    ]);
    return { claims: claims.items, pods: pods.items, events: events.items };
}

/**
 * One line for each trouble, what causes others first: volumes, pods that are refused, pods that do not start, pods
 * that end again. What several pods have in common is said once.
 */
export function troubles({ claims, pods, events }: Scene): string[] {
    const warnings = events.filter(event => event.type === "Warning").sort(byTime);
    const lastAbout = (kind: string, name: string | undefined) =>
        warnings.findLast(({ involvedObject: about }) => about.kind === kind && about.name === name)
            ?.message;
    const found = [
        ...claims
            .filter(claim => claim.status?.phase === "Pending")
            .map(({ metadata }) =>
                line("PVC", metadata?.name, lastAbout("PersistentVolumeClaim", metadata?.name)),
            ),
        ...refusals(warnings, pods),
        ...pods
            .filter(isInTrouble)
            .flatMap(pod => {
                const { name } = pod.metadata ?? {};
                const own = ofContainers(pod);
                const why = own.length > 0 ? own : [notScheduled(pod) ?? lastAbout("Pod", name)];
                return why.map(text => line("Pod", name, text));
            })
            .sort((a, b) => rank(a) - rank(b)),
    ];
    const seen = new Set<string>();
    return found.flatMap(each => {
        if (!each || seen.has(each.text)) {
            return [];
        }
        seen.add(each.text);
        return [`${each.who}: ${each.text}`];
    });
}

interface Line {
    who: string;
    text: string;
}

function line(kind: string, name: string | undefined, text: string | undefined): Line | undefined {
    const said = text?.replace(/\s+/g, " ").trim();
    return said ? { who: `${kind} ${name}`, text: said } : undefined;
}

/** What could not make its pods. */
const refused = ({ events, pods }: Scene) =>
    refusalsOf(
        events.filter(event => event.type === "Warning"),
        pods,
    ).map(({ involvedObject: { kind, name } }) => ({ kind, name }));

const refusals = (warnings: CoreV1Event[], pods: V1Pod[]): (Line | undefined)[] =>
    refusalsOf(warnings, pods).map(({ involvedObject: { kind, name }, message }) =>
        line(kind ?? "", name, message),
    );

/** Pods that could not even be made. What has pods by now was refused earlier only. */
function refusalsOf(warnings: CoreV1Event[], pods: V1Pod[]): CoreV1Event[] {
    const latest = new Map<string, CoreV1Event>();
    for (const event of warnings.filter(each => each.reason === "FailedCreate")) {
        const { kind, name } = event.involvedObject;
        latest.set(`${kind} ${name}`, event);
    }
    return [...latest.values()].filter(
        ({ involvedObject: { name } }) =>
            !pods.some(pod => pod.metadata?.name?.startsWith(`${name}-`)),
    );
}

function isInTrouble({ metadata, status }: V1Pod): boolean {
    const ready = status?.conditions?.some(each => each.type === "Ready" && each.status === "True");
    return !ready && status?.phase !== "Succeeded" && !metadata?.deletionTimestamp;
}

function ofContainers({ status }: V1Pod): string[] {
    const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    return all.flatMap(container => {
        const { waiting, terminated } = container.state ?? {};
        if (waiting?.reason && !ordinary.includes(waiting.reason)) {
            const message = waiting.message ? `: ${waiting.message}` : "";
            return [`${waiting.reason}${howItEnded(container)}${message}`];
        }
        return terminated && terminated.exitCode !== 0
            ? [`${terminated.reason ?? "Error"}, exit code ${terminated.exitCode}`]
            : [];
    });
}

/** How the container before this one ended. */
function howItEnded({ lastState }: V1ContainerStatus): string {
    const { reason, exitCode } = lastState?.terminated ?? {};
    if (exitCode === undefined) {
        return "";
    }
    return reason === "OOMKilled" ? ", OOMKilled" : `, exit code ${exitCode}`;
}

const notScheduled = ({ status }: V1Pod): string | undefined =>
    status?.conditions?.find(each => each.type === "PodScheduled" && each.status === "False")
        ?.message;

/** A pod that ends again may only wait for one that does not start. */
const rank = (each: Line | undefined): number =>
    /CrashLoopBackOff|exit code/.test(each?.text ?? "") ? 1 : 0;

const timeOf = ({ lastTimestamp, eventTime, metadata }: CoreV1Event): number =>
    new Date(lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? 0).getTime();
const byTime = (a: CoreV1Event, b: CoreV1Event): number => timeOf(a) - timeOf(b);
