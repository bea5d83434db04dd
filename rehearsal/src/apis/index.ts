/** OpenShift's kinds for a plain cluster, so that it looks like OpenShift to whoever asks what it serves. */
import type { Manifest } from "../manifests";
import { definition } from "./crd";
import { others } from "./others";
import { route } from "./route";

/** The last version whose words the constraints use. It comes with Kubernetes 1.33, whatever this cluster has. */
export const openshiftVersion = "4.20.0";

/** The kinds, and the one ClusterVersion, which says that it is a stand-in. */
export function apiManifests(): Manifest[] {
    return [route, ...others].map(definition).concat(clusterVersion);
}

/** When there was no OpenShift. */
const never = "1970-01-01T00:00:00Z";
const image = "none (a stand-in for OpenShift on a plain Kubernetes cluster)";
const condition = (type: string, status: string, message: string) => ({
    ...{ type, status, message, reason: "StandIn" },
    lastTransitionTime: never,
});

const clusterVersion: Manifest = {
    apiVersion: "config.openshift.io/v1",
    kind: "ClusterVersion",
    metadata: { name: "version" },
    spec: { clusterID: "00000000-0000-0000-0000-000000000000", channel: "stable-4.20" },
    status: {
        desired: { version: openshiftVersion, image },
        history: [
            {
                ...{ state: "Completed", version: openshiftVersion, image, verified: false },
                ...{ startedTime: never, completionTime: never },
            },
        ],
        observedGeneration: 1,
        versionHash: "",
        conditions: [
            condition("Available", "True", "This is a stand-in, not OpenShift."),
            condition("Failing", "False", ""),
            condition(
                "Progressing",
                "False",
                `Stand-in: looks like ${openshiftVersion}, is not OpenShift`,
            ),
        ],
    },
};
