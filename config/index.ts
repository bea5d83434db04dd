/** The one place that reads Pulumi's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigMistakes, parse } from "./parse";
import { schema, secretKeys, Settings } from "./schema";

export { k10Of } from "./k10";
export type { K10Settings } from "./k10";
export type { BlueprintBindingSettings, FurtherPolicySettings, PolicySettings } from "./policy";
export type { ClusterSettings, Role, Settings, StoreSettings } from "./schema";

/** The configuration of a stack, with its secrets as secret outputs. */
export interface Config extends Settings {
    name: string;
    /** The keys of an existing store. */
    storeAccessKey?: pulumi.Output<string>;
    storeSecretKey?: pulumi.Output<string>;
    /** K10's receive string, where it has to be given by hand. */
    receiveString?: pulumi.Output<string>;
    /** What K10's first Passkey is made of. */
    k10EncryptionPassphrase?: pulumi.Output<string>;
    /** The contents of a Docker configuration, for a registry that asks who pulls. */
    k10ImagePullSecret?: pulumi.Output<string>;
}

const project = "crossing";

/**
 * @returns the frozen configuration of this stack
 * @throws pulumi.RunError, which shows no stack, with all mistakes at once
 */
export function load(): Readonly<Config> {
    const source = new pulumi.Config(project);
    const names = Object.keys(pulumi.runtime.allConfig() as Record<string, string>)
        .filter(key => key.startsWith(`${project}:`))
        .map(key => key.slice(project.length + 1));
    const isSecret = (name: string) => (secretKeys as readonly string[]).includes(name);
    const plain = names.filter(name => !isSecret(name));
    const ofStack = `${project}-${pulumi.getStack()}`;
    try {
        const settings = parse(
            {
                // Checked like any other: a stack may have a name that Kubernetes does not accept.
                name: ofStack,
                ...Object.fromEntries(plain.map(name => [name, read(source, name)])),
            },
            names.filter(isSecret),
        );
        const secrets = Object.fromEntries(
            secretKeys
                .map(key => [key, source.getSecret(key)] as const)
                .filter(([, value]) => value),
        );
        return Object.freeze({ ...settings, ...secrets, name: settings.name ?? ofStack });
    } catch (error) {
        throw error instanceof ConfigMistakes ? new pulumi.RunError(error.message) : error;
    }
}

/** Structured values are JSON; everything else is taken as the text that it is. */
function read(source: pulumi.Config, name: string): unknown {
    const isText =
        name in schema.entries &&
        ["role", "name", "runId", "sourceStack", "onConflict", "restored"].includes(name);
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
