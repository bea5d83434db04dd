/** What the configuration chooses, as the inputs of components and actions. */
import type { DiagnosticsInputs, RestoreChoices } from "crossing-actions";
import type { Config } from "../config";

export type Side = "source" | "target";

/** Where an action that fails writes its diagnostics, if the configuration asks for them. */
export function diagnostics({ diagnostics: wanted }: Config): { diagnostics?: DiagnosticsInputs } {
    return wanted?.onFailure ? { diagnostics: { folder: wanted.folder } } : {};
}

/** What the configuration chooses of K10's actions beyond the defaults. */
export function actionChoices({ cancelOnTimeout, exceptions }: Config): {
    cancelOnTimeout?: true;
    exceptions?: "fail";
} {
    return {
        ...(cancelOnTimeout && { cancelOnTimeout }),
        ...(exceptions === "fail" && { exceptions }),
    };
}

/** Whether what the run made in K10 goes when its resource is destroyed. */
export function retirement({ onDestroy }: Config): { restorePoints?: "retire" } {
    return onDestroy.restorePoints === "retire" ? { restorePoints: "retire" } : {};
}

/** What of a restore differs from the whole of this run. */
export function restoreChoices({ restore }: Config): { choices?: RestoreChoices } {
    const { restorePoint, dataOnly, filters, transforms } = restore;
    const choices: RestoreChoices = {
        ...(restorePoint !== "latest" && { restorePoint }),
        ...(dataOnly && { dataOnly }),
        ...(filters && { filters }),
        ...(transforms.length > 0 && { transforms }),
    };
    return Object.keys(choices).length > 0 ? { choices } : {};
}
