/** Kasten K10: its API, as k10-api.md has it, as far as the program relies on it. */
import type { Part } from "../behaviour.ts";
import { api } from "./behaviours/api.ts";
import { bindings } from "./behaviours/bindings.ts";
import { handOff } from "./behaviours/hand-off.ts";
import { imports } from "./behaviours/imports.ts";
import { policies } from "./behaviours/policies.ts";
import { profiles } from "./behaviours/profiles.ts";
import { restorePoints, unbinding } from "./behaviours/restore-points.ts";
import { restores } from "./behaviours/restores.ts";
import { retiring } from "./behaviours/retiring.ts";
import { runs } from "./behaviours/runs.ts";
import { volumes } from "./behaviours/volumes.ts";
import { onClusters } from "./clusters.ts";
import { inProcess } from "./in-process.ts";
import type { World } from "./world.ts";

export const part: Part<World> = {
    name: "k10",
    title: "Kasten K10's API",
    realIs: "the kubeconfig of a cluster with K10",
    environment: "KUBECONFIG",
    makes: [
        "namespaces crossing-conformance-…, one with a volume of 1 GiB, a Deployment and a ConfigMap",
        "Profiles, Policies, BlueprintBindings and Secrets crossing-conformance-… in K10's namespace, the Secrets as copies of the given Profile's",
        "actions and restore points of these, and what they write into the Profile's bucket",
        "on the cluster that --target names: a Policy, actions, restore points and a restored namespace",
        "what K10 keeps as its own record stays: RetireActions, and Secrets export-…-migration-token",
    ],
    options: [
        {
            flags: "--profile <name>",
            help: "a valid location profile on the cluster, of an S3 store",
        },
        {
            flags: "--target <kubeconfig>",
            help: "a second cluster with K10, for imports and restores",
        },
        {
            flags: "--target-profile <name>",
            help: "its profile of the same bucket (default: --profile)",
        },
        { flags: "--install <namespace>", help: "where K10 is installed", default: "kasten-io" },
        {
            ...{ flags: "--image <image>", default: "crossing.lab/debian:lab" },
            help: "of the scratch application, with sh, head and od, such as busybox",
        },
        { flags: "--storage-class <name>", help: "of its volume (default: the cluster's)" },
        {
            flags: "--exclusive",
            help: "nobody else uses K10: also what disturbs all backups for a moment",
        },
    ],
    standIn: given =>
        given.standIn === undefined ? inProcess() : onClusters("stand-in", given.standIn, given),
    real: given => onClusters("K10", given.real ?? "", given),
    // Those that take the shared crossing apart come last.
    behaviours: [
        ...[...api, ...profiles, ...policies, ...bindings, ...runs, ...handOff],
        ...[...imports, ...restorePoints, ...restores, ...volumes],
        ...[unbinding, ...retiring],
    ],
};
