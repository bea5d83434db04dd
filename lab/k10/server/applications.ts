/** Application (K10 documentation, API "Applications"): not stored, but made from namespaces and contents. */
import { labels, STAND_IN, STAND_IN_ANNOTATION } from "./constants.ts";
import type { KubeObject } from "./json.ts";
import { apiVersionOf, kindOf } from "./kinds.ts";

const APPLICATION = kindOf("Application");

function application(
    namespace: string,
    name: string,
    state: "Active" | "Deleted",
    from: KubeObject,
): KubeObject {
    const { uid, creationTimestamp, resourceVersion } = from.metadata;
    return {
        apiVersion: apiVersionOf(APPLICATION),
        kind: APPLICATION.kind,
        metadata: {
            name,
            namespace,
            ...(uid !== undefined && { uid }),
            ...(resourceVersion !== undefined && { resourceVersion }),
            ...(creationTimestamp !== undefined && { creationTimestamp }),
            labels: { [labels.appName]: name, [labels.appNamespace]: name },
            annotations: { [STAND_IN_ANNOTATION]: STAND_IN },
        },
        spec: { namespace: { name } },
        status: { state },
    };
}

/**
 * One application for each namespace, in that namespace; applications of which only restore points are left
 * are in K10's namespace with state Deleted.
 */
export function applications(
    namespaces: KubeObject[],
    contents: KubeObject[],
    install: string,
): KubeObject[] {
    const active = namespaces
        .filter(each => each.metadata.name !== install && !each.metadata.deletionTimestamp)
        .map(each => application(each.metadata.name, each.metadata.name, "Active", each));
    const present = new Set(active.map(each => each.metadata.name));
    const gone = new Map<string, KubeObject>();
    for (const content of contents) {
        const name = content.metadata.labels?.[labels.appNamespace];
        if (name !== undefined && !present.has(name) && !gone.has(name)) {
            gone.set(name, application(install, name, "Deleted", content));
        }
    }
    return [...active, ...gone.values()];
}
