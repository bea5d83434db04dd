/** The images of containers: Kubernetes' own, the storage provisioner, MinIO, and the K10 stand-in. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bundleServer } from "../k10/bundle.ts";
import { contentKey } from "../keys.ts";
import { cache, repository } from "../paths.ts";
import type { Step } from "../steps.ts";
import { versions } from "../versions.ts";
import { debian, rootImage } from "./debian.ts";
import { buildImage, imageExists } from "./docker.ts";
import { graphs, program, programs } from "./go.ts";

const kubernetes = `v${versions.kubernetes}`;

/** Images that hold one static program and nothing else. The names are those that kubeadm asks for. */
const scratch = [
    { image: `registry.k8s.io/kube-apiserver:${kubernetes}`, from: graphs.kubernetes },
    { image: `registry.k8s.io/kube-controller-manager:${kubernetes}`, from: graphs.kubernetes },
    { image: `registry.k8s.io/kube-scheduler:${kubernetes}`, from: graphs.kubernetes },
    { image: "registry.k8s.io/etcd:3.6.8-0", from: graphs.kubernetes },
    { image: "registry.k8s.io/coredns/coredns:v1.14.2", from: graphs.kubernetes },
    { image: "crossing.lab/local-path-provisioner:lab", from: graphs.storage },
    { image: "registry.k8s.io/pause:3.10.2", from: graphs.tools },
    // The name that containerd's configuration in kind's base image gives it.
    { image: "registry.k8s.io/pause:3.10", from: graphs.tools },
];
const kubeProxy = `registry.k8s.io/kube-proxy:${kubernetes}`;
/** The name that the storage provisioner's helper pods and the stack `lab` know the Debian root by. */
export const debianImage = "crossing.lab/debian:lab";
export const k10Image = "crossing.lab/k10-stand-in:9.0.4";

/** All images that are baked into the node image. */
export const nodeImages = [...scratch.map(entry => entry.image), kubeProxy, debianImage, k10Image];

/** A key for everything that goes into the images of the nodes. */
export async function nodeImagesKey(): Promise<string> {
    return contentKey(
        [
            await programs(graphs.kubernetes),
            await programs(graphs.storage),
            await programs(graphs.tools),
            await rootImage(debian),
            process.version,
            JSON.stringify(nodeImages),
        ],
        ["k10/server", "k10/bundle.ts", "build/images.ts"].map(path =>
            join(repository, "lab", path),
        ),
    );
}

export async function minioImage(): Promise<string> {
    return `crossing.lab/minio:${await contentKey([await programs(graphs.minio)])}`;
}

export function minioStep(): Step {
    return {
        name: "image of MinIO",
        seconds: 5,
        done: async () => imageExists(await minioImage()),
        run: async ({ log }) =>
            buildImage({
                image: await minioImage(),
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
export async function buildNodeImages(log: string): Promise<void> {
    const root = await rootImage(debian);
    for (const { image, from } of scratch) {
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
        image: kubeProxy,
        dockerfile: `FROM ${root}\nCOPY kube-proxy /usr/local/bin/kube-proxy`,
        files: [["kube-proxy", await program(graphs.kubernetes, "kube-proxy")]],
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
    await buildK10Image(root, log);
}

async function buildK10Image(root: string, log: string): Promise<void> {
    const folder = join(cache, `k10-${process.pid}`);
    await mkdir(folder, { recursive: true });
    try {
        await bundleServer(join(folder, "server.js"));
        await buildImage({
            image: k10Image,
            dockerfile: [
                `FROM ${root}`,
                "COPY node /usr/local/bin/node",
                "COPY server.js /server.js",
                'ENTRYPOINT ["/usr/local/bin/node", "/server.js"]',
            ].join("\n"),
            files: [
                ["node", process.execPath],
                ["server.js", join(folder, "server.js")],
            ],
            log,
        });
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
