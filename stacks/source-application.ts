/** One application on the source: what it holds is written down before it is backed up. */
import * as pulumi from "@pulumi/pulumi";
import { SampleApplication, sampleRefs, Seed } from "../components/application";
import type { Cluster } from "../components/cluster";
import { K10, Sidecars } from "../components/k10";
import { Baseline, KeptBaseline } from "../components/proof";
import type { Snapshots } from "../components/snapshot";
import type { ApplicationSettings, Config } from "../config";
import type { DatabaseRef, PageRef } from "crossing-actions";
import { diagnostics, sidecarLabels } from "./choices";
import type { Ground } from "./ground";
import { bucketRef } from "./parts";

/** Where an application is asked, on either cluster. */
export interface ApplicationRefs {
    namespace: string;
    /** Whether the stack made it: then it may be reached by a Route on the target. */
    sample: boolean;
    /** Whether it is a sample whose database is dumped, by a Blueprint that the target needs, too. */
    dump?: boolean;
    /** Namespaces of applications that come before it on the target. */
    after: string[];
    database?: DatabaseRef;
    page?: PageRef;
}

export interface SourceApplication extends ApplicationRefs {
    /** The baseline in the bucket. */
    kept: KeptBaseline;
    /** Where K10 injects its sidecar: how each claim gets into the backup. */
    sidecars?: Sidecars;
}

interface Run {
    runId: string;
    runToken: pulumi.Input<string>;
}

export function sourceApplication(
    config: Config,
    { store }: Ground,
    cluster: Cluster,
    application: ApplicationSettings,
    run: Run,
    { probe, k10, snapshots }: { probe: pulumi.Resource; k10: K10; snapshots?: Snapshots },
): SourceApplication {
    const { timeouts } = config;
    const { namespace } = application;
    const refs = refsOf(application);
    const sample = application.sample && makeSample(config, cluster, application.sample, k10);
    const sidecars = makeSidecars(config, cluster, application, run, [
        sample ?? k10,
        ...(snapshots ? [snapshots] : []),
    ]);
    const covered = sidecars ? [sidecars] : [];
    const seed =
        application.sample &&
        sample &&
        seeded(config, cluster, application.sample, sample, run, covered);
    const baseline = new Baseline(
        `${namespace}-baseline`,
        {
            ...{ ...run, ...diagnostics(config), namespace },
            ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
            ...(refs.database && { database: refs.database }),
            ...(refs.page && { page: refs.page }),
            ...(!refs.database && config.policy?.filters && { filters: config.policy.filters }),
            timeout: timeouts.application,
        },
        { dependsOn: seed ? [seed] : covered, deletedWith: cluster.owner },
    );
    const kept = new KeptBaseline(
        `${namespace}-baseline`,
        {
            ...{ ...run, ...bucketRef(store, "program") },
            ...{ applicationNamespace: namespace, clusterUid: cluster.uid },
            ...{ baseline: baseline.baseline, timeout: timeouts.store },
        },
        { dependsOn: [probe] },
    );
    return { ...refs, kept, ...(sidecars && { sidecars }) };
}

function refsOf({ namespace, sample, http, after }: ApplicationSettings): ApplicationRefs {
    return {
        ...{ namespace, after, sample: sample !== undefined },
        ...(sample && sampleRefs(namespace, sample.database)),
        ...(sample?.backup === "dump" && { dump: true }),
        ...(http && { page: http }),
    };
}

/** The sample. Where K10 injects its sidecar, it is made after K10, with the labels that K10 selects by. */
function makeSample(
    config: Config,
    cluster: Cluster,
    settings: NonNullable<ApplicationSettings["sample"]>,
    k10: K10,
): SampleApplication {
    const { images } = config;
    const { database, rows: _, ...size } = settings;
    const sidecar = sidecarLabels(config);
    return new SampleApplication(
        settings.namespace,
        {
            ...{ ...size, cluster, nginxImage: images.nginx },
            ...(database === "mariadb"
                ? { mariadbImage: images.mariadb }
                : { postgresImage: images.postgres }),
            ...(sidecar && { sidecar }),
        },
        { dependsOn: sidecar ? [k10] : [] },
    );
}

/** The proof that each claim is covered, where K10 injects its sidecar. */
function makeSidecars(
    config: Config,
    cluster: Cluster,
    { namespace, sample }: ApplicationSettings,
    { runId }: Run,
    after: pulumi.Resource[],
): Sidecars | undefined {
    const labels = sidecarLabels(config);
    return (
        labels &&
        new Sidecars(
            `${namespace}-sidecars`,
            {
                ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
                ...{ ...labels, ...diagnostics(config), namespace, runId },
                sample: sample !== undefined,
                ...(config.policy?.filters && { filtered: true }),
                timeout: config.timeouts.application,
            },
            { dependsOn: after, deletedWith: cluster.owner },
        )
    );
}

/** The data of this run in the sample. */
function seeded(
    config: Config,
    cluster: Cluster,
    { namespace, rows, database }: NonNullable<ApplicationSettings["sample"]>,
    sample: SampleApplication,
    run: Run,
    covered: pulumi.Resource[],
): Seed {
    return new Seed(
        `${namespace}-seed`,
        {
            ...{ ...run, ...diagnostics(config), rows, volumeUid: sample.volumeUid },
            kubeconfig: cluster.kubeconfig,
            database: sampleRefs(namespace, database).database,
            timeout: config.timeouts.application,
        },
        { dependsOn: [sample, ...covered], deletedWith: cluster.owner },
    );
}
