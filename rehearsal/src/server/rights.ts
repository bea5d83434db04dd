/**
 * Who may `use` a constraint: whom its own lists name, or whom RBAC allows.
 * Source: github.com/openshift/apiserver-library-go, sccmatching/matcher.go (ConstraintAppliesTo) and
 * sccadmission/scc_authz_check.go.
 */
import type { MayUse } from "../admit";
import type { SecurityContextConstraints } from "../types";
import type { KubeApi } from "./kube";
import { log } from "./log";

export interface User {
    username?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
}

/** @param account the pod's, or "" if it has none. */
export function mayUse(api: KubeApi, user: User, namespace: string, account: string): MayUse {
    const serviceAccount = {
        username: `system:serviceaccount:${namespace}:${account}`,
        // Not `system:authenticated`: OpenShift leaves it out here, and so shall we.
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`],
    };
    return async scc => {
        if (account && (await applies(api, scc, serviceAccount, namespace))) {
            return "serviceaccount";
        }
        return (await applies(api, scc, user, namespace)) ? "user" : undefined;
    };
}

async function applies(
    api: KubeApi,
    scc: SecurityContextConstraints,
    { username = "", uid, groups = [], extra }: User,
    namespace: string,
): Promise<boolean> {
    if (scc.users?.includes(username) || groups.some(group => scc.groups?.includes(group))) {
        return true;
    }
    const resourceAttributes = {
        group: "security.openshift.io",
        resource: "securitycontextconstraints",
        name: scc.metadata.name,
        verb: "use",
        // A RoleBinding there counts as well as a ClusterRoleBinding.
        namespace,
    };
    try {
        const { status } = await api.create<{ status?: { allowed?: boolean } }>(
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            {
                apiVersion: "authorization.k8s.io/v1",
                kind: "SubjectAccessReview",
                metadata: {},
                spec: { user: username, uid, groups, extra, resourceAttributes },
            },
        );
        return status?.allowed === true;
    } catch (error) {
        // OpenShift takes it for a no, too.
        log(`may ${username} use ${scc.metadata.name}? ${String(error)}`);
        return false;
    }
}
