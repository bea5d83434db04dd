/** The one place that reads Pulumi's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigMistakes, parse } from "./parse";
import { LocationSecrets, readLocationSecrets } from "./location-secrets";
import { schema, secretKeys, Settings } from "./schema";

export type { ApplicationSettings, ClusterSettings, Role, Settings, StoreSettings } from "./schema";
export { liesInSource } from "./location-rules";
export { cosEndpoint, storeLocation } from "./locations";
export type { LocationSettings } from "./locations";
export { k10Of } from "./k10";
export type { K10Settings } from "./k10";
export { operatorOf } from "./k10-install";
export { listed } from "./fields";
export { snapshotsOf } from "./snapshots";
export { sampleBlueprint } from "./blueprints";
export type { DumpSettings } from "./blueprints";
export type { BlueprintBindingSettings, FurtherPolicySettings, PolicySettings } from "./policy";
export type { PresetSettings } from "./presets";

/** The configuration of a stack, with its secrets as secret outputs. */
export interface Config extends Settings {
    name: string;
    /** The keys of an existing store. */
    storeAccessKey?: pulumi.Output<string>;
    storeSecretKey?: pulumi.Output<string>;
    /** K10's receive string, where it has to be given by hand. */
    receiveString?: pulumi.Output<string>;
    /**
     * The contents of kubeconfigs that are given in place of a path: in clear, since a cluster is read before the first
     * resource, and as functions, so that nothing prints or stores them. Whoever calls one keeps secret what it gives.
     */
    kubeconfigs: Partial<Record<"source" | "target" | "store", () => string>>;
    /** What opens the locations, by location and field. */
    locationSecrets: Record<string, Record<string, pulumi.Output<string>>>;
    /** What K10's own backup is sealed with. */
    disasterRecoveryPassphrase?: pulumi.Output<string>;
    /** What K10's first Passkey is made of. */
    k10EncryptionPassphrase?: pulumi.Output<string>;
    /** The contents of a Docker configuration, for a registry that asks who pulls. */
    k10ImagePullSecret?: pulumi.Output<string>;
    /** Whether something in `k10` was set as a secret. Pulumi does not tell what, so all texts of its `values` are. */
    k10HasSecrets: boolean;
}

const project = "crossing";

/** Whether a key, or a part of what it holds, was set as a secret. Pulumi has it, and keeps it out of its types alone. */
const { isConfigSecret } = pulumi.runtime as unknown as {
    isConfigSecret: (key: string) => boolean;
};

/**
 * @returns the frozen configuration of this stack
 * @throws pulumi.RunError, which shows no stack, with all mistakes at once
 */
export function load(): Readonly<Config> {
    const source = new pulumi.Config(project);
    const all = pulumi.runtime.allConfig() as Record<string, string>;
    const names = Object.keys(all)
        .filter(key => key.startsWith(`${project}:`))
        .map(key => key.slice(project.length + 1));
    const isSecret = (name: string) => (secretKeys as readonly string[]).includes(name);
    const plain = names.filter(name => !isSecret(name));
    const hidden = plain.filter(name => isConfigSecret(`${project}:${name}`));
    const ofStack = `${project}-${pulumi.getStack()}`;
    try {
        const settings = parse(
            {
                // Checked like any other: a stack may have a name that Kubernetes does not accept.
                name: ofStack,
                ...Object.fromEntries(plain.map(name => [name, read(source, name)])),
            },
            names.filter(isSecret),
            all[`${project}:locationSecrets`],
            hidden,
        );
        const secrets = Object.fromEntries(
            secretKeys
                .filter(key => key !== "locationSecrets" && !key.endsWith("Kubeconfig"))
                .map(key => [key, source.getSecret(key)] as const)
                .filter(([, value]) => value),
        );
        const opened = readLocationSecrets(
            settings.locations,
            all[`${project}:locationSecrets`],
        ).secrets;
        return Object.freeze({
            ...{ ...settings, ...secrets, locationSecrets: asOutputs(opened) },
            kubeconfigs: kubeconfigsOf(all),
            name: settings.name ?? ofStack,
            k10HasSecrets: hidden.includes("k10"),
        });
    } catch (error) {
        throw error instanceof ConfigMistakes ? new pulumi.RunError(error.message) : error;
    }
}

function kubeconfigsOf(all: Record<string, string>): Config["kubeconfigs"] {
    const given = (["source", "target", "store"] as const).flatMap(whose => {
        const contents = all[`${project}:${whose}Kubeconfig`];
        return contents === undefined ? [] : [[whose, () => contents] as const];
    });
    return Object.freeze(Object.fromEntries(given));
}

/** Each field as a secret of its own: a profile gets what opens it, and nothing else. */
function asOutputs(secrets: LocationSecrets): Config["locationSecrets"] {
    return Object.fromEntries(
        Object.entries(secrets).map(([location, fields]) => [
            location,
            Object.fromEntries(
                Object.entries(fields).map(([field, value]) => [field, pulumi.secret(value)]),
            ),
        ]),
    );
}

/** Structured values are JSON; everything else is taken as the text that it is. */
function read(source: pulumi.Config, name: string): unknown {
    const isText =
        name in schema.entries &&
        [
            ...["role", "name", "runId", "sourceStack", "policyPer", "onConflict", "restored"],
            ...["exportLocation", "exceptions"],
        ].includes(name);
    const text = source.get(name) ?? "";
    if (isText) {
        return text;
    }
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}
