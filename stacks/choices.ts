/** What the configuration chooses, as the inputs of components and actions. */
import type { DiagnosticsInputs, RestoreChoices } from "crossing-actions";
import { Config, k10Of } from "../config";

export type Side = "source" | "target";

/** Where an action that fails writes its diagnostics, if the configuration asks for them. */
export function diagnostics({ diagnostics: wanted }: Config): { diagnostics?: DiagnosticsInputs } {
    return wanted?.onFailure ? { diagnostics: { folder: wanted.folder } } : {};
}

/** The labels that K10's sidecar on the source is for. Undefined: K10 injects none. */
export function sidecarLabels({
    k10,
}: Config):
    | { namespaceLabels?: Record<string, string>; workloadLabels?: Record<string, string> }
    | undefined {
    const { sidecar } = k10Of(k10, "source");
    const { namespaceSelector, objectSelector } = sidecar ?? {};
    return sidecar?.enabled
        ? {
              ...(namespaceSelector && { namespaceLabels: namespaceSelector.matchLabels }),
              ...(objectSelector && { workloadLabels: objectSelector.matchLabels }),
          }
        : undefined;
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
