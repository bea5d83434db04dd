/**
 * Retiring restore points: deleting their contents, upon which K10 frees what they hold by a RetireAction (K10
 * documentation, API "RestorePointContents"). Nothing else here deletes what K10 keeps.
 */
import type { Cluster } from "../kube/client";
import { unless } from "../kube/errors";
import { ask, poll } from "../kube/poll";
import {
    Action,
    actionTime,
    isRunning,
    labels,
    RestorePointContent,
    restorePointContents,
    retireActions,
    startOf,
} from "./api";
import type { ActionTimes } from "./facts";

/** What a run of a policy made is found by the times of the run: two runs of one policy never overlap. */
export interface RunRef {
    policy: string;
    runAction: Pick<ActionTimes, "startTime" | "endTime">;
}

/** The contents that a run made on its own cluster, the newest first: of the backup and of the export. */
export async function contentsOfRun(
    cluster: Cluster,
    { policy, runAction }: RunRef,
): Promise<RestorePointContent[]> {
    const [from, to] = [startOf(runAction.startTime), Date.parse(runAction.endTime)];
    const contents = await cluster.list<RestorePointContent>(restorePointContents, {
        labels: { [labels.policyName]: policy },
    });
    return contents
        .filter(content => actionTime(content) >= from && actionTime(content) <= to)
        .sort((a, b) => actionTime(b) - actionTime(a));
}

/**
 * Deletes contents, and waits until K10 has freed what they held: an uninstalled K10 frees nothing. Nothing documented says
 * which content a RetireAction is of: those that ran before are somebody else's, or nobody's any more.
 */
export async function retire(
    cluster: Cluster,
    names: readonly string[],
    timeout: number,
    report: (line: string) => void,
): Promise<void> {
    if (names.length === 0) {
        return;
    }
    const running = async () => (await cluster.list<Action>(retireActions)).filter(isRunning);
    const before = await ask(
        { what: "the RetireActions at work to be listed", timeout, report },
        async () => new Set((await running()).map(({ metadata }) => metadata?.uid)),
    );
    for (const name of names) {
        report(`retiring ${name}, as \`crossing:onDestroy.restorePoints\` says`);
        await ask({ what: `${name} to be deleted`, timeout, report }, () =>
            unless(404, cluster.delete(restorePointContents, name)),
        );
    }
    await poll(
        {
            what: "K10 to retire restore points",
            ...{ timeout, report },
            hint: "Details: kubectl get retireactions.actions.kio.kasten.io",
        },
        async () => {
            const contents = await cluster.list<RestorePointContent>(restorePointContents);
            const left = contents.filter(({ metadata }) => names.includes(metadata?.name ?? ""));
            const ours = (await running()).filter(({ metadata }) => !before.has(metadata?.uid));
            return left.length === 0 && ours.length === 0
                ? { done: true, value: undefined }
                : {
                      done: false,
                      seen: `${left.length} of ${names.length} are there, ${ours.length} RetireActions at work`,
                  };
        },
    );
}
