/** A cluster of the lab's for a single run of one part: made for it, and removed after it. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CommandError, run } from "../../../lab/exec.ts";
import { engineHost } from "../../../lab/engine.ts";
import { labEnvironment } from "../../../lab/home.ts";
import { local, prefix, repository } from "../../../lab/paths.ts";
import { type Config, labConfig, subnet } from "../../../lab/stack.ts";
import type { Absent } from "../behaviour.ts";

export interface LabCluster {
    /** A path. */
    kubeconfig: string;
    remove(): Promise<void>;
}

/** What of the lab is put onto the cluster. kind puts the CSI driver stand-in there by itself. */
export type Equipment = "openshift" | "snapshots";

/** So that two runs do not meet: each network has addresses of its own, and none of the lab's other ones. */
const networks = { openshift: 4, snapshots: 5 };

export async function labCluster(equipment: Equipment): Promise<LabCluster | Absent> {
    const built = await labEnvironment();
    if (!built) {
        return { absent: "the lab has not been built in this checkout: run `make lab`" };
    }
    if ((await engineHost()) === undefined) {
        return { absent: "no Docker engine answers: run `make lab`" };
    }
    const env = { ...process.env, ...built };
    const name = prefix(`lab-conformance-${equipment}`);
    const folder = join(local, "conformance", equipment);
    const kubeconfig = join(folder, "kubeconfig");
    const remove = async () => {
        await run("kind", ["delete", "cluster", "--name", name, "--kubeconfig", kubeconfig], {
            env,
        });
        await run("docker", ["network", "rm", name], { env });
        await rm(folder, { recursive: true });
    };
    await mkdir(folder, { recursive: true });
    await run(
        "docker",
        ["network", "create", "--subnet", await subnet(networks[equipment]), name],
        { env },
    );
    try {
        const lab = await labConfig();
        const { nodeImage } = lab["source"] as { nodeImage: string };
        await run(
            "kind",
            [
                ...["create", "cluster", "--name", name, "--wait", "3m"],
                ...["--image", nodeImage, "--kubeconfig", kubeconfig],
            ],
            { env: { ...env, KIND_EXPERIMENTAL_DOCKER_NETWORK: name } },
        );
        const kubectl = (args: string[], input?: string) =>
            run("kubectl", ["--kubeconfig", kubeconfig, ...args], {
                ...{ env, cwd: repository, input },
            });
        await (equipment === "openshift" ? openshift(kubectl, lab) : snapshots(kubectl));
    } catch (error) {
        await remove();
        throw error instanceof CommandError
            ? new Error([error.message, ...error.lastLines].join("\n"))
            : error;
    }
    return { kubeconfig, remove };
}

type Kubectl = (args: string[], input?: string) => Promise<string>;

const ready = ["rollout", "status", "--timeout=3m"];

async function openshift(kubectl: Kubectl, lab: Config): Promise<void> {
    const { node } = lab["images"] as { node: string };
    const print = join(repository, "rehearsal", "dist", "print.js");
    const manifests = await run(process.execPath, [print, node]);
    const apply = () => kubectl(["apply", "--server-side", "--filename", "-"], manifests);
    // The first time makes the new kind known, and fails for its objects.
    await apply().catch(() => undefined);
    await apply();
    const name = "openshift-rehearsal";
    await kubectl([...ready, `deployment/${name}`, "--namespace", name]);
}

async function snapshots(kubectl: Kubectl): Promise<void> {
    await kubectl(["apply", "--filename", join(".crossing", "snapshots")]);
    await kubectl([
        "apply",
        "--filename",
        join("lab", "csi", "manifests", "snapshot-controller.yaml"),
    ]);
    await kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=1m"]);
    await kubectl(["apply", "--filename", "-"], JSON.stringify(snapshotClass));
    await kubectl([...ready, "deployment/snapshot-controller", "--namespace", "kube-system"]);
}

const snapshotClass = {
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshotClass",
    metadata: { name: "crossing-csi.crossing.lab" },
    driver: "csi.crossing.lab",
    deletionPolicy: "Delete",
};

/** An image of the lab's clusters that has a shell. */
export async function labImage(): Promise<string> {
    const { images } = (await labConfig()) as { images: { postgres: string } };
    return images.postgres;
}
