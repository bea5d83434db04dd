/** The objects that a canary makes. All of them lie in one namespace, which goes when it is done. */
import type {
    V1Container,
    V1Namespace,
    V1NodeSelector,
    V1PersistentVolumeClaim,
    V1Pod,
} from "@kubernetes/client-node";
import { createHash } from "node:crypto";

/** One namespace for each StorageClass and each stack that tries it, so that no canary meets another one. */
export function namespaceOf({
    storageClass,
    owner,
}: {
    storageClass: string;
    owner?: string;
}): V1Namespace & { metadata: { name: string } } {
    const whose = owner === undefined ? storageClass : `${owner}/${storageClass}`;
    const hash = createHash("sha256").update(whose).digest("hex").slice(0, 8);
    return {
        metadata: {
            name: `crossing-canary-${hash}`,
            labels: { "app.kubernetes.io/managed-by": "crossing" },
            ...(owner === undefined ? {} : { annotations: { "crossing/owner": owner } }),
        },
    };
}

/** @param snapshot the VolumeSnapshot to fill it from, if not empty */
export function volumeClaim(
    name: string,
    storageClass: string,
    size: string,
    snapshot?: string,
): V1PersistentVolumeClaim {
    return {
        metadata: { name },
        spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: storageClass,
            resources: { requests: { storage: size } },
            ...(snapshot
                ? {
                      dataSource: {
                          apiGroup: "snapshot.storage.k8s.io",
                          kind: "VolumeSnapshot",
                          name: snapshot,
                      },
                  }
                : {}),
        },
    };
}

/**
 * A pod that runs one shell command with the volume at /data. It names no user: OpenShift gives it one that may write
 * there, and elsewhere it is the image's, which must be root or one that may write to a new volume.
 */
export function podOf(name: string, claim: string, image: string, command: string): V1Pod {
    return canaryPod(name, claim, image, command, {
        volumeMounts: [{ name: "data", mountPath: "/data" }],
    });
}

/** A pod that looks whether its volume is a block device. */
export function blockPod(name: string, claim: string, image: string): V1Pod {
    return canaryPod(name, claim, image, "test -b /dev/canary", {
        volumeDevices: [{ name: "data", devicePath: "/dev/canary" }],
    });
}

/** @param volume how the container gets the volume `data` */
function canaryPod(
    name: string,
    claim: string,
    image: string,
    command: string,
    volume: Pick<V1Container, "volumeMounts" | "volumeDevices">,
): V1Pod {
    return {
        metadata: { name },
        spec: {
            restartPolicy: "Never",
            containers: [{ name: "canary", image, command: ["sh", "-c", command], ...volume }],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
        },
    };
}

/** The pod, on no other nodes than these. */
export function sameNodes(pod: V1Pod, nodes: V1NodeSelector | undefined): V1Pod {
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: nodes } };
    return nodes && pod.spec ? { ...pod, spec: { ...pod.spec, affinity } } : pod;
}

export function blockClaim(name: string, storageClass: string): V1PersistentVolumeClaim {
    const claim = volumeClaim(name, storageClass, "1Mi");
    return { ...claim, spec: { ...claim.spec, volumeMode: "Block" } };
}
