/** The pod of a MinIO in a cluster. No resource is made here. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface MinioPodArgs {
    image: pulumi.Input<string>;
    /** The Secret with MinIO's keys, as it takes them from its environment. */
    keys: pulumi.Input<string>;
    /** The claim of its volume. */
    volume: pulumi.Input<string>;
    /** Whether OpenShift gives it its user id. */
    openshift: boolean;
}

export const port = 9000;
export const labels = { "app.kubernetes.io/name": "minio" };

/** Of a namespace that admits pods under the restricted Pod Security Standard alone. */
export const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

/** MinIO's image names no user, and root is refused. OpenShift gives a user itself, and refuses any that is asked for. */
const user = { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 };

export function deployment(args: MinioPodArgs): k8s.types.input.apps.v1.DeploymentSpec {
    return {
        replicas: 1,
        // Two servers on one volume would destroy it.
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
            metadata: { labels },
            spec: {
                // It asks the cluster for nothing.
                automountServiceAccountToken: false,
                securityContext: {
                    runAsNonRoot: true,
                    seccompProfile: { type: "RuntimeDefault" },
                    ...(args.openshift ? {} : user),
                },
                containers: [
                    {
                        name: "minio",
                        image: args.image,
                        args: ["server", "/data"],
                        // A user without a name has no home, where MinIO looks for certificates.
                        env: [{ name: "HOME", value: "/tmp" }],
                        envFrom: [{ secretRef: { name: args.keys } }],
                        ports: [{ containerPort: port }],
                        readinessProbe: {
                            httpGet: { path: "/minio/health/ready", port },
                            periodSeconds: 1,
                            failureThreshold: 120,
                        },
                        securityContext: {
                            allowPrivilegeEscalation: false,
                            capabilities: { drop: ["ALL"] },
                        },
                        volumeMounts: [
                            { name: "data", mountPath: "/data" },
                            { name: "scratch", mountPath: "/tmp" },
                        ],
                    },
                ],
                volumes: [
                    { name: "data", persistentVolumeClaim: { claimName: args.volume } },
                    { name: "scratch", emptyDir: {} },
                ],
            },
        },
    };
}
