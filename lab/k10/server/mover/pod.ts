/** The pod that moves one volume. */
import type { Fields, KubeObject } from "../json.ts";
import type { MoverJob } from "./job.ts";

export interface MoverPodOptions {
    image: string;
    imagePullPolicy: string;
    /** The ServiceAccount that may use the SCC, where there is one. */
    account: string;
    direction: MoverJob["direction"];
    claim: string;
    /** A NodeSelector: the nodes that the pod may run on, for a claim whose volume is not there yet. */
    nodeAffinity?: Fields;
}

/**
 * Files belong to any user, so the mover is uid 0 with three capabilities, those of K10's SCC (K10
 * documentation, "Generic Storage Backup", OpenShift): it reads everything and gives files their owner back.
 * It asks for no fsGroup, because the kubelet would change the group of every file.
 */
export function moverPod(metadata: KubeObject["metadata"], options: MoverPodOptions): KubeObject {
    const { image, imagePullPolicy, account, direction, claim, nodeAffinity } = options;
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata,
        spec: {
            restartPolicy: "Never",
            ...(nodeAffinity && {
                affinity: {
                    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: nodeAffinity },
                },
            }),
            // Data is read where it lies, also on a node that keeps other pods off. Where a restored volume comes to
            // lie decides the pod that fills it: not on such a node.
            ...(direction === "backup" && { tolerations: [{ operator: "Exists" }] }),
            terminationGracePeriodSeconds: 1,
            serviceAccountName: account,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: { seccompProfile: { type: "RuntimeDefault" } },
            containers: [
                {
                    name: "mover",
                    image,
                    imagePullPolicy,
                    // The image's entry point is the server; this word makes it a mover.
                    args: ["mover"],
                    securityContext: {
                        runAsUser: 0,
                        runAsGroup: 0,
                        allowPrivilegeEscalation: false,
                        readOnlyRootFilesystem: true,
                        capabilities: { drop: ["ALL"], add: ["CHOWN", "FOWNER", "DAC_OVERRIDE"] },
                    },
                    resources: {
                        requests: { cpu: "10m", memory: "96Mi" },
                        limits: { memory: "384Mi" },
                    },
                    volumeMounts: [
                        { name: "job", mountPath: "/k10/job", readOnly: true },
                        { name: "data", mountPath: "/k10/data", readOnly: direction === "backup" },
                    ],
                },
            ],
            volumes: [
                { name: "job", secret: { secretName: metadata.name, defaultMode: 0o400 } },
                { name: "data", persistentVolumeClaim: { claimName: claim } },
            ],
        },
    };
}
