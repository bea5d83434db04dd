import * as pulumi from "@pulumi/pulumi";
import { bothEvidence, SourceTimings, TargetTimings } from "../components/proof";
import type { Config } from "../config";
import type { arrivedOutputs } from "./arrived";
import { makeGround } from "./ground";
import { collectResources, guardStore } from "./guard";
import { findSnapshots } from "./parts";
import { sourceSide } from "./source";
import { storeOutputs } from "./store";
import { targetSide } from "./target";

/** Both sides of the crossing, and the store between them, in one stack. */
export async function all(config: Config) {
    const [onSource, onTarget] = await Promise.all([
        findSnapshots(config, "source"),
        findSnapshots(config, "target"),
    ]);
    const resources = collectResources();
    const ground = await makeGround(config, ["source", "target"]);
    const source = sourceSide(config, ground, onSource);
    const target = targetSide(config, ground, onTarget, source.handOff);
    guardStore(config, ground, resources);
    return { ...storeOutputs(ground), ...bothSides(source.outputs, target) };
}

type SourceOutputs = ReturnType<typeof sourceSide>["outputs"];
type Arrived = ReturnType<typeof arrivedOutputs> & { findings?: SourceOutputs["findings"] };

/** What each application went through on both sides, as one. */
export function bothSides<Target extends Arrived>(source: SourceOutputs, target: Target) {
    return {
        ...source,
        ...target,
        applications: Object.fromEntries(
            Object.entries(source.applications).map(([namespace, before]) => {
                const after = target.applications[namespace];
                const timings = together(before.timings, after.timings);
                const evidence = bothEvidence(before.evidence, after.evidence);
                return [namespace, { ...before, ...after, timings, evidence }];
            }),
        ),
        findings: pulumi
            .all([source.findings, target.findings ?? []])
            .apply(([before, after]) => [...before, ...after]),
        timings: source.timings && target.timings && together(source.timings, target.timings),
        evidence:
            source.evidence && target.evidence && bothEvidence(source.evidence, target.evidence),
    };
}

const together = (before: pulumi.Output<SourceTimings>, after: pulumi.Output<TargetTimings>) =>
    pulumi.all([before, after]).apply(([b, a]) => ({ ...b, ...a }));
