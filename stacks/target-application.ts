/** One application on the target: imported, restored, reached and proven. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import { Restore, SafetyBackup } from "../components/k10";
import { Grants, Route } from "../components/openshift";
import {
    Evidence,
    FetchedBaseline,
    targetEvidence,
    targetTimings,
    Verification,
} from "../components/proof";
import { owner } from "../components/owner";
import type { StoredObjects } from "../components/store";
import type { ImportOutputs } from "crossing-actions";
import { Config, storeLocation } from "../config";
import { actionChoices, diagnostics, restoreChoices, retirement } from "./choices";
import type { Ground, Rehearsal } from "./ground";
import { metadataLocation } from "./locations";
import { bucketRef, makeRoute } from "./parts";
import type { ApplicationHandOff, HandOff } from "./source";

export interface TargetApplication {
    namespace: string;
    restored: Restore;
    /** Where it was restored. */
    restoredNamespace: pulumi.Output<string>;
    route?: Route;
    /** None where another restore point than that of this run was chosen. */
    proof?: Verification;
    safety?: SafetyBackup;
    grants?: Grants;
    timings: ReturnType<typeof targetTimings>;
    evidence: pulumi.Output<Evidence>;
}

/** Where the applications of a crossing arrive. */
export interface Arrival {
    config: Config;
    ground: Ground;
    cluster: Cluster;
    /** Whether the cluster serves Routes. */
    openshift: boolean;
    rehearsal: Rehearsal;
    handOff: HandOff;
    /** What K10 has to know before anything is restored: bound Blueprints, TransformSets. */
    before: pulumi.Resource[];
    /** What lies in the location of the export, if that is not the store. */
    stored?: StoredObjects;
}

/** A restore point in the store that the cluster knows of. */
export interface Brought {
    restorePointContent: pulumi.Output<string>;
    /** What found it. */
    by: pulumi.Resource;
    /** How it was imported. A cluster knows what it has exported itself. */
    imported?: pulumi.Output<ImportOutputs["result"]>;
}

/**
 * @param brought what the cluster knows of what was exported
 * @param after applications that come before this one: it is restored when they are proven
 */
function targetApplication(
    { config, ground, cluster, openshift, rehearsal, handOff, before, stored }: Arrival,
    application: ApplicationHandOff,
    { restorePointContent, by, imported }: Brought,
    after: TargetApplication[],
): TargetApplication {
    const { timeouts } = config;
    const { runId, runToken } = handOff;
    const { namespace } = application;

    // What the application held, as the source wrote it down, and what lies in the bucket once it is exported.
    const baseline = new FetchedBaseline(
        `${namespace}-fetched-baseline`,
        {
            ...{ ...bucketRef(ground.store, "program"), ...application.baseline },
            timeout: timeouts.store,
        },
        { dependsOn: application.ready },
    );
    const { observation } = baseline.document;

    const on = {
        ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
        ...diagnostics(config),
    };
    const choices = actionChoices(config);
    const { restorePoint } = config.restore;

    // Restore.
    const targetNamespace = config.restore.targetNamespace ?? namespace;
    const into = {
        ...{ ...on, runId, runToken, targetNamespace },
        ...{ ...restoreChoices(config), ...choices, timeout: timeouts.restore },
    };
    const safety = config.safetyBackup
        ? new SafetyBackup(
              `${namespace}-safety-backup`,
              { ...into, ...retirement(config) },
              { dependsOn: [baseline, by], deletedWith: cluster.owner },
          )
        : undefined;
    // Nothing is restored that could not be proven: a baseline that is not there, or was changed, is told before.
    const earlier = [
        baseline,
        ...before,
        ...(safety ? [safety] : []),
        ...after.map(({ proof, restored: other }) => proof ?? other),
    ];
    // Where a restore waits for pods, they have to be admitted.
    const granted = config.grants.filter(({ application: name }) =>
        [namespace, targetNamespace].includes(name),
    );
    const grants =
        granted.length > 0
            ? new Grants(
                  `${namespace}-grants`,
                  {
                      ...{ ...on, ...restoreChoices(config), runId, runToken, targetNamespace },
                      grants: granted.map(({ serviceAccount, scc }) => ({ serviceAccount, scc })),
                      ...{ onConflict: config.onConflict, restored: config.restored },
                      owner: owner(),
                      timeout: timeouts.application,
                  },
                  { dependsOn: [by, ...earlier], deletedWith: cluster.owner },
              )
            : undefined;
    const location = metadataLocation(config);
    const restored = new Restore(
        `${namespace}-restore`,
        {
            ...into,
            ...{ onConflict: config.onConflict, restored: config.restored, owner: owner() },
            restorePointContent,
            ...(location !== storeLocation && { location }),
        },
        {
            dependsOn: [...earlier, ...(grants ? [grants] : [])],
            deletedWith: cluster.owner,
        },
    );
    // Known before it is restored, unless it has to be looked for.
    const restoredNamespace =
        config.onConflict === "newName"
            ? restored.restoredNamespace
            : pulumi.output(targetNamespace);
    const { page } = application;

    // How it is reached: beside the proof, and not a part of it.
    const route =
        openshift && application.sample && page
            ? makeRoute(
                  ...([config, cluster, { namespace, restoredNamespace, page }] as const),
                  ...([restored.restorePoint, rehearsal.router] as const),
              )
            : undefined;

    // The proof. A restore point of another run is not what the baseline of this run tells of.
    const database =
        application.database &&
        restoredNamespace.apply(there => ({ ...application.database!, namespace: there }));
    const proof =
        restorePoint === "latest"
            ? new Verification(
                  `${namespace}-verification`,
                  {
                      ...{ ...on, namespace: restoredNamespace },
                      ...(database && { database }),
                      ...(page && { page }),
                      ...{ ...restoreChoices(config), runId, runToken, baseline: observation },
                      ...{ restorePoint: restored.restorePoint, timeout: timeouts.application },
                  },
                  { deletedWith: cluster.owner },
              )
            : undefined;
    const timings = targetTimings(
        application.backupStartTime,
        imported,
        restored.result,
        proof?.verification,
    );
    const evidence = targetEvidence({
        ...{ imported, restored: restored.result },
        safetyBackup: safety?.backupAction,
        // An export to another location is not in the store.
        stored: location === storeLocation ? baseline.stored : stored?.stored,
    });
    return {
        ...{ namespace, restored, restoredNamespace, route, proof, safety, grants },
        ...{ timings, evidence },
    };
}

/**
 * Applications, each restored after those that it waits for.
 * @param bring has the cluster know of what an application was exported as
 */
export function restoreAll(
    arrival: Arrival,
    bring: (application: ApplicationHandOff) => Brought,
): TargetApplication[] {
    const arrived = new Map<string, TargetApplication>();
    for (const application of inOrder(arrival.handOff.applications)) {
        const after = application.after.flatMap(each => arrived.get(each) ?? []);
        arrived.set(
            application.namespace,
            targetApplication(arrival, application, bring(application), after),
        );
    }
    return [...arrived.values()];
}

/** Applications in an order in which each comes after those that it waits for. */
function inOrder<T extends { namespace: string; after: string[] }>(applications: T[]): T[] {
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
