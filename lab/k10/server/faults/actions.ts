/** Faults of actions: they end otherwise than their work would. */
import type { Body } from "../action.ts";
import { Cancelled, Failure, Skipped } from "../failure.ts";
import type { Kind } from "../kinds.ts";
import { faultText, type Faults } from "./faults.ts";
import type { LimitKnob } from "./settings.ts";
import { TEXTS } from "./texts.ts";

/** The work of an action of some kind, with the faults that are set at the time of each attempt. */
export function faultyBody(faults: Faults, { kind }: Kind, body: Body): Body {
    const strikes = (knob: LimitKnob) => faults.strikes(knob, kind);
    return async run => {
        if (await strikes("actionCancelled")) {
            throw new Cancelled();
        }
        if (await strikes("actionSkipped")) {
            throw new Skipped(faultText("actionSkipped"));
        }
        if (await strikes("actionExceptions")) {
            run.exception(faultText("actionExceptions"));
        }
        try {
            if (await strikes("actionFailed")) {
                throw failure("actionFailed", false);
            }
            for (const [name, messages] of Object.entries(TEXTS)) {
                if (await faults.strikes("actionFailsLike", `${kind}.${name}`)) {
                    throw nested(messages);
                }
            }
            if (await strikes("attemptFailed")) {
                throw failure("attemptFailed", true);
            }
            await body(run);
        } catch (error) {
            if (!(error instanceof Failure) || !(await strikes("failureHidden"))) {
                throw error;
            }
        }
    };
}

/** Nested three levels deep, as K10 nests its errors. */
function failure(knob: LimitKnob, retry: boolean): Failure {
    const cause = new Failure("Failed to execute phase", {
        cause: new Failure(faultText(knob), { fields: { knob } }),
    });
    return new Failure("Job failed to be executed", { cause, retry });
}

/** A failure that says what others have heard, and for good. */
function nested(messages: readonly string[]): Failure {
    const [message = "", ...rest] = messages;
    return new Failure(message, {
        ...(rest.length > 0 && { cause: nested(rest) }),
        retry: false,
    });
}
