/** Databases that K10 backs up as dumps: the Blueprints for them, on each side. */
import * as pulumi from "@pulumi/pulumi";
import { sampleBlueprint as sampleDump } from "../components/application";
import type { Cluster } from "../components/cluster";
import { Blueprint, BlueprintArgs, K10, restoredNamespaces, workloadIn } from "../components/k10";
import { Config, DumpSettings, sampleBlueprint } from "../config";
import { diagnostics, Side } from "./choices";

/** What is dumped of an application of the crossing. */
export interface Dumped {
    namespace: string;
    /** Whether it is a sample whose database is dumped. */
    dump?: boolean;
}

type Dump = Pick<BlueprintArgs, "blueprintName" | "settings" | "resources">;

/**
 * What has to be there before the first backup, and on the target before a restore.
 * @param crossing what the source tells the target of
 */
export function makeBlueprints(
    side: Side,
    config: Config,
    cluster: Cluster,
    k10: K10,
    { runId, applications }: { runId: string; applications: readonly Dumped[] },
): pulumi.Resource[] {
    const where = (namespace: string) =>
        side === "source"
            ? [namespace]
            : restoredNamespaces(
                  {
                      targetNamespace: config.restore.targetNamespace ?? namespace,
                      onConflict: config.onConflict,
                  },
                  runId,
              );
    const dumps = [
        ...applications
            .filter(({ dump }) => dump)
            .map(({ namespace }) => dumpOfSample(config, namespace, where(namespace))),
        ...(config.blueprints ?? []).map(each => {
            // Where several applications are, the configuration is not accepted without it.
            const namespace = each.namespace ?? applications[0]?.namespace ?? "";
            return dumpOf(config, each, where(namespace));
        }),
    ];
    return dumps.map(
        dump =>
            new Blueprint(
                `${side}-blueprint-${dump.blueprintName}`,
                { ...dump, cluster, timeout: config.timeouts.validation, ...diagnostics(config) },
                { dependsOn: [k10] },
            ),
    );
}

function dumpOfSample({ images }: Config, namespace: string, namespaces: string[]): Dump {
    const { workload, ...dump } = sampleDump;
    return {
        blueprintName: sampleBlueprint(namespace),
        settings: { ...dump, image: images.postgres, toolsImage: images.kanister },
        resources: workloadIn(workload, namespaces),
    };
}

function dumpOf({ images }: Config, settings: DumpSettings, namespaces: string[]): Dump {
    const { name, workload, resources, service, host, ...dump } = settings;
    return {
        blueprintName: name,
        settings: {
            ...{ ...dump, toolsImage: images.kanister },
            server: host === undefined ? { service: service ?? "" } : { host },
        },
        resources: workload ? workloadIn(workload, namespaces) : (resources ?? {}),
    };
}
