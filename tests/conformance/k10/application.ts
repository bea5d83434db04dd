/** A small application: objects of several kinds, a volume, and a pod that writes into it once and shows what it wrote. */
import type { KubeObject } from "../kube.ts";
import type { Scratch } from "../scratch.ts";
import { namespace as namespaceOf, path } from "./objects.ts";
import { waitFor, type Side, type World } from "./world.ts";

export const parts = { settings: "settings", claim: "data", deployment: "web" } as const;

/** The container that K10's generic volume backup has in a pod. */
export const sidecar = "kanister-sidecar";

/** What it is made of apart from its claim and its Deployment. */
const simple: [plural: string, object: KubeObject][] = [
    ["configmaps", { metadata: { name: parts.settings }, data: { colour: "blue" } }],
    ["secrets", { metadata: { name: "key" }, stringData: { key: "crossing" } }],
    ["serviceaccounts", { metadata: { name: "worker" } }],
    [
        "services",
        {
            metadata: { name: "web" },
            spec: { selector: { app: parts.deployment }, ports: [{ port: 80 }] },
        },
    ],
];

/** The objects of a namespace that belong to the application, as "plural/name". */
export async function objectsIn({ kube }: Side, namespace: string): Promise<string[]> {
    const items = [
        ...simple.map(([plural, { metadata }]) => ["core", plural, metadata.name] as const),
        ["core", "persistentvolumeclaims", parts.claim] as const,
        ["workloads", "deployments", parts.deployment] as const,
    ];
    const found: string[] = [];
    for (const [group, plural, name] of items) {
        if (await kube.get(path[group](plural, namespace, name))) {
            found.push(`${plural}/${name}`);
        }
    }
    return found;
}

/** The first start writes something that no other pod would; each start prints it. */
const script =
    "[ -s /data/proof ] || head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \\n' > /data/proof; printf 'proof '; cat /data/proof; echo; exec sleep 2147483647";

export interface Shape {
    /** Annotations of the Deployment. */
    annotations?: Record<string, string>;
    /** Of its claim. @default the world's */
    storageClass?: string;
    /** Whether its pod has, beside the application, a container named as K10's generic backup sidecar. */
    sidecar?: boolean;
}

function deployment(
    { image }: World,
    { annotations = {}, sidecar: hasSidecar }: Shape,
): KubeObject {
    const labels = { app: parts.deployment };
    const volumeMounts = [{ name: "data", mountPath: "/data" }];
    const container = (name: string, command: string) => ({
        ...{ name, image, command: ["sh", "-c", command], volumeMounts },
        resources: { requests: { cpu: "10m", memory: "16Mi" } },
    });
    return {
        metadata: { name: parts.deployment, annotations },
        spec: {
            ...{ replicas: 1, selector: { matchLabels: labels }, strategy: { type: "Recreate" } },
            template: {
                metadata: { labels },
                spec: {
                    terminationGracePeriodSeconds: 0,
                    containers: [
                        container("web", script),
                        ...(hasSidecar ? [container(sidecar, "exec sleep 2147483647")] : []),
                    ],
                    volumes: [{ name: "data", persistentVolumeClaim: { claimName: parts.claim } }],
                },
            },
        },
    };
}

/** Makes it in a namespace of its own, and waits until it runs. */
export async function makeApplication(
    world: World,
    scratch: Scratch,
    name: string,
    shape: Shape = {},
): Promise<void> {
    const { kube } = world.source;
    const { storageClass = world.storageClass } = shape;
    // Registered first, so done last: when nothing uses them any more.
    laterRetire(scratch, world.source, name);
    await makeNamespace(world, world.source, scratch, name);
    for (const [plural, object] of simple) {
        await kube.create(path.core(plural, name), object);
    }
    await kube.create(path.core("persistentvolumeclaims", name), {
        metadata: { name: parts.claim },
        spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "1Gi" } },
            ...(storageClass && { storageClassName: storageClass }),
        },
    });
    await kube.create(path.workloads("deployments", name), deployment(world, shape));
    await waitFor(world, scratch, `Deployment \`${name}/web\` to be ready`, async () => {
        const found = await kube.get(path.workloads("deployments", name, parts.deployment));
        return isReady(found) ? found : undefined;
    });
}

export const isReady = (deployment: KubeObject | undefined): boolean =>
    deployment?.status?.["readyReplicas"] === 1;

/** Has everything retired in the end that K10 keeps of an application on one side. */
export function laterRetire(scratch: Scratch, { kube }: Side, application: string): void {
    scratch.later(`restore points of \`${application}\``, async () => {
        const selector = `k10.kasten.io/appNamespace=${application}`;
        for (const { metadata } of await kube.list(path.apps("restorepointcontents"), selector)) {
            await kube.remove(path.apps("restorepointcontents", undefined, metadata.name));
        }
    });
}

/** A labelled namespace that goes away with everything in it. */
export async function makeNamespace(
    world: World,
    { kube }: Side,
    scratch: Scratch,
    name: string,
): Promise<void> {
    scratch.later(`namespace \`${name}\``, async () => {
        await kube.remove(path.core("namespaces", undefined, name));
        const end = { signal: AbortSignal.timeout(world.pace.seconds * 1_000) };
        await waitFor(world, end, `namespace \`${name}\` to be gone`, async () =>
            (await kube.get(path.core("namespaces", undefined, name))) ? undefined : true,
        );
    });
    await kube.create(path.core("namespaces"), namespaceOf(name));
}

/** What the application's pod says that its volume holds. */
export async function proof({ kube }: Side, namespace: string): Promise<string> {
    const pods = await kube.list(path.core("pods", namespace), `app=${parts.deployment}`);
    const name = pods.find(pod => pod.status?.["phase"] === "Running")?.metadata.name;
    const log = `${path.core("pods", namespace, name)}/log?container=web`;
    const { body } = await kube.send("GET", log);
    return body.message ?? "";
}
