/**
 * Recovery of K10 from the backup that a lost cluster's K10 made of itself: K10 looks which points there are, and restores
 * one of them (K10 documentation, "Veeam Kasten Disaster Recovery").
 */
import { createHash } from "node:crypto";
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { unless, UserError } from "../kube/errors";
import { ask } from "../kube/poll";
import { kastenDRRestores, kastenDRReviews } from "./api";
import { KastenDr, succeeded } from "./kasten-dr";

export interface RecoveryInputs extends ClusterInputs {
    /** The UID of the cluster: on another one K10 is recovered again. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    /** The Profile of the location where the backup lies. */
    profile: string;
    /** How K10 names the lost cluster there. */
    clusterId: string;
    /** The id of a point. @default the newest one */
    point?: string;
    /** What is not restored. */
    skip: string[];
    /** Seconds that each of both steps may take. */
    timeout: number;
}

export interface RecoveryOutputs {
    result: {
        /** The point that was restored, and when it was made. */
        id: string;
        created: string;
        /** The format of the backup, where K10 tells. */
        version?: string;
    };
}

/** A point, as K10 lists it: it names its time by either of two fields. */
export interface DrPoint {
    id?: string;
    version?: string;
    createdTime?: string;
    creationTime?: string;
}

interface Review extends KastenDr {
    status?: KastenDr["status"] & {
        restorePoints?: { restorePointList?: DrPoint[] | null };
    };
}

export const recovery: Definition<RecoveryInputs, RecoveryOutputs> = {
    title: "recovery",
    replaceOn: ["clusterUid", "namespace", "clusterId", "point"],
    outputs: ["result"],
    id: inputs => `${inputs.namespace}/${nameFor(inputs)}`,

    async run(inputs, report) {
        const { namespace, timeout, clusterId, profile, skip } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const name = nameFor(inputs);
        const step = { cluster, namespace, name, timeout, report };
        const review = await succeeded<Review>({
            ...{ ...step, kind: "KastenDRReview", resource: kastenDRReviews },
            spec: { sourceClusterInfo: { profileName: profile, sourceClusterID: clusterId } },
        });
        const result = choose(review.status?.restorePoints?.restorePointList ?? [], inputs);
        report(`point ${result.id} of ${result.created}`);
        await succeeded({
            ...{ ...step, kind: "KastenDRRestore", resource: kastenDRRestores },
            spec: {
                kastenDRReviewDetails: {
                    kastenDRReviewRef: { name, namespace },
                    id: result.id,
                },
                ...(skip.length > 0 && { skipResources: skip.join(",") }),
            },
        });
        return { result };
    },

    /** What was recovered stays. */
    async remove(inputs, report) {
        const { namespace, timeout } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const name = nameFor(inputs);
        for (const resource of [kastenDRRestores, kastenDRReviews]) {
            const what = `${resource.plural} \`${namespace}/${name}\` to be deleted`;
            await ask({ what, timeout, report }, () =>
                unless(404, cluster.delete(resource, name, namespace)),
            );
        }
    },
};

/** One recovery has one name, so that it is found again, whatever became of the process that began it. */
function nameFor({ clusterId, point = "" }: RecoveryInputs): string {
    const hash = createHash("sha256").update(`${clusterId} ${point}`).digest("hex");
    return `crossing-${hash.slice(0, 8)}`;
}

const createdOf = ({ createdTime, creationTime }: DrPoint) => createdTime ?? creationTime ?? "";

/** The point that is wanted, or the newest one. @throws UserError where there is none, with those that there are. */
export function choose(
    points: readonly DrPoint[],
    { profile, clusterId, point }: Pick<RecoveryInputs, "profile" | "clusterId" | "point">,
): RecoveryOutputs["result"] {
    const known = points
        .flatMap(each => (each.id ? [{ ...each, id: each.id, created: createdOf(each) }] : []))
        .sort((a, b) => (Date.parse(b.created) || 0) - (Date.parse(a.created) || 0));
    if (known.length === 0) {
        throw new UserError(
            `Profile \`${profile}\` leads to no backup that K10 made of itself on cluster \`${clusterId}\`: correct \`crossing:k10.recovery\`. Its \`clusterId\` is the UID of namespace \`default\` of the lost cluster, output \`disasterRecoveryClusterId\` of its stack.`,
        );
    }
    const found = point === undefined ? known[0] : known.find(({ id }) => id === point);
    if (!found) {
        const list = known.map(({ id, created }) => `\`${id}\` of ${created}`).join(", ");
        throw new UserError(
            `\`crossing:k10.recovery.point\` is \`${point}\`, which K10 does not list: name one of ${list}, or remove it for the newest.`,
        );
    }
    const { id, created, version } = found;
    return { id, created, ...(version !== undefined && { version }) };
}
