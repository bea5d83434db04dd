/**
 * Running a policy once for a `runId`, and judging the run by the actions that it started: the same on both sides
 * of the crossing. That a run is Complete says little of them, as far as K10's documentation goes.
 */
import { messagesOf, Wait } from "../explain";
import type { Cluster, Resource } from "../kube/client";
import { ask, Clock, realClock } from "../kube/poll";
import {
    Action,
    isComplete,
    isRunning,
    isUnsuccessful,
    labels,
    locationOf,
    nameOf,
    policies,
    Policy,
    runActions,
} from "./api";
import { choicesOf, exceptional, reportExceptions, RunChoices, Why } from "./outcome";
import { phasesOf } from "./phase";
import { describeAll } from "./progress";
import { RunFailed, runOnce } from "./run";
import { waitValidated } from "./validation";

export interface PolicyRunOptions extends RunChoices {
    cluster: Cluster;
    /** Where K10 and the policy are. */
    namespace: string;
    policy: string;
    runId: string;
    /** What is unique to the run, where it is known. */
    runToken?: string;
    /** How messages call it: "Export". */
    title: string;
    /** What causes of a failure are looked for among. */
    wait: Wait;
    /** The kinds of actions that the policy starts, by their names. */
    starts: Record<string, Resource>;
    /** Seconds that the run may take. */
    timeout: number;
    /** Seconds that K10 may take to validate the policy. */
    validationTimeout: number;
    report: (line: string) => void;
    clock?: Clock;
}

/** A RunAction that is Complete, and what it started, by kind. */
export interface PolicyRun {
    run: Action;
    started: Record<string, Action[]>;
}

/** What K10 says of a run that came before it had validated the policy (seen on live clusters). */
const notValidated = "Cannot execute action for an invalid policy";

/** @throws UserError when the policy is not valid, or the run or anything that it started is no success. */
export async function runPolicy(options: PolicyRunOptions): Promise<PolicyRun> {
    const { cluster, namespace, policy, report, clock = realClock } = options;
    const deadline = clock.now() + options.validationTimeout * 1_000;
    for (;;) {
        const { spec } = await waitValidated<Policy>({
            ...{ cluster, resource: policies, kind: "Policy", namespace, name: policy },
            ...{ timeout: options.validationTimeout, report, clock },
        });
        try {
            return await runValidated(options, spec);
        } catch (error) {
            // The status may have been that of an earlier spec. K10 knows better, and has touched nothing.
            const early = error instanceof RunFailed && says(error.action, notValidated);
            if (!early || clock.now() >= deadline) {
                throw error;
            }
            report(`Policy \`${namespace}/${policy}\`: K10 has yet to validate it; trying again`);
            await clock.sleep(1_000);
        }
    }
}

async function runValidated(options: PolicyRunOptions, spec: Policy["spec"]): Promise<PolicyRun> {
    const { cluster, namespace, policy, title, report, clock } = options;
    const run = await runOnce({
        ...{ cluster, resource: runActions, namespace, name: `${policy}-${options.runId}` },
        runToken: options.runToken,
        ...{ title, report, wait: options.wait, k10: namespace, timeout: options.timeout },
        location: locationOf(profileOf(spec)),
        body: name => runActionOf(name, namespace, policy),
        cause: async action => {
            const started = Object.values(await startedBy(options, action)).flat();
            const causes = [...started.filter(isUnsuccessful), action].map(causeOf);
            return { messages: causes.find(messages => messages.length > 0) ?? [] };
        },
        incomplete: async action =>
            unsuccessfulOf(await startedBy(options, action), options.exceptions),
        ...{ ...choicesOf(options), clock },
        progress: follow(options),
        running: async action =>
            Object.entries(await startedBy(options, action)).flatMap(([kind, actions]) =>
                actions.filter(isRunning).map(({ metadata }) => ({
                    kind,
                    namespace: metadata?.namespace ?? "",
                    name: metadata?.name ?? "",
                })),
            ),
    });
    const id = `${namespace}/${run.metadata?.name}`;
    const started = await ask(
        {
            what: `the actions that ${title} \`${id}\` started to be listed`,
            ...{ timeout: options.timeout, report, clock },
        },
        () => startedBy(options, run),
    );
    for (const [kind, actions] of Object.entries(started)) {
        for (const action of actions) {
            reportExceptions(`${kind} \`${nameOf(action)}\``, action, report);
        }
    }
    return { run, started };
}

function runActionOf(name: string, namespace: string, policy: string): Action {
    return {
        apiVersion: "actions.kio.kasten.io/v1alpha1",
        kind: "RunAction",
        metadata: { name, namespace },
        spec: {
            // Always sent both: K10 accepts a subject without apiVersion for some kinds and not for others.
            subject: Object.assign(
                { name: policy, namespace },
                { apiVersion: "config.kio.kasten.io/v1alpha1", kind: "Policy" },
            ),
        },
    };
}

/** The profile that a policy exports to, or imports from. A preset keeps it to itself. */
const profileOf = (spec: Policy["spec"]): string | undefined =>
    spec?.actions
        ?.map(each => (each.exportParameters ?? each.importParameters)?.profile?.name)
        .find(Boolean);

const selectorOf = (run: Action) => ({
    labels: { [labels.runActionName]: run.metadata?.name ?? "" },
});

/** The actions that a run started, in the namespaces of their applications. */
async function startedBy(
    { cluster, starts }: PolicyRunOptions,
    run: Action,
): Promise<Record<string, Action[]>> {
    const lists = Object.entries(starts).map(
        async ([kind, resource]) =>
            [kind, await cluster.list<Action>(resource, selectorOf(run))] as const,
    );
    return Object.fromEntries(await Promise.all(lists));
}

/** Tells of the kind of action that a run is at: one kind follows the other, so that one list is enough mostly. */
function follow({ cluster, starts }: PolicyRunOptions): (run: Action) => Promise<string> {
    const kinds = Object.entries(starts);
    const phaseOf = phasesOf(cluster);
    let at = 0;
    let words = "";
    return async run => {
        for (;;) {
            const [kind, resource] = kinds[at];
            const actions = await cluster.list<Action>(resource, selectorOf(run));
            const running = actions.find(isRunning);
            const phase = running && (await phaseOf(resource, running));
            // Until there is something of the next kind, the last one is told of.
            words = describeAll(kind, actions, phase) || words;
            if (actions.length === 0 || !actions.every(isComplete) || at === kinds.length - 1) {
                return words === "" ? "" : `, ${words}`;
            }
            at++;
        }
    };
}

/** The first action that is no success. */
function unsuccessfulOf(
    started: Record<string, Action[]>,
    exceptions: RunChoices["exceptions"],
): Why | undefined {
    for (const [kind, actions] of Object.entries(started)) {
        const found = actions.find(isUnsuccessful);
        if (found) {
            return {
                about: `${kind} \`${nameOf(found)}\` is ${found.status?.state}`,
                messages: causeOf(found),
            };
        }
    }
    const all = Object.entries(started).flatMap(([kind, actions]) =>
        actions.map(action => exceptional(kind, action)),
    );
    return exceptions === "fail" ? all.find(Boolean) : undefined;
}

const causeOf = (action: Action) => messagesOf(action.status?.error);
const says = (action: Action, text: string) => JSON.stringify(action.status ?? {}).includes(text);
