/**
 * Leave for an application's ServiceAccounts to use SecurityContextConstraints of OpenShift. It has to be there before
 * the restore, which waits for pods that otherwise nobody admits; so its namespace is made as the restore makes it.
 */
import { isDeepStrictEqual } from "node:util";
import type { ClusterInputs, Definition } from "../action";
import { NamespaceInputs, ownNamespace, prepareNamespace } from "../k10/restore-namespace";
import { markOf } from "../k10/restore-spec";
import { Cluster, KubeObject, Resource } from "../kube/client";
import { unless, UserError } from "../kube/errors";
import { ask } from "../kube/poll";

/** Which ServiceAccount may use what. */
export interface Grant {
    serviceAccount: string;
    scc: string;
}

export interface GrantsInputs extends ClusterInputs, NamespaceInputs {
    /** The UID of the cluster: another cluster means other grants. */
    clusterUid: string;
    grants: Grant[];
}

export interface GrantsOutputs {
    granted: {
        /** Where it is restored. */
        namespace: string;
        grants: (Grant & { roleBinding: string })[];
    };
}

interface RoleBinding extends KubeObject {
    roleRef?: { apiGroup: string; kind: string; name: string };
    subjects?: { kind: string; name: string; namespace: string }[];
}

const rbac = "rbac.authorization.k8s.io";
const resource = (plural: string): Resource => ({ group: rbac, version: "v1", plural });
const roleBindings = resource("rolebindings");
const clusterRoles = resource("clusterroles");

/** Stands on a RoleBinding of ours: the restore that it was made for. What has none is somebody else's. */
const grantAnnotation = "crossing/granted-for";

/** OpenShift ships such a ClusterRole for each SecurityContextConstraints of its own. */
const roleOf = ({ scc }: Grant) => `system:openshift:scc:${scc}`;
/** Neither part may have a colon, so that each grant has a name of its own. */
const nameOf = ({ serviceAccount, scc }: Grant) => `crossing:scc:${scc}:${serviceAccount}`;

export const grants: Definition<GrantsInputs, GrantsOutputs> = {
    title: "grants",
    replaceOn: ["clusterUid", "runId", "runToken", "targetNamespace", "choices"],
    outputs: ["granted"],
    id: ({ targetNamespace, runId }) => `${targetNamespace}/${runId}`,
    serves: ({ granted }, inputs) =>
        isDeepStrictEqual(
            granted.grants.map(({ serviceAccount, scc }) => ({ serviceAccount, scc })),
            unique(inputs.grants),
        ),

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        return ask(
            {
                what: `grants in namespace \`${inputs.targetNamespace}\` to be made`,
                ...{ timeout: inputs.timeout, report },
            },
            async () => {
                const wanted = unique(inputs.grants);
                await requireRoles(cluster, wanted);
                const namespace = await prepareNamespace(cluster, inputs, report);
                const names = wanted.map(nameOf);
                await removeOurs(cluster, namespace, markOf(inputs), report, names);
                for (const each of wanted) {
                    await grant(cluster, namespace, each, markOf(inputs), report);
                }
                const made = wanted.map(each => ({ ...each, roleBinding: nameOf(each) }));
                return { granted: { namespace, grants: made } };
            },
        );
    },

    /** The namespace is the user's, and so is what somebody else granted there, a later restore of ours included. */
    async remove(state, report) {
        const cluster = await Cluster.connect(state.kubeconfig);
        const { targetNamespace, timeout } = state;
        const what = `grants in namespace \`${targetNamespace}\` to be removed`;
        await ask({ what, timeout, report }, async () => {
            const namespace =
                state.granted?.namespace ?? (await ownNamespace(cluster, state))?.name;
            if (namespace !== undefined) {
                await removeOurs(cluster, namespace, markOf(state), report);
            }
        });
    },
};

const unique = (wanted: Grant[]): Grant[] => [
    ...new Map(
        wanted.map(({ serviceAccount, scc }) => {
            const each = { serviceAccount, scc };
            return [nameOf(each), each] as const;
        }),
    ).values(),
];

/** A RoleBinding to nothing would be taken without a word. */
async function requireRoles(cluster: Cluster, wanted: Grant[]): Promise<void> {
    for (const each of wanted) {
        if (!(await cluster.get(clusterRoles, roleOf(each)))) {
            throw new UserError(
                `The cluster has no ClusterRole \`${roleOf(each)}\`, by which \`crossing:grants\` gives leave to use SecurityContextConstraints \`${each.scc}\`: correct its name, or make that ClusterRole for one of your own.`,
            );
        }
    }
}

const markedFor = ({ metadata }: KubeObject) => metadata?.annotations?.[grantAnnotation];

async function grant(
    cluster: Cluster,
    namespace: string,
    each: Grant,
    mark: string,
    report: (line: string) => void,
): Promise<void> {
    const name = nameOf(each);
    const found = await cluster.get<RoleBinding>(roleBindings, name, namespace);
    if (found && markedFor(found) === undefined) {
        throw new UserError(
            `RoleBinding \`${namespace}/${name}\` is not of this program: delete it, or take ServiceAccount \`${each.serviceAccount}\` out of \`crossing:grants\`.`,
        );
    }
    if (found) {
        // Of an earlier run of this application: from now on it is of this one.
        const metadata = { annotations: { [grantAnnotation]: mark } };
        await cluster.patch(roleBindings, name, { metadata }, namespace);
        return;
    }
    report(
        `ServiceAccount ${namespace}/${each.serviceAccount} may use SecurityContextConstraints ${each.scc}`,
    );
    await cluster.create(roleBindings, bindingOf(each, namespace, mark), namespace);
}

const bindingOf = (each: Grant, namespace: string, mark: string): RoleBinding => ({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: {
        ...{ name: nameOf(each), namespace },
        labels: { "app.kubernetes.io/managed-by": "crossing" },
        annotations: { [grantAnnotation]: mark },
    },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: roleOf(each) },
    subjects: [{ kind: "ServiceAccount", name: each.serviceAccount, namespace }],
});

/** @param but names that stay */
async function removeOurs(
    cluster: Cluster,
    namespace: string,
    mark: string,
    report: (line: string) => void,
    but: string[] = [],
): Promise<void> {
    for (const found of await cluster.list(roleBindings, { namespace })) {
        const name = found.metadata?.name ?? "";
        if (markedFor(found) === mark && !but.includes(name)) {
            report(`removing RoleBinding ${namespace}/${name}`);
            await unless(404, cluster.delete(roleBindings, name, namespace));
        }
    }
}
