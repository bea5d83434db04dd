/** The kinds of the aggregated API and what can be done with each (K10 documentation, API). */
import { ACTIONS_GROUP, APPS_GROUP, DR_GROUP, VERSION } from "./constants.ts";

export type Verb = "create" | "delete" | "get" | "list";

export interface Kind {
    group: string;
    kind: string;
    /** Name in paths. */
    plural: string;
    namespaced: boolean;
    /** Never `watch`: who sees it advertised lists and watches for ever, also after the API is gone. */
    verbs: Verb[];
    /** Whether `…/{name}/details` exists. */
    details: boolean;
}

function action(kind: string, changes: Partial<Kind> = {}): Kind {
    return {
        group: ACTIONS_GROUP,
        kind,
        plural: `${kind.toLowerCase()}s`,
        namespaced: true,
        verbs: ["create", "delete", "get", "list"],
        details: true,
        ...changes,
    };
}

function app(kind: string, verbs: Verb[], changes: Partial<Kind> = {}): Kind {
    return { ...action(kind, { group: APPS_GROUP, verbs }), ...changes };
}

export const kinds: Kind[] = [
    action("BackupAction"),
    // Not persisted: only POST exists.
    action("CancelAction", { verbs: ["create"], details: false }),
    action("ExportAction"),
    // Made by runs of import policies only.
    action("ImportAction", { verbs: ["delete", "get", "list"] }),
    action("ReportAction"),
    action("RestoreAction"),
    // Made when a restore point content is deleted, never by users.
    action("RetireAction", { namespaced: false, verbs: ["delete", "get", "list"] }),
    action("RunAction"),
    action("ValidateAction"),
    app("Application", ["get", "list"]),
    app("RestorePoint", ["create", "delete", "get", "list"]),
    app("RestorePointContent", ["delete", "get", "list"], { namespaced: false }),
    action("KastenDRReview", { group: DR_GROUP, details: false }),
    action("KastenDRRestore", { group: DR_GROUP, details: false }),
];

/** The kind by its name, e.g. `RunAction`. */
export function kindOf(name: string): Kind {
    const found = kinds.find(kind => kind.kind === name);
    if (!found) {
        throw new Error(`The stand-in knows no kind ${name}.`);
    }
    return found;
}

/** `actions.kio.kasten.io/v1alpha1` and the like. */
export function apiVersionOf(kind: Kind): string {
    return `${kind.group}/${VERSION}`;
}

/** The answer to `GET /apis/<group>/v1alpha1`, by which the API server also judges our health. */
export function resourceList(group: string): object {
    return {
        kind: "APIResourceList",
        apiVersion: "v1",
        groupVersion: `${group}/${VERSION}`,
        resources: kinds
            .filter(kind => kind.group === group)
            .flatMap(kind => {
                const shared = {
                    singularName: kind.kind.toLowerCase(),
                    namespaced: kind.namespaced,
                    kind: kind.kind,
                };
                return [
                    { name: kind.plural, ...shared, verbs: kind.verbs },
                    ...(kind.details
                        ? [
                              {
                                  ...shared,
                                  name: `${kind.plural}/details`,
                                  singularName: "",
                                  verbs: ["get"],
                              },
                          ]
                        : []),
                ];
            }),
    };
}
