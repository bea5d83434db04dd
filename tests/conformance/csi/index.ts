/** A CSI driver with snapshots, as a cluster's user sees it. The protocol itself is what csi-sanity asks. */
import type { Given, Part, Subject } from "../behaviour.ts";
import { Cluster } from "../support/cluster.ts";
import { labCluster, labImage } from "../support/lab-cluster.ts";
import { ends } from "./ends.ts";
import { snapshots } from "./snapshots.ts";
import { volumes } from "./volumes.ts";
import { type Settings, Storage } from "./world.ts";

async function at(kubeconfig: string, settings: Settings, what: string): Promise<Subject<Storage>> {
    const kube = Cluster.fromFile(kubeconfig);
    const world = await Storage.start(kube, settings);
    return {
        what: `${what}, class \`${settings.storageClass}\`, on ${kube.server}`,
        world,
        close: () => world.close(),
    };
}

/** What the lab calls its classes, and what the program its own. */
const ofLab = {
    ...{ storageClass: "crossing-csi", snapshotClass: "crossing-csi.crossing.lab", size: "1Mi" },
};

async function standIn(given: Given) {
    if (given.standIn !== undefined) {
        return at(given.standIn, { ...ofLab, image: await labImage() }, "the CSI driver stand-in");
    }
    const cluster = await labCluster("snapshots");
    if ("absent" in cluster) {
        return cluster;
    }
    const settings = { ...ofLab, image: await labImage() };
    const subject = await at(cluster.kubeconfig, settings, "the CSI driver stand-in");
    return { ...subject, close: () => cluster.remove() };
}

async function real({ real, options }: Given) {
    const { storageClass, snapshotClass, image = "", size = "" } = options;
    if (!storageClass || !snapshotClass) {
        return {
            absent: "it takes a class of each kind: name them by --storage-class and --snapshot-class",
        };
    }
    const settings = { storageClass, snapshotClass, image, size };
    return at(real ?? "", settings, "a CSI driver");
}

export const part: Part<Storage> = {
    name: "csi",
    title: "A CSI driver with snapshots",
    realIs: "the kubeconfig of an administrator of a cluster with such a driver",
    environment: "KUBECONFIG",
    makes: [
        "a namespace `crossing-conformance-…` with claims, pods and snapshots; their volumes go with it",
        "a VolumeSnapshotClass and a VolumeSnapshotContent `crossing-conformance-…`",
    ],
    options: [
        { flags: "--storage-class <name>", help: "the StorageClass of the real one" },
        { flags: "--snapshot-class <name>", help: "the VolumeSnapshotClass of the real one" },
        {
            flags: "--image <image>",
            help: "for pods on the real one: with sh, cat, stat and dd",
            default: "docker.io/library/busybox:1.37.0",
        },
        {
            flags: "--size <quantity>",
            help: "of volumes of the real one: whole, with a unit such as Gi",
            default: "1Gi",
        },
    ],
    standIn,
    real,
    behaviours: [...[...volumes, ...snapshots].map(each => ({ ...each, together: true })), ...ends],
};
