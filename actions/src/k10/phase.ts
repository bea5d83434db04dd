/** Which phase a running action is in, as its sub-resource `details` has it (K10 documentation, API, "ActionDetails"). */
import type { Cluster, KubeObject, Resource } from "../kube/client";
import { within } from "../kube/clock";
import { ApiError } from "../kube/errors";
import type { Action } from "./api";

interface Phase {
    name?: string;
    state?: string;
    startTime?: string;
    endTime?: string | null;
}

interface ActionDetails extends KubeObject {
    status?: { actionDetails?: { phases?: Phase[] } };
}

/** "Exporting volume data", or undefined: K10 does not tell. */
export type PhaseOf = (resource: Resource, action: Action) => Promise<string | undefined>;

/** Milliseconds. What takes longer is not worth waiting for. */
const patience = 5_000;

/**
 * Asks for phases in one wait. They are no more than words for a person: no failure to learn them ends a wait, and who
 * may not ask, or asks a K10 without them, asks once.
 */
export function phasesOf(cluster: Cluster): PhaseOf {
    let told = true;
    return async (resource, { metadata }) => {
        if (!told) {
            return undefined;
        }
        try {
            const found = await within(
                patience,
                cluster.get<ActionDetails>(
                    ...([resource, `${metadata?.name}/details`, metadata?.namespace] as const),
                ),
                () => new Error("no answer"),
            );
            const phases = found?.status?.actionDetails?.phases ?? [];
            return (phases.findLast(isOn) ?? phases.findLast(hasFailed))?.name;
        } catch (error) {
            told = !(error instanceof ApiError && [403, 404].includes(error.code));
            return undefined;
        }
    };
}

const isOn = ({ startTime, endTime }: Phase) => !!startTime && !endTime;
const hasFailed = ({ state }: Phase) => state === "failed";
