/** Whether an action that has ended is a success. That it is Complete is not all: K10 reports exceptions beside. */
import { innermostCause } from "../explain";
import { Action, nameOf } from "./api";

/** What a person chooses of every action. */
export interface RunChoices {
    /** Whether K10 is asked to cancel what takes too long. @default it goes on, and the next `up` goes on waiting for it */
    cancelOnTimeout?: boolean;
    /** What a success with exceptions is: a line of the output, or a failure. @default "warn" */
    exceptions?: "warn" | "fail";
}

export const choicesOf = ({ cancelOnTimeout, exceptions }: RunChoices): RunChoices => ({
    cancelOnTimeout,
    exceptions,
});

/** Why an action is no success. */
export interface Why {
    /** What else failed, where it was not the action itself: "ExportAction `shop/x` is Failed". */
    about?: string;
    /** What K10 says, the outermost message first. */
    messages: string[];
    /** How to go on without the next attempt, if there is a way. */
    otherwise?: string;
}

/** What is wrong with an action that is Complete with exceptions, where they count as a failure. */
export function exceptional(what: string, action: Action): Why | undefined {
    const exceptions = action.status?.exceptions ?? [];
    return exceptions.length === 0
        ? undefined
        : {
              about: `${what} \`${nameOf(action)}\` is Complete with exceptions, which \`crossing:exceptions\` makes a failure`,
              messages: [exceptions.map(each => innermostCause(each) ?? noReason).join("; ")],
              otherwise: "set `crossing:exceptions` to `warn` to take it as it is",
          };
}

const noReason = "K10 gives no reason";

/** Says what K10 has to add to a success. */
export function reportExceptions(
    what: string,
    action: Action,
    report: (line: string) => void,
): void {
    for (const exception of action.status?.exceptions ?? []) {
        report(`${what} is Complete with an exception: ${innermostCause(exception) ?? noReason}`);
    }
}
