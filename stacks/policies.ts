/** What K10 is told beside the crossing itself: further policies, and Blueprints for certain resources. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import { BackupPolicy, BlueprintBinding, inNamespaces, K10, ofCluster } from "../components/k10";
import { Config, storeLocation } from "../config";
import { exportTo, Profiles, withProfiles } from "./locations";
import { Side, diagnostics } from "./choices";

/** The policies of one cluster that K10 runs by itself. */
export function makePolicies(
    side: Side,
    config: Config,
    cluster: Cluster,
    profiles: Profiles,
): void {
    const crossing = config.applications.map(({ namespace }) => namespace);
    const all = Object.entries(config.policies ?? {}).filter(([, { on }]) => on === side);
    for (const [policyName, { comment, namespaces, selector, ...more }] of all) {
        const { location, cluster: ofItself, ...settings } = more;
        const elsewhere = exportTo(config, profiles, location ?? storeLocation);
        new BackupPolicy(`${side}-policy-${policyName}`, {
            ...{ cluster, policyName, comment, settings: withProfiles(settings, profiles) },
            // What is no volume goes there, too.
            profile: elsewhere?.profile ?? profiles[storeLocation],
            ...(elsewhere && { exportTo: elsewhere }),
            selector: ofItself ? ofCluster : (selector ?? inNamespaces(namespaces ?? crossing)),
            timeout: config.timeouts.validation,
            ...diagnostics(config),
        });
    }
}

/** What has to be bound before the first backup of one cluster. */
export function makeBlueprintBindings(
    side: Side,
    config: Config,
    cluster: Cluster,
    k10: K10,
): pulumi.Resource[] {
    return (config.blueprintBindings ?? [])
        .filter(({ on }) => on === side)
        .map(
            ({ name, blueprint, resources, disabled }) =>
                new BlueprintBinding(
                    `${side}-binding-${name}`,
                    { cluster, bindingName: name, blueprint, resources, disabled },
                    { dependsOn: [k10] },
                ),
        );
}
