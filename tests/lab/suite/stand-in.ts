/** Asks a stand-in that is on a cluster which a suite has made for itself: another cluster would cost half a minute. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parts } from "../../conformance/parts.ts";
import { run } from "../../conformance/run.ts";

/** The parts that are asked so, by their names. */
export const onClusters = ["csi", "openshift"];

export interface Conformance {
    passed: number;
    /** Each with its name and its reason. */
    skipped: string[];
    /** What did not behave as documented, and what was left behind. */
    problems: string[];
}

/** @param kubeconfig its text */
export async function askStandIn(name: string, kubeconfig: string): Promise<Conformance> {
    const folder = await mkdtemp(join(tmpdir(), "crossing-conformance-"));
    const standIn = join(folder, "kubeconfig");
    await writeFile(standIn, kubeconfig, { mode: 0o600 });
    try {
        const part = (await parts()).find(each => each.name === name);
        if (!part) {
            throw new Error(`there is no part \`${name}\``);
        }
        const subject = await part.standIn({ standIn, options: {} });
        if ("absent" in subject) {
            throw new Error(subject.absent);
        }
        const { signal } = new AbortController();
        const answers = await run(part.behaviours, subject.world, signal, () => undefined);
        await subject.close();
        const inState = (state: string) =>
            answers.flatMap(({ name, outcome }) =>
                outcome.state === state && "message" in outcome
                    ? [`${name}: ${outcome.message}`]
                    : [],
            );
        return {
            passed: answers.filter(answer => answer.outcome.state === "passed").length,
            skipped: inState("skipped"),
            problems: [...inState("failed"), ...answers.flatMap(answer => answer.left)],
        };
    } finally {
        await rm(folder, { recursive: true });
    }
}
