/** The proofs of several applications as one. */
import * as pulumi from "@pulumi/pulumi";
import type { Verification } from "crossing-actions";

/** Passed where all passed. With several applications, each check says of which it is. */
export function togetherOf(
    proofs: { namespace: string; verification: pulumi.Input<Verification> }[],
): pulumi.Output<Verification> {
    return pulumi
        .all(proofs.map(({ verification }) => verification))
        .apply(found => computeTogether(found.map((each, i) => [proofs[i]!.namespace, each])));
}

export function computeTogether(proofs: [namespace: string, proof: Verification][]): Verification {
    const [first] = proofs;
    if (proofs.length === 1 && first) {
        return first[1];
    }
    const times = (key: "startTime" | "endTime") => proofs.map(([, proof]) => proof[key]).sort();
    return {
        status: proofs.every(([, { status }]) => status === "passed") ? "passed" : "failed",
        checks: proofs.flatMap(([namespace, { checks }]) =>
            checks.map(check => ({ ...check, name: `${namespace}: ${check.name}` })),
        ),
        startTime: times("startTime")[0] ?? "",
        endTime: times("endTime").at(-1) ?? "",
    };
}
