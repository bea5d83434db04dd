/** What a preview means for the application, its data and its backups, in plain words. */
import { dynamic, type Effect, isType } from "./effect.ts";
import * as installations from "./installations.ts";
import * as losses from "./losses.ts";
import type { Preview, Resource } from "./preview.ts";
import * as runs from "./runs.ts";

type Rule = (resource: Resource, preview: Preview) => Effect[];

/** Warnings first, then everything in the order in which it happens. */
export function effectsOf(preview: Preview): Effect[] {
    const found = rules.flatMap(([applies, rule]) =>
        preview.resources.filter(applies).flatMap(resource => rule(resource, preview)),
    );
    return [...found.filter(effect => effect.warning), ...found.filter(effect => !effect.warning)];
}

const isInside = (component: string, type: string) => (resource: Resource) =>
    isType(type)(resource) && resource.types.includes(component);

/** In the order of a crossing. */
const rules: [applies: (resource: Resource) => boolean, rule: Rule][] = [
    [isInside("crossing:cluster:KindCluster", "command:local:Command"), losses.cluster],
    [isInside("crossing:cluster:CrcCluster", "command:local:Command"), losses.crc],
    [isInside("crossing:store:MinioStore", "docker:index/volume:Volume"), losses.store],
    [isType("kubernetes:core/v1:Namespace"), losses.namespace],
    [isType("kubernetes:core/v1:PersistentVolumeClaim"), losses.volume],
    [isInside("crossing:k10:K10", "kubernetes:helm.sh/v3:Release"), installations.k10],
    [
        isInside("crossing:k10:K10", "kubernetes:apik10.kasten.io/v1alpha1:K10"),
        installations.k10OfOperator,
    ],
    [
        isInside("crossing:k10:K10", "kubernetes:operators.coreos.com/v1alpha1:Subscription"),
        installations.operator,
    ],
    [
        ({ types }) => /^kubernetes:config\.kio\.kasten\.io\/.*:Policy$/.test(types.at(-1) ?? ""),
        installations.schedule,
    ],
    [dynamic("snapshot:Canary"), runs.canary],
    [dynamic("application:Seed"), runs.seed],
    [dynamic("proof:Baseline"), runs.baseline],
    [dynamic("k10:Export"), runs.retired],
    [dynamic("k10:Export"), runs.exported],
    [dynamic("k10:Validation"), runs.validation],
    [dynamic("k10:Import"), runs.imported],
    [dynamic("k10:SafetyBackup"), runs.retired],
    [dynamic("k10:SafetyBackup"), runs.safetyBackup],
    [dynamic("k10:Restore"), runs.restore],
    [dynamic("proof:Verification"), runs.verification],
];
