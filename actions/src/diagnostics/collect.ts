/** Reads out of one cluster what explains a failure. Nothing is changed, and no object of kind Secret is kept. */
import type { V1Pod } from "@kubernetes/client-node";
import { k10Namespace, policies } from "../k10/api";
import type { Cluster, KubeObject, Resource } from "../kube/client";
import { Bundle, fileName } from "./bundle";
import { masker } from "./mask";
import { actions, clusterWide, eventLines, isOurs, namespaced, podShown, shown } from "./resources";

export interface Collection {
    cluster: Cluster;
    /** Beside K10's namespace and those of its actions, which are found. */
    namespaces: readonly string[];
    /** Further texts that must not appear. */
    secrets: readonly string[];
}

/** Objects of a kind, lines of a log, and logs: at most so many, the newest. */
const most = { objects: 200, details: 20, lines: 300, logBytes: 200_000, logs: 60 };

const unsafe = "there are secrets that could not be read, and so could not be hidden";

/** Fills a bundle. What cannot be read is said in it; the rest is there all the same. */
export async function collect({ cluster, namespaces, secrets }: Collection): Promise<Bundle> {
    const problems: string[] = [];
    const attempt = async <T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> => {
        try {
            return await work();
        } catch (error) {
            problems.push(`${what}: ${(error as Error).message}`);
            return otherwise;
        }
    };
    const list = (resource: Resource, namespace?: string) => {
        const where = namespace === undefined ? "" : ` of namespace ${namespace}`;
        return attempt(`${resource.plural}${where}`, [], async () => {
            const items = await cluster.list(
                resource,
                namespace === undefined ? {} : { namespace },
            );
            return items
                .filter(each => isOurs(resource, each))
                .sort(byAge)
                .slice(-most.objects);
        });
    };

    const runs = new Map<Resource, KubeObject[]>();
    for (const resource of actions) {
        runs.set(resource, await list(resource));
    }
    const places = new Set([
        ...[k10Namespace, ...namespaces],
        ...[...runs.values()].flat().flatMap(({ metadata }) => metadata?.namespace ?? []),
    ]);
    const all = [...places].sort();

    // First of all what has to be hidden. Without it, no free text of that namespace is safe.
    const found: string[] = [];
    const unknown = new Set<string>();
    for (const namespace of all) {
        const values = await attempt(`secrets of namespace ${namespace}`, undefined, () =>
            secretsOf(cluster, namespace),
        );
        found.push(...(values ?? []));
        if (!values) {
            unknown.add(namespace);
        }
    }
    found.push(...receiveStrings([...(await list(policies)), ...[...runs.values()].flat()]));
    const bundle = new Bundle(masker([...secrets, ...cluster.secrets, ...found], all));

    await versions(cluster, bundle, attempt);
    for (const [folder, resources] of Object.entries(clusterWide)) {
        for (const resource of resources) {
            bundle.json(`${folder}/${resource.plural}.json`, (await list(resource)).map(shown));
        }
    }
    for (const [resource, objects] of runs) {
        const detailed = objects.slice(-most.details);
        const kept: object[] = objects.slice(0, objects.length - detailed.length).map(shown);
        for (const object of detailed) {
            const { name = "", namespace } = object.metadata ?? {};
            const details = await attempt(`details of ${resource.plural} ${name}`, undefined, () =>
                cluster.get(resource, `${name}/details`, namespace),
            );
            kept.push(shown(details ?? object));
        }
        bundle.json(`k10/${resource.plural}.json`, kept);
    }
    for (const namespace of all) {
        const folder = `namespaces/${fileName(namespace)}`;
        const pods = await attempt(`pods of namespace ${namespace}`, [], async () => {
            const { items } = await cluster.request(
                cluster.core.listNamespacedPod({ namespace, limit: most.objects }),
            );
            return items.sort(byName);
        });
        bundle.json(`${folder}/pods.json`, pods.map(podShown));
        const claims = await attempt(`claims of namespace ${namespace}`, [], async () => {
            const what = { namespace, limit: most.objects };
            const answer = cluster.core.listNamespacedPersistentVolumeClaim(what);
            return (await cluster.request(answer)).items.sort(byName);
        });
        bundle.json(
            `${folder}/persistentvolumeclaims.json`,
            claims.map(each => shown(each as KubeObject)),
        );
        for (const resource of namespaced) {
            const objects = await list(resource, namespace);
            bundle.json(`${folder}/${resource.plural}.json`, objects.map(shown));
        }
        if (unknown.has(namespace)) {
            problems.push(`events of namespace ${namespace}: left out, for ${unsafe}`);
            continue;
        }
        const events = await attempt(`events of namespace ${namespace}`, [], async () => {
            const answer = cluster.core.listNamespacedEvent({ namespace, limit: 1_000 });
            return (await cluster.request(answer)).items;
        });
        bundle.text(`${folder}/events.txt`, eventLines(events));
        if (namespace === k10Namespace && unknown.size === 0) {
            await logs(cluster, bundle, pods, attempt);
        }
    }
    if (unknown.size > 0) {
        problems.push(`K10's logs: left out, for ${unsafe}`);
    }
    bundle.text("problems.txt", problems.map(line => `${line}\n`).join(""));
    return bundle;
}

