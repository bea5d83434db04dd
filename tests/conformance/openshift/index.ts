/** OpenShift's security context constraints: what becomes of namespaces and pods. */
import type { Given, Part, Subject } from "../behaviour.ts";
import { Cluster } from "../support/cluster.ts";
import { labCluster } from "../support/lab-cluster.ts";
import { defaults } from "./defaults.ts";
import { grants } from "./grants.ts";
import { kept } from "./kept.ts";
import { namespaces } from "./namespaces.ts";
import { refusals } from "./refusals.ts";
import { shipped } from "./shipped.ts";
import { OpenShift } from "./world.ts";

async function at(kubeconfig: string, what: string): Promise<Subject<OpenShift>> {
    const kube = Cluster.fromFile(kubeconfig);
    const world = await OpenShift.start(kube);
    return { what: `${what} on ${kube.server}`, world, close: () => world.close() };
}

async function standIn(given: Given) {
    if (given.standIn !== undefined) {
        return at(given.standIn, "the OpenShift stand-in");
    }
    const cluster = await labCluster("openshift");
    if ("absent" in cluster) {
        return cluster;
    }
    const subject = await at(cluster.kubeconfig, "the OpenShift stand-in");
    return { ...subject, close: () => cluster.remove() };
}

export const part: Part<OpenShift> = {
    name: "openshift",
    title: "OpenShift's security context constraints",
    realIs: "the kubeconfig of an administrator of an OpenShift or CRC",
    environment: "KUBECONFIG",
    makes: [
        "namespaces `crossing-conformance-…` with service accounts, role bindings and two Deployments whose pods no node runs",
        "one SecurityContextConstraints `crossing-conformance-…`, which one of those service accounts may use",
    ],
    options: [],
    standIn,
    real: ({ real }) => at(real ?? "", "OpenShift"),
    behaviours: [...shipped, ...namespaces, ...defaults, ...refusals, ...grants, ...kept],
};
