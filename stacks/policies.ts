/** What K10 is told beside the crossing itself: further policies, and Blueprints for certain resources. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import { BackupPolicy, BlueprintBinding, inNamespaces, K10, Profile } from "../components/k10";
import type { Config } from "../config";
import { diagnostics, Side } from "./parts";

/** The policies of one cluster that K10 runs by itself. */
export function makePolicies(side: Side, config: Config, cluster: Cluster, profile: Profile): void {
    const all = Object.entries(config.policies ?? {}).filter(([, { on }]) => on === side);
    for (const [policyName, { comment, namespaces, selector, ...settings }] of all) {
        new BackupPolicy(`${side}-policy-${policyName}`, {
            ...{ cluster, policyName, comment, settings },
            profile: profile.profileName,
            selector: selector ?? inNamespaces(namespaces ?? [config.sample.namespace]),
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
