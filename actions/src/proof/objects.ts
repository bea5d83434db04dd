/**
 * The objects of a namespace: what an application without a known database is judged by. They are only read.
 * What OpenShift and Kubernetes put into every namespace does not count, nor what other objects own.
 */
import type {
    V1ConfigMap,
    V1PersistentVolumeClaim,
    V1Secret,
    V1Service,
} from "@kubernetes/client-node";
import { createHash } from "node:crypto";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { k10Namespace } from "../k10/api";
import type { Cluster, KubeObject } from "../kube/client";
import { UserError } from "../kube/errors";
import { ask, poll } from "../kube/poll";
import type { Check } from "./verification";

/** An object, and what of it has to be the same after the restore. Nothing of a Secret but its type and keys. */
export interface ObservedObject {
    /** `Deployment web` */
    name: string;
    /** SHA-256 of its content, or its content in words. Empty where its being there is all. */
    content: string;
    /** Whether it does what it is for: a workload has its pods ready, a claim its volume. Always so for the others. */
    ready: boolean;
    /** By which filters may mean it. Absent where it has none. */
    labels?: Record<string, string>;
    /** Whether the filters of the backup leave it out. */
    leftOut?: true;
}

interface Listed {
    metadata?: {
        name?: string;
        labels?: Record<string, string>;
        ownerReferences?: unknown[];
    };
}

interface Workload extends Listed {
    spec?: { replicas?: number };
    status?: { readyReplicas?: number; desiredNumberScheduled?: number; numberReady?: number };
}

type Facts = Pick<ObservedObject, "content" | "ready">;
const there: Facts = { content: "", ready: true };
const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");
const sorted = (map: Record<string, unknown> = {}) => Object.entries(map).sort();

const ofConfigMap = ({ data, binaryData }: V1ConfigMap): Facts => ({
    ...there,
    content: digest([sorted(data), sorted(binaryData)]),
});
const ofSecret = ({ type, data = {} }: V1Secret): Facts => ({
    ...there,
    content: `${type}: ${Object.keys(data).sort().join(", ")}`,
});
const ofService = ({ spec }: V1Service): Facts => ({
    ...there,
    content: (spec?.ports ?? [])
        .map(({ port, protocol = "TCP" }) => `${port}/${protocol}`)
        .sort()
        .join(", "),
});
/** A restored claim may be larger than it was, and of another class. */
const ofClaim = ({ status }: V1PersistentVolumeClaim): Facts => ({
    ...there,
    ready: status?.phase === "Bound",
});
const ofReplicated = ({ spec, status }: Workload): Facts => ({
    ...there,
    ready: (status?.readyReplicas ?? 0) >= (spec?.replicas ?? 1),
});
const ofDaemonSet = ({ status }: Workload): Facts => ({
    ...there,
    ready: (status?.numberReady ?? 0) >= (status?.desiredNumberScheduled ?? 0),
});

/** Kinds outside of the core group: all that K10 restores of an ordinary application. */
const grouped: [kind: string, group: string, plural: string, facts: (object: Workload) => Facts][] =
    [
        ["Deployment", "apps", "deployments", ofReplicated],
        ["StatefulSet", "apps", "statefulsets", ofReplicated],
        ["DaemonSet", "apps", "daemonsets", ofDaemonSet],
        ["CronJob", "batch", "cronjobs", () => there],
        ["Ingress", "networking.k8s.io", "ingresses", () => there],
        ["NetworkPolicy", "networking.k8s.io", "networkpolicies", () => there],
        ["Role", "rbac.authorization.k8s.io", "roles", () => there],
        ["RoleBinding", "rbac.authorization.k8s.io", "rolebindings", () => there],
        ["HorizontalPodAutoscaler", "autoscaling", "horizontalpodautoscalers", () => there],
        ["PodDisruptionBudget", "policy", "poddisruptionbudgets", () => there],
    ];
const versions: Record<string, string> = { autoscaling: "v2" };

/** What a restore of data alone touches: volumes, and what has to stand still meanwhile. */
export const volumeKinds: ReadonlySet<string> = new Set([
    ...["PersistentVolumeClaim", "Deployment", "StatefulSet", "DaemonSet"],
]);

/** `Deployment` of `Deployment web`. */
export const kindOf = ({ name }: ObservedObject): string => name.slice(0, name.indexOf(" "));

/** What filters and transforms call the kind of an object. */
export function resourceOf(object: ObservedObject) {
    const kind = kindOf(object);
    const [, group = "", plural = `${kind.toLowerCase()}s`] =
        grouped.find(([each]) => each === kind) ?? [];
    return { group, version: versions[group] ?? "v1", resource: plural };
}

