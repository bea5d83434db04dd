/** A folder of the machine that every node of a cluster sees. */
export interface ExtraMount {
    hostPath: string;
    containerPath: string;
    readOnly: boolean;
}

export interface KindConfigArgs {
    /** Nodes beside the control plane. */
    workers: number;
    extraMounts: readonly ExtraMount[];
}

/**
 * kind's cluster configuration, as JSON, which is YAML. `kind.sh` puts the path of the owner file in, which
 * differs between machines and must not show in a plan.
 */
export function kindConfig({ workers, extraMounts }: KindConfigArgs): string {
    const owner = {
        hostPath: "@OWNER_FILE@",
        containerPath: "/etc/crossing/owner",
        readOnly: true,
    };
    const roles = ["control-plane", ...Array.from({ length: workers }, () => "worker")];
    return JSON.stringify({
        kind: "Cluster",
        apiVersion: "kind.x-k8s.io/v1alpha4",
        nodes: roles.map(role => ({ role, extraMounts: [owner, ...extraMounts] })),
    });
}
