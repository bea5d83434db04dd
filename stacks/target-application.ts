/** One application on the target: imported, restored, reached and proven. */
import type { Cluster } from "../components/cluster";
import { Import, ImportPolicy, k10Namespace, Restore } from "../components/k10";
import { Route } from "../components/openshift";
import { FetchedBaseline, targetTimings, Verification } from "../components/proof";
import type { Config } from "../config";
import { bucketRef, diagnostics, Ground, makeRoute, Rehearsal } from "./parts";
import type { ApplicationHandOff, HandOff } from "./source";

export interface TargetApplication {
    namespace: string;
    restored: Restore;
    route?: Route;
    proof: Verification;
    timings: ReturnType<typeof targetTimings>;
}

/** Where the applications of a crossing arrive. */
export interface Arrival {
    config: Config;
    ground: Ground;
    cluster: Cluster;
    rehearsal: Rehearsal;
    handOff: HandOff;
}

/**
 * @param policy the import policy of what the application was exported with
 * @param after applications that come before this one: it is restored when they are proven
 */
export function targetApplication(
    { config, ground, cluster, rehearsal, handOff }: Arrival,
    application: ApplicationHandOff,
    policy: ImportPolicy,
    after: TargetApplication[],
): TargetApplication {
    const { timeouts } = config;
    const { runId } = handOff;
    const { namespace, database, page } = application;

    // What the application held, as the source wrote it down.
    const baseline = new FetchedBaseline(`${namespace}-fetched-baseline`, {
        ...{ ...bucketRef(ground.store, "program"), ...application.baseline },
        timeout: timeouts.store,
    });
    const { runToken, observation } = baseline.document;

    const on = {
        ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
        ...diagnostics(config),
    };
    const imported = new Import(
        `${namespace}-import`,
        {
            ...{ ...on, runId, namespace: k10Namespace, policy: policy.policyName },
            ...{ timeout: timeouts.import, validationTimeout: timeouts.validation },
            sourceClusterUid: handOff.clusterUid,
            applicationNamespace: namespace,
            backupStartTime: application.backupStartTime,
        },
        { deletedWith: cluster.owner },
    );
    const restored = new Restore(
        `${namespace}-restore`,
        {
            ...{ ...on, runId, runToken, targetNamespace: namespace },
            ...{ onConflict: config.onConflict, restored: config.restored },
            restorePointContent: imported.restorePointContent,
            timeout: timeouts.restore,
        },
        { dependsOn: after.map(({ proof }) => proof), deletedWith: cluster.owner },
    );

    // How it is reached: beside the proof, and not a part of it.
    const route =
        application.sample && page
            ? makeRoute(
                  ...([config, cluster, { namespace, page }] as const),
                  ...([restored.restorePoint, rehearsal.router] as const),
              )
            : undefined;

    // The proof.
    const proof = new Verification(
        `${namespace}-verification`,
        {
            ...{ ...on, namespace, ...(database && { database }), ...(page && { page }) },
            ...{ runId, runToken, baseline: observation },
            ...{ restorePoint: restored.restorePoint, timeout: timeouts.application },
        },
        { deletedWith: cluster.owner },
    );
    const timings = targetTimings(
        application.backupStartTime,
        imported.result,
        restored.result,
        proof.verification,
    );
    return { namespace, restored, route, proof, timings };
}

/** Applications in an order in which each comes after those that it waits for. */
export function inOrder<T extends { namespace: string; after: string[] }>(applications: T[]): T[] {
    const ordered: T[] = [];
    const take = (application: T) => {
        if (!ordered.includes(application)) {
            applications
                .filter(({ namespace }) => application.after.includes(namespace))
                .forEach(take);
            ordered.push(application);
        }
    };
    applications.forEach(take);
    return ordered;
}
