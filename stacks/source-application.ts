/** One application on the source: what it holds is written down before it is backed up. */
import * as pulumi from "@pulumi/pulumi";
import { SampleApplication, sampleRefs, Seed } from "../components/application";
import type { Cluster } from "../components/cluster";
import { Baseline, KeptBaseline } from "../components/proof";
import type { ApplicationSettings, Config } from "../config";
import type { DatabaseRef, PageRef } from "crossing-actions";
import { diagnostics } from "./choices";
import type { Ground } from "./ground";
import { bucketRef } from "./parts";

/** Where an application is asked, on either cluster. */
export interface ApplicationRefs {
    namespace: string;
    /** Whether the stack made it: then it may be reached by a Route on the target. */
    sample: boolean;
    /** Namespaces of applications that come before it on the target. */
    after: string[];
    database?: DatabaseRef;
    page?: PageRef;
}

export interface SourceApplication extends ApplicationRefs {
    /** The baseline in the bucket. */
    kept: KeptBaseline;
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
    probe: pulumi.Resource,
): SourceApplication {
    const { timeouts } = config;
    const { namespace } = application;
    const refs = refsOf(application);
    const seed = application.sample && seeded(config, cluster, application.sample, run);
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
        { dependsOn: seed ? [seed] : [], deletedWith: cluster.owner },
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
    return { ...refs, kept };
}

function refsOf({ namespace, sample, http, after }: ApplicationSettings): ApplicationRefs {
    return {
        ...{ namespace, after, sample: sample !== undefined },
        ...(sample && sampleRefs(namespace)),
        ...(http && { page: http }),
    };
}

/** The sample, with the data of this run in it. */
function seeded(
    config: Config,
    cluster: Cluster,
    settings: NonNullable<ApplicationSettings["sample"]>,
    run: Run,
): Seed {
    const { namespace, rows } = settings;
    const { images, timeouts } = config;
    const sample = new SampleApplication(namespace, {
        ...{ ...settings, cluster },
        ...{ postgresImage: images.postgres, nginxImage: images.nginx },
    });
    return new Seed(
        `${namespace}-seed`,
        {
            ...{ ...run, ...diagnostics(config), rows, volumeUid: sample.volumeUid },
            kubeconfig: cluster.kubeconfig,
            database: sampleRefs(namespace).database,
            timeout: timeouts.application,
        },
        { dependsOn: [sample], deletedWith: cluster.owner },
    );
}
