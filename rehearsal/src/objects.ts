/** What the manifests of the webhook and of the router have in common. */
import { createHash } from "node:crypto";
import type { Manifest } from "./manifests";

/** Changes with the program, so that its pods do. */
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A Deployment of one pod that runs a program: never two of them at once, and another one for another program. */
export const onePod = (
    metadata: Manifest["metadata"],
    labels: Record<string, string>,
    program: string,
    spec: object,
): Manifest => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
            metadata: { labels, annotations: { "checksum/program": digest(program) } },
            spec,
        },
    },
});

/** @throws when a program is too large for a ConfigMap. */
export function mustFit(what: string, program: string): void {
    const size = Buffer.byteLength(program);
    if (size > 900 * 1024) {
        throw new Error(`${what} has ${size} bytes: a ConfigMap holds 1 MiB with all else.`);
    }
}

export const rbac = "rbac.authorization.k8s.io";

/** One rule of a role. */
export const rule = (group: string, resource: string, verbs: string[], more: object = {}) => ({
    apiGroups: [group],
    resources: [resource],
    verbs,
    ...more,
});
