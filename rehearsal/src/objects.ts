/** What the manifests of the webhook and of the router have in common. */
import { createHash } from "node:crypto";

/** Changes with the program, so that its pods do. */
export const digest = (text: string) => createHash("sha256").update(text).digest("hex");

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
