/** What K10 tells of restore points, for the evidence: that it tells nothing does not undo what is Complete. */
import type { Cluster } from "../kube/client";
import { ask } from "../kube/poll";
import { labels, RestorePointContent, RestorePointDetails, restorePoints } from "./api";
import { ActionTimes, PointFacts, pointFacts } from "./facts";
import { contentsOfRun } from "./retire";

/** Seconds that K10 may take to tell what a restore point consists of. */
const factsTimeout = 30;

export async function factsOf(
    cluster: Cluster,
    { name, namespace }: { name: string; namespace: string },
    report: (line: string) => void,
): Promise<PointFacts | undefined> {
    try {
        const found = await ask(
            {
                what: `the details of restore point \`${namespace}/${name}\``,
                ...{ timeout: factsTimeout, report },
            },
            () => cluster.get<RestorePointDetails>(restorePoints, `${name}/details`, namespace),
        );
        return found && pointFacts(found);
    } catch (error) {
        report(
            `the details of restore point ${namespace}/${name} are not in the evidence: ${(error as Error).message}`,
        );
        return undefined;
    }
}

/** Of what a run exported, by the namespace of the application. */
export async function exportedFacts(
    cluster: Cluster,
    run: { policy: string; runAction: ActionTimes },
    report: (line: string) => void,
): Promise<Record<string, PointFacts>> {
    const facts: Record<string, PointFacts> = {};
    for (const { metadata, status } of await exportedBy(cluster, run, report)) {
        const { name, namespace } = status?.restorePointRef ?? {};
        const application = metadata?.labels?.[labels.appNamespace] ?? namespace;
        if (name && namespace && application && !(application in facts)) {
            const found = await factsOf(cluster, { name, namespace }, report);
            if (found) {
                facts[application] = found;
            }
        }
    }
    return facts;
}

async function exportedBy(
    cluster: Cluster,
    run: { policy: string; runAction: ActionTimes },
    report: (line: string) => void,
): Promise<RestorePointContent[]> {
    try {
        const contents = await ask(
            { what: "what was exported to be listed", ...{ timeout: factsTimeout, report } },
            () => contentsOfRun(cluster, run),
        );
        return contents.filter(({ metadata }) => metadata?.labels?.[labels.exportProfile]);
    } catch (error) {
        report(`what was exported is not in the evidence: ${(error as Error).message}`);
        return [];
    }
}
