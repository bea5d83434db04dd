import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import {
    ExportSettings,
    exportDataSpec,
    PolicySettings,
    scheduleSpec,
    windowSpec,
} from "./policy-specs";
import { ExportLocation, k10Namespace, ref } from "./specs";
import { validatedBy, Waiting } from "./validated";

export interface PolicyPresetArgs extends Waiting {
    cluster: Cluster;
    /** The preset's name. */
    presetName: string;
    comment?: string;
    /** When policies run, and what they keep. A preset has always a frequency. */
    schedule: Required<Pick<PolicySettings, "frequency" | "retention">> &
        Pick<PolicySettings, "subFrequency" | "backupWindow" | "staggering">;
    /** The location profile for what is written at the backup itself. */
    profile: pulumi.Input<string>;
    /** @default snapshots alone */
    export?: Omit<ExportSettings, "enabled" | "hooks" | "blockModeProfile"> & {
        to: ExportLocation;
    };
}

/** What policies have in common, validated. */
export class PolicyPreset extends pulumi.ComponentResource {
    /** The preset's name, known once K10 has validated it. */
    readonly presetName: pulumi.Output<string>;

    constructor(name: string, args: PolicyPresetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:PolicyPreset", name, args, opts);
        const spec = presetSpec(args);
        const preset = new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "config.kio.kasten.io/v1alpha1",
                kind: "PolicyPreset",
                metadata: { name: args.presetName, namespace: k10Namespace },
                spec,
            },
            inside(args.cluster, { parent: this }),
        );
        const of = { kind: "PolicyPreset" as const, name: args.presetName, spec };
        this.presetName = validatedBy(this, name, args, of, preset);
        this.registerOutputs({ presetName: this.presetName });
    }
}

/** The spec, as K10's API reference has it ("PolicyPresets"). */
export function presetSpec({
    comment,
    schedule,
    profile,
    export: exported,
}: Pick<PolicyPresetArgs, "comment" | "schedule" | "profile" | "export">) {
    const { retention } = schedule;
    return {
        ...(comment ? { comment } : {}),
        backup: {
            ...{ ...scheduleSpec(schedule), ...windowSpec(schedule) },
            ...{ retention, profile: ref(profile) },
        },
        ...(exported
            ? {
                  export: {
                      frequency: exported.frequency ?? schedule.frequency,
                      ...(exported.retention ? { retention: exported.retention } : {}),
                      profile: ref(exported.to.profile),
                      ...(exported.to.blockModeProfile
                          ? { blockModeProfile: ref(exported.to.blockModeProfile) }
                          : {}),
                      exportData: exportDataSpec(exported),
                  },
              }
            : {}),
    };
}
