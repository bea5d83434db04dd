/**
 * A token to log in to K10 with: of a ServiceAccount, for a time, made by Kubernetes' TokenRequest API. It is bound to a
 * Secret, so that it is worth nothing any more once that is gone.
 */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { ApiError, UserError } from "../kube/errors";
import { ask } from "../kube/poll";

export interface TokenInputs extends ClusterInputs {
    /** The UID of the cluster: another cluster has other tokens. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    serviceAccount: string;
    /** Seconds that the token is asked to be good for. */
    seconds: number;
    /** The Secret whose deletion revokes it. */
    boundTo: { name: string; uid: string };
}

export interface TokenOutputs {
    token: string;
    /** Since when and until when it is good (RFC 3339). */
    issueTime: string;
    expirationTime: string;
}

/** Less of its life than this is left: it is made anew. */
const leastLeft = 1 / 3;

/** Seconds that clocks may differ before a lifetime counts as shortened. */
const tolerance = 60;

export const token: Definition<TokenInputs, TokenOutputs> = {
    title: "k10",
    replaceOn: ["clusterUid", "namespace", "serviceAccount", "seconds", "boundTo"],
    outputs: ["token", "issueTime", "expirationTime"],
    id: ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`,
    succeeded: outs => lifeLeft(outs) >= leastLeft,

    async run(inputs, report) {
        const { namespace, serviceAccount: name, seconds } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const issued = new Date();
        const { status } = await ask(
            {
                what: `a token of ServiceAccount \`${namespace}/${name}\` to be made`,
                ...{ timeout: 60, report },
            },
            () => request(cluster, inputs),
        );
        const expires = new Date(status?.expirationTimestamp ?? issued);
        const given = Math.round((expires.getTime() - issued.getTime()) / 1_000);
        report(`token of ${namespace}/${name}, good until ${expires.toISOString()}`);
        if (given < seconds - tolerance) {
            report(
                `the API server gives tokens for ${inHours(given)} at most, and \`crossing:k10.dashboardToken.for\` asks for ${inHours(seconds)}`,
            );
        }
        return {
            token: status?.token ?? "",
            issueTime: issued.toISOString(),
            expirationTime: expires.toISOString(),
        };
    },
};

async function request(cluster: Cluster, inputs: TokenInputs) {
    const { namespace, serviceAccount: name, seconds, boundTo } = inputs;
    try {
        return await cluster.request(
            cluster.core.createNamespacedServiceAccountToken({
                ...{ namespace, name },
                body: {
                    spec: {
                        // None: those of the API server itself, which K10 asks about the token.
                        audiences: [],
                        expirationSeconds: seconds,
                        boundObjectRef: { apiVersion: "v1", kind: "Secret", ...boundTo },
                    },
                },
            }),
        );
    } catch (error) {
        if (
            error instanceof ApiError &&
            error.code === 404 &&
            /serviceaccount/.test(error.message)
        ) {
            throw new UserError(
                `There is no ServiceAccount \`${namespace}/${name}\` to make a token of: correct \`crossing:k10.dashboardToken.serviceAccount\`. Details: kubectl -n ${namespace} get serviceaccounts`,
            );
        }
        throw error;
    }
}

/** The part of its life that is left, from 1 to 0 and below. */
export function lifeLeft(
    { issueTime, expirationTime }: Pick<TokenOutputs, "issueTime" | "expirationTime">,
    now: number = Date.now(),
): number {
    const [from, to] = [Date.parse(issueTime), Date.parse(expirationTime)];
    return to > from ? (to - now) / (to - from) : 0;
}

const inHours = (seconds: number) =>
    seconds < 7_200
        ? `${Math.round(seconds / 60)} minutes`
        : `${Math.round(seconds / 3_600)} hours`;
