/** The images of containers: Kubernetes' own, what makes volumes, MinIO, and the stand-ins for K10 and a CSI driver. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleDriver } from "../csi/bundle.ts";
import { bundleServer } from "../k10/bundle.ts";
import { engineHost } from "../engine.ts";
import { tryRun } from "../exec.ts";
import { contentKey } from "../keys.ts";
import type { Found } from "../machine.ts";
import { cache, repository } from "../paths.ts";
import type { Step } from "../steps.ts";
import { type Kubernetes, versions } from "../versions.ts";
import { debian, rootImage } from "./debian.ts";
import { buildImage, imagesLock, imageState } from "./docker.ts";
import { program, programs } from "./go.ts";
import { type Graph, graphs, kubernetesGraph } from "./graphs.ts";

/** Images that hold one static program and nothing else. The names are those that kubeadm asks for. */
function scratch(kubernetes: Kubernetes): { image: string; from: Graph }[] {
    const own = kubernetesGraph(kubernetes);
    const version = `v${kubernetes.version}`;
    return [
        { image: `registry.k8s.io/kube-apiserver:${version}`, from: own },
        { image: `registry.k8s.io/kube-controller-manager:${version}`, from: own },
        { image: `registry.k8s.io/kube-scheduler:${version}`, from: own },
        { image: `registry.k8s.io/etcd:${kubernetes.etcd}`, from: graphs.parts },
        { image: `registry.k8s.io/coredns/coredns:${kubernetes.coredns}`, from: graphs.parts },
        { image: "crossing.lab/local-path-provisioner:lab", from: graphs.storage },
        { image: "crossing.lab/csi-provisioner:lab", from: graphs.parts },
        { image: "crossing.lab/csi-snapshotter:lab", from: graphs.parts },
        { image: "crossing.lab/csi-resizer:lab", from: graphs.parts },
        { image: "crossing.lab/snapshot-controller:lab", from: graphs.parts },
        { image: `registry.k8s.io/pause:${kubernetes.pause}`, from: graphs.tools },
        // The name that containerd's configuration in kind's base image gives it.
        { image: "registry.k8s.io/pause:3.10", from: graphs.tools },
    ];
}
const kubeProxy = ({ version }: Kubernetes) => `registry.k8s.io/kube-proxy:v${version}`;
/** The name that the storage provisioner's helper pods and the stack `lab` know the Debian root by. */
export const debianImage = "crossing.lab/debian:lab";
export const k10Image = "crossing.lab/k10-stand-in:9.0.4";
const csiDriverImage = "crossing.lab/csi-driver:lab";

/** All images that are baked into the node image. */
export const nodeImages = (kubernetes: Kubernetes) => [
    ...scratch(kubernetes).map(entry => entry.image),
    ...[kubeProxy(kubernetes), debianImage, k10Image, csiDriverImage],
];

/** A key for everything that goes into the images of the nodes. */
export async function nodeImagesKey(kubernetes: Kubernetes): Promise<string> {
    return contentKey(
        [
            await programs(kubernetesGraph(kubernetes)),
            await programs(graphs.parts),
            await programs(graphs.storage),
            await programs(graphs.tools),
            await rootImage(debian),
            process.version,
            JSON.stringify(nodeImages(kubernetes)),
        ],
        [
            ...["k10/server", "k10/bundle.ts"],
            ...["csi/driver", "csi/bundle.ts", "csi/protocols.ts"],
            "build/images.ts",
        ].map(path => join(repository, "lab", path)),
    );
}

/** The image of MinIO that a stack uses unless it is told another one, where the engine has it already. */
export async function ownMinio(): Promise<Found> {
    const image = versions.minioImage;
    const host = await engineHost();
    const env = { ...process.env, ...(host ? { DOCKER_HOST: host } : {}) };
    const inspect = ["image", "inspect", "--format", "{{.Id}}", image];
    return host !== undefined && (await tryRun("docker", inspect, { env })) !== undefined
        ? { found: image, why: `\`${image}\`` }
        : { why: `the engine does not have \`${image}\`` };
}

/** The image of MinIO that the stack `lab` uses. */
export async function minioImage(): Promise<string> {
    return (await ownMinio()).found ?? (await builtMinio());
}

async function builtMinio(): Promise<string> {
    return `crossing.lab/minio:${await contentKey([await programs(graphs.minio)])}`;
}

export function minioStep(): Step {
    return {
        name: "image of MinIO",
        seconds: 5,
        lock: imagesLock,
        state: async () => imageState(await builtMinio()),
        run: async ({ log }) =>
            buildImage({
                image: await builtMinio(),
                dockerfile: [
                    "FROM scratch",
                    "COPY minio /usr/bin/minio",
                    'ENTRYPOINT ["/usr/bin/minio"]',
                ].join("\n"),
                files: [["minio", await program(graphs.minio, "minio")]],
                log,
            }),
    };
}

/** Builds the images of the nodes. They are cheap beside the programs in them, so they have no cache of their own. */
export async function buildNodeImages(kubernetes: Kubernetes, log: string): Promise<void> {
    const root = await rootImage(debian);
    for (const { image, from } of scratch(kubernetes)) {
        const name = image.replace(/^.*\/|:.*$/g, "");
        await buildImage({
            image,
            dockerfile: [
                "FROM scratch",
                `COPY ${name} /usr/local/bin/${name}`,
                // kubeadm's manifests name programs without a path, or arguments alone.
                "ENV PATH=/usr/local/bin",
                `ENTRYPOINT ["/usr/local/bin/${name}"]`,
            ].join("\n"),
            files: [[name, await program(from, name)]],
            log,
        });
    }
    await buildImage({
        image: kubeProxy(kubernetes),
        dockerfile: `FROM ${root}\nCOPY kube-proxy /usr/local/bin/kube-proxy`,
        files: [["kube-proxy", await program(kubernetesGraph(kubernetes), "kube-proxy")]],
        log,
    });
    await buildImage({
        image: debianImage,
        dockerfile: [
            `FROM ${root}`,
            "ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ].join("\n"),
        log,
    });
    await buildNodeProgram(k10Image, "server.js", bundleServer, root, log, {
        // The stand-in for Kanister's kando, in the pods of Blueprints, is a part of the server.
        kando: '#!/bin/sh\nexec /usr/local/bin/node /server.js kando "$@"\n',
    });
    await buildNodeProgram(csiDriverImage, "driver.js", bundleDriver, root, log);
}

/** An image for a program of the lab's own. All begin with the same layers: the Debian root and Node.js. */
async function buildNodeProgram(
    image: string,
    file: string,
    bundle: (outFile: string, log: string) => Promise<void>,
    root: string,
    log: string,
    scripts: Record<string, string> = {},
): Promise<void> {
    const folder = join(cache, "bundle");
    await mkdir(folder, { recursive: true });
    try {
        await bundle(join(folder, file), log);
        for (const [name, text] of Object.entries(scripts)) {
            await writeFile(join(folder, name), text, { mode: 0o755 });
        }
        await buildImage({
            image,
            dockerfile: [
                `FROM ${root}`,
                "COPY node /usr/local/bin/node",
                `COPY ${file} /${file}`,
                ...Object.keys(scripts).map(name => `COPY ${name} /usr/local/bin/${name}`),
                `ENTRYPOINT ["/usr/local/bin/node", "/${file}"]`,
            ].join("\n"),
            files: [
                ["node", process.execPath],
                ...[file, ...Object.keys(scripts)].map((name): [string, string] => [
                    name,
                    join(folder, name),
                ]),
            ],
            log,
        });
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
