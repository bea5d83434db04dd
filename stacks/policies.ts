/** What K10 is told beside the crossing itself: further policies, presets, transforms, and Blueprints for certain resources. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import {
    BackupPolicy,
    BlueprintBinding,
    ExportLocation,
    inNamespaces,
    K10,
    ofCluster,
    PolicyPreset,
    PolicySettings,
    TransformSet,
} from "../components/k10";
import { Config, PresetSettings, storeLocation } from "../config";
import { exportTo, Profiles } from "./locations";
import { Side, diagnostics } from "./choices";

/** Names of validated presets. */
export type Presets = Record<string, pulumi.Output<string>>;

/** What the policies of one cluster have in common. */
export function makePresets(
    side: Side,
    config: Config,
    cluster: Cluster,
    profiles: Profiles,
): Presets {
    const here = Object.entries(config.presets ?? {}).filter(([, { sides }]) =>
        sides.includes(side),
    );
    return Object.fromEntries(
        here.map(([presetName, { comment, sides: _, location, export: exported, ...schedule }]) => {
            const preset = new PolicyPreset(`${side}-preset-${presetName}`, {
                ...{ cluster, presetName, comment, schedule, profile: profiles[location] },
                ...(exported && {
                    export: { ...exported, to: presetTo(config, profiles, exported) },
                }),
                timeout: config.timeouts.validation,
                ...diagnostics(config),
            });
            return [presetName, preset.presetName];
        }),
    );
}

function presetTo(
    config: Config,
    profiles: Profiles,
    { location, blockModeProfile }: NonNullable<PresetSettings["export"]>,
): ExportLocation {
    return {
        ...(blockModeProfile !== undefined && { blockModeProfile: profiles[blockModeProfile] }),
        ...(exportTo(config, profiles, location) ?? { profile: profiles[storeLocation] }),
    };
}

/** A policy's settings with what they name by what K10 has validated: its profiles, and the presets of the stack. */
export function withNames<T extends PolicySettings>(
    settings: T,
    profiles: Profiles,
    presets: Presets,
): T {
    const { export: exported, preset } = settings;
    const blockMode = exported?.blockModeProfile;
    return {
        ...settings,
        ...(typeof blockMode === "string" && {
            export: { ...exported, blockModeProfile: profiles[blockMode] },
        }),
        ...(typeof preset === "string" &&
            Object.hasOwn(presets, preset) && { preset: presets[preset] }),
    };
}

/**
 * The policies of one cluster that K10 runs by itself.
 * @param crossing where the applications of the crossing are on that cluster
 */
export function makePolicies(
    side: Side,
    config: Config,
    cluster: Cluster,
    { profiles, presets }: { profiles: Profiles; presets: Presets },
    crossing: pulumi.Input<string>[],
): void {
    const all = Object.entries(config.policies ?? {}).filter(([, { on }]) => on === side);
    for (const [policyName, { comment, namespaces, selector, ...more }] of all) {
        const { location, cluster: ofItself, ...settings } = more;
        const elsewhere = exportTo(config, profiles, location ?? storeLocation);
        new BackupPolicy(`${side}-policy-${policyName}`, {
            ...{ cluster, policyName, comment, settings: withNames(settings, profiles, presets) },
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

/** What restores of one cluster refer to. */
export const makeTransformSets = (config: Config, cluster: Cluster, k10: K10): pulumi.Resource[] =>
    Object.entries(config.transformSets ?? {}).map(
        ([setName, transforms]) =>
            new TransformSet(
                `target-transforms-${setName}`,
                {
                    ...{ cluster, setName, transforms, timeout: config.timeouts.validation },
                    ...diagnostics(config),
                },
                { dependsOn: [k10] },
            ),
    );
