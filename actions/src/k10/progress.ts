/** How far actions are, in a few words: states, percent and bytes, as far as K10 tells them. */
import { innermostCause } from "../explain";
import { Action, isComplete, isRunning, nameOf } from "./api";

/** "Running 50 %", "Running 50 %: Exporting volume data", "AttemptFailed (out of space)". */
export function describe(action: Action, phase?: string): string {
    const { state = "Pending", progress, error } = action.status ?? {};
    const cause = state === "AttemptFailed" ? innermostCause(error) : undefined;
    return `${state}${progress === undefined ? "" : ` ${progress} %`}${cause === undefined ? "" : ` (${cause})`}${phase === undefined ? "" : `: ${phase}`}`;
}

/**
 * What the actions of one kind that a run started are at: one by name, several by their count. Empty where there are
 * none.
 * @param phase of the first that runs
 */
export function describeAll(kind: string, actions: readonly Action[], phase?: string): string {
    const [first] = actions;
    if (!first) {
        return "";
    }
    const bytes = bytesOf(actions);
    if (actions.length === 1) {
        return `${kind} \`${nameOf(first)}\` ${describe(first, phase)}${bytes}`;
    }
    const complete = actions.filter(isComplete).length;
    const [running, ...others] = actions.filter(isRunning);
    const one = running ? `, \`${nameOf(running)}\` ${describe(running, phase)}` : "";
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return `${complete} of ${actions.length} ${kind}s Complete${one}${more}${bytes}`;
}

/** ", 1.5 of 4.0 GiB". Sizes of snapshots are guesses until they have been read: K10 corrects them as it goes. */
function bytesOf(actions: readonly Action[]): string {
    const sum = (key: "processedBytes" | "totalBytes") =>
        actions.reduce((all, { status }) => all + (status?.progressDetails?.[key] ?? 0), 0);
    const total = sum("totalBytes");
    if (total === 0) {
        return "";
    }
    const power = Math.min(Math.floor(Math.log2(total) / 10), units.length - 1);
    const inUnit = (bytes: number) => (bytes / 1_024 ** power).toFixed(power === 0 ? 0 : 1);
    return `, ${inUnit(sum("processedBytes"))} of ${inUnit(total)} ${units[power]}`;
}

const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
