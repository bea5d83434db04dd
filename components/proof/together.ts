/** The proofs of several applications as one. */
import * as pulumi from "@pulumi/pulumi";
import type { Verification } from "crossing-actions";

/** Passed where all passed that were verified. With several applications, each check says of which it is. */
export function togetherOf(
    applications: {
        namespace: string;
        proof?: { verification: pulumi.Output<Verification> };
    }[],
): pulumi.Output<Verification> | undefined {
    const proven = applications.flatMap(({ namespace, proof }) =>
        proof
            ? [proof.verification.apply((each): [string, Verification] => [namespace, each])]
            : [],
    );
    return proven.length === 0 ? undefined : pulumi.all(proven).apply(computeTogether);
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