/** What every namespace is given by Kubernetes or OpenShift, which K10 leaves to the target. */
const given = new Set([
    ...["ConfigMap kube-root-ca.crt", "ConfigMap openshift-service-ca.crt"],
    ...["default", "builder", "deployer", "pipeline"].map(name => `ServiceAccount ${name}`),
    ...["system:deployers", "system:image-builders", "system:image-pullers"].map(
        name => `RoleBinding ${name}`,
    ),
]);
const givenSecrets = /^kubernetes\.io\/(service-account-token|dockercfg)$/;

/** All objects of a namespace that count, sorted by name. */
export async function listObjects(cluster: Cluster, namespace: string): Promise<ObservedObject[]> {
    const { core } = cluster;
    const one = async <T extends Listed>(
        kind: string,
        items: Promise<{ items: T[] }>,
        facts: (object: T) => Facts,
    ) =>
        (await cluster.request(items)).items
            .filter(({ metadata }) => !metadata?.ownerReferences?.length)
            .map(object => {
                const { name, labels = {} } = object.metadata ?? {};
                return {
                    ...{ name: `${kind} ${name}`, ...facts(object) },
                    ...(Object.keys(labels).length > 0 && { labels }),
                };
            });
    const lists = await Promise.all([
        one("ConfigMap", core.listNamespacedConfigMap({ namespace }), ofConfigMap),
        one("Secret", secrets(core.listNamespacedSecret({ namespace })), ofSecret),
        one("Service", core.listNamespacedService({ namespace }), ofService),
        one(
            "PersistentVolumeClaim",
            core.listNamespacedPersistentVolumeClaim({ namespace }),
            ofClaim,
        ),
        one("ServiceAccount", core.listNamespacedServiceAccount({ namespace }), () => there),
        ...grouped.map(([kind, group, plural, facts]) => {
            const resource = { group, version: versions[group] ?? "v1", plural };
            const items = cluster.list<Workload & KubeObject>(resource, { namespace });
            return one(
                kind,
                items.then(found => ({ items: found })),
                facts,
            );
        }),
    ]);
    return lists
        .flat()
        .filter(({ name }) => !given.has(name))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const secrets = async (answer: Promise<{ items: V1Secret[] }>) => ({
    items: (await answer).items.filter(({ type = "" }) => !givenSecrets.test(type)),
});

/**
 * The objects of a namespace.
 * @param expected what has to be there and ready: it is waited for, and what is missing at the end is told by the comparison
 * @throws UserError where the namespace or everything in it is missing, and nothing is expected
 */
export async function observeObjects(
    cluster: Cluster,
    { namespace, timeout }: { namespace: string; timeout: number },
    report: (line: string) => void,
    expected?: ObservedObject[],
): Promise<ObservedObject[]> {
    if (!expected) {
        const found = await ask(
            { what: `the objects of namespace \`${namespace}\``, timeout, report },
            () => listObjects(cluster, namespace),
        );
        if (found.length === 0) {
            throw new UserError(
                `Namespace \`${namespace}\` on the source does not exist or is empty: correct \`crossing:applications\`.`,
            );
        }
        return found;
    }
    const deadline = Date.now() + timeout * 1_000;
    return poll(
        {
            what: `the objects of namespace \`${namespace}\` to be there and ready`,
            // The last look is ours: what is missing is a result, not a time-out.
            timeout: timeout + 60,
            report,
            hint: async seen =>
                hint(
                    {
                        ...{ wait: "application", messages: [seen] },
                        surroundings: await lookAround(cluster, namespace),
                        names: { k10: k10Namespace, namespace },
                        then: "run `pulumi up` again",
                    },
                    `Details: kubectl -n ${namespace} get all,pvc,events`,
                ),
        },
        async () => {
            const found = await listObjects(cluster, namespace);
            const failed = compareObjects(expected, found).filter(check => !check.passed);
            // What is ready may become so; what has another content will not.
            const hopeful = failed.filter(({ actual }) => /^(missing|not ready)$/.test(actual));
            return hopeful.length === 0 || Date.now() >= deadline
                ? { done: true, value: found }
                : { done: false, seen: `${hopeful.length} are missing or not ready` };
        },
    );
}

/** A check for each object of the baseline. What the target has beside them is no failure: clusters add their own. */
export function compareObjects(expected: ObservedObject[], actual: ObservedObject[]): Check[] {
    const checks = expected.map(want => {
        const got = actual.find(({ name }) => name === want.name);
        const wanted = describe(want, want);
        const found = got ? describe(got, want) : "missing";
        return { name: want.name, passed: wanted === found, expected: wanted, actual: found };
    });
    // Nothing compared with nothing would be equal.
    const none = { name: "objects of the baseline", expected: "some", actual: "none" };
    return checks.length > 0 ? checks : [{ ...none, passed: false }];
}

/** In place of a content that is not compared. */
export const anyContent = "any";

/** In words. What was not ready on the source need not be on the target. */
function describe({ content, ready }: ObservedObject, want: ObservedObject): string {
    if (want.ready && !ready) {
        return "not ready";
    }
    return content === "" || want.content === anyContent ? "there" : content;
}
