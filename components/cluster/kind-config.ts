/**
 * kind's cluster configuration, as JSON, which is YAML. `kind.sh` puts the path of the owner file in, which
 * differs between machines and must not show in a plan.
 */
export function kindConfig(): string {
    return JSON.stringify({
        kind: "Cluster",
        apiVersion: "kind.x-k8s.io/v1alpha4",
        nodes: [
            {
                role: "control-plane",
                extraMounts: [
                    {
                        hostPath: "@OWNER_FILE@",
                        containerPath: "/etc/crossing/owner",
                        readOnly: true,
                    },
                ],
            },
        ],
    });
}