type Attempt = <T>(what: string, otherwise: T, work: () => Promise<T>) => Promise<T>;

async function versions(cluster: Cluster, bundle: Bundle, attempt: Attempt): Promise<void> {
    const kubernetes = await attempt("version", "unknown", () => cluster.version());
    const nodes = await attempt("nodes", [], async () => {
        const { items } = await cluster.request(cluster.core.listNode());
        return items.sort(byName).map(({ metadata, spec, status }) => ({
            ...{ name: metadata?.name, unschedulable: spec?.unschedulable, taints: spec?.taints },
            ...{ allocatable: status?.allocatable, conditions: status?.conditions },
            info: status?.nodeInfo,
        }));
    });
    bundle.json("versions.json", { server: cluster.server, kubernetes, nodes });
}

/** The last lines of all containers of K10's pods. */
async function logs(cluster: Cluster, bundle: Bundle, pods: V1Pod[], attempt: Attempt) {
    const containers = pods.flatMap(({ metadata, spec }) =>
        [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(
            ({ name }) => [metadata?.name ?? "", name] as const,
        ),
    );
    for (const [pod, container] of containers.slice(0, most.logs)) {
        const text = await attempt(`log of ${pod}/${container}`, undefined, () =>
            cluster.request(
                cluster.core.readNamespacedPodLog({
                    ...{ namespace: k10Namespace, name: pod, container },
                    ...{ tailLines: most.lines, limitBytes: most.logBytes, timestamps: true },
                }),
            ),
        );
        if (text !== undefined) {
            bundle.text(`logs/${fileName(pod)}/${fileName(container)}.log`, text);
        }
    }
}

/** Values of all Secrets of a namespace, in clear. Releases of Helm are compressed: nothing of them is found as it is. */
async function secretsOf(cluster: Cluster, namespace: string): Promise<string[]> {
    const { items } = await cluster.request(cluster.core.listNamespacedSecret({ namespace }));
    return items
        .filter(({ type }) => type !== "helm.sh/release.v1")
        .flatMap(({ data }) => Object.values(data ?? {}))
        .map(value => Buffer.from(value, "base64").toString());
}

/** Every `receiveString`, however deep: with it and the bucket anybody can read the backup. */
function receiveStrings(value: unknown): string[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, each]) =>
        key === "receiveString" && typeof each === "string" ? [each] : receiveStrings(each),
    );
}

const byName = (a: KubeObjectLike, b: KubeObjectLike): number =>
    (a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1;

interface KubeObjectLike {
    metadata?: { name?: string };
}

/** The oldest first; of the same age by name, so that the same cluster gives the same text. */
const byAge = (a: KubeObject, b: KubeObject): number => {
    const [x, y] = [a, b].map(
        ({ metadata }) => `${metadata?.creationTimestamp} ${metadata?.namespace}/${metadata?.name}`,
    );
    return (x ?? "") < (y ?? "") ? -1 : 1;
};
