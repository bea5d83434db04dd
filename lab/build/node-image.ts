/** The kind node image, with every image that the crossing needs baked in: clusters pull nothing. */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { contentKey } from "../keys.ts";
import { run, tryRun } from "../exec.ts";
import { prefix, repository } from "../paths.ts";
import type { Step } from "../steps.ts";
import type { Kubernetes } from "../versions.ts";
import { nodeRoot, rootImage } from "./debian.ts";
import { buildImage, imageLabel, imagesLock, imageState, pipe } from "./docker.ts";
import { moduleFolder, program, programs } from "./go.ts";
import { kubernetesGraph } from "./graphs.ts";
import { buildNodeImages, nodeImages, nodeImagesKey } from "./images.ts";
import { readFile } from "node:fs/promises";

const folder = join(repository, "lab", "images", "node");
/** kind applies this one file to a new cluster for its storage classes. */
const storage = "files/kind/manifests/default-storage.yaml";
const csiManifest = join(repository, "lab", "csi", "manifests", "csi-driver.yaml");

/** Asked for once: whoever edits a file meanwhile must not get a stack with another image than was built. */
const images = new Map<Kubernetes, Promise<string>>();

export function nodeImage(kubernetes: Kubernetes): Promise<string> {
    const image = images.get(kubernetes) ?? computeNodeImage(kubernetes);
    images.set(kubernetes, image);
    return image;
}

async function computeNodeImage(kubernetes: Kubernetes): Promise<string> {
    const own = await programs(kubernetesGraph(kubernetes));
    const key = await contentKey(
        [await rootImage(nodeRoot), own, await nodeImagesKey(kubernetes)],
        [folder, csiManifest, join(repository, "lab", "build", "node-image.ts")],
    );
    return `crossing.lab/node:v${kubernetes.version}-${key}`;
}

export function nodeImageStep(kubernetes: Kubernetes): Step {
    return {
        name: `node image of Kubernetes v${kubernetes.version} with all images of the crossing`,
        seconds: 90,
        lock: imagesLock,
        state: async () => imageState(await nodeImage(kubernetes)),
        run: async ({ log, progress }) => {
            const image = await nodeImage(kubernetes);
            await buildNodeImages(kubernetes, log);
            progress(0.4);
            const base = `${image}-base`;
            await buildBase(kubernetes, base, log);
            progress(0.6);
            await bakeImages(kubernetes, base, image, log);
            await run("docker", ["image", "rm", base], { log });
        },
    };
}

async function buildBase(kubernetes: Kubernetes, image: string, log: string): Promise<void> {
    const kind = await moduleFolder("sigs.k8s.io/kind", log);
    const own = kubernetesGraph(kubernetes);
    const binaries = await Promise.all(
        ["kubelet", "kubeadm", "kubectl"].map(async (name): Promise<[string, string]> => [
            `bin/${name}`,
            await program(own, name),
        ]),
    );
    await buildImage({
        image,
        dockerfile: await readFile(join(folder, "Dockerfile"), "utf8"),
        files: [
            ["kind", join(kind, "images/base/files")],
            ["files", join(folder, "files")],
            ...binaries,
        ],
        texts: {
            "files/kind/version": `v${kubernetes.version}`,
            [storage]: await storageManifest(),
        },
        args: { ROOT: await rootImage(nodeRoot) },
        log,
    });
}

/** The default class, which is of the CSI driver stand-in, and beside it the local-path provisioner's. */
export async function storageManifest(): Promise<string> {
    const manifests = [csiManifest, join(folder, storage)].map(path => readFile(path, "utf8"));
    return (await Promise.all(manifests)).join("---\n");
}

/** Imports the images into the containerd of a container of `base`, and keeps that as `image`. */
async function bakeImages(
    kubernetes: Kubernetes,
    base: string,
    image: string,
    log: string,
): Promise<void> {
    const container = prefix("bake");
    // A killed build leaves it.
    await tryRun("docker", ["rm", "--force", "--volumes", container]);
    const exec = (...args: string[]) => run("docker", ["exec", container, ...args], { log });
    await run(
        "docker",
        [
            ...["run", "--detach", "--privileged", "--network=none", "--name", container],
            ...["--entrypoint", "sleep", base, "infinity"],
        ],
        { log },
    );
    try {
        await run("docker", ["exec", "--detach", container, "containerd"], { log });
        await containerdAnswers(container);
        await pipe(
            ["docker", "save", ...nodeImages(kubernetes)],
            // Unpacked they would lie on an overlay of an overlay, which no kernel mounts.
            [
                ...(["docker", "exec", "--interactive", container] as [string, ...string[]]),
                ...["ctr", "--namespace=k8s.io", "images", "import", "--no-unpack", "-"],
            ],
            log,
        );
        await exec("pkill", "-TERM", "containerd");
        await exec("bash", "-c", "while pgrep -x containerd; do sleep 0.1; done");
        await run(
            "docker",
            [
                "commit",
                ...["--change", 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]'],
                ...["--change", `LABEL ${imageLabel}=${image}`],
                container,
                image,
            ],
            { log },
        );
    } finally {
        await run("docker", ["rm", "--force", "--volumes", container], { log });
    }
}

async function containerdAnswers(container: string): Promise<void> {
    for (let i = 0; i < 100; i++) {
        if ((await tryRun("docker", ["exec", container, "ctr", "version"])) !== undefined) {
            return;
        }
        await sleep(200);
    }
    throw new Error("containerd does not answer in the node image");
}
