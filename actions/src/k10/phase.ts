/** Which phase a running action is in, as its sub-resource `details` has it (K10 documentation, API, "ActionDetails"). */
import type { Cluster, KubeObject, Resource } from "../kube/client";
import { ApiError } from "../kube/errors";
import type { Action } from "./api";

interface ActionDetails extends KubeObject {
    status?: { actionDetails?: { phases?: { name?: string; state?: string }[] } };
}

/** "Exporting volume data", or undefined: K10 does not tell. */
export type PhaseOf = (resource: Resource, action: Action) => Promise<string | undefined>;

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
            const name = `${metadata?.name}/details`;
            const found = await cluster.get<ActionDetails>(resource, name, metadata?.namespace);
            told = found !== undefined;
            return found?.status?.actionDetails?.phases?.findLast(isOn)?.name;
        } catch (error) {
            told = !(error instanceof ApiError && error.code === 403);
            return undefined;
        }
    };
}

const isOn = ({ state }: { state?: string }) => state !== "succeeded";
