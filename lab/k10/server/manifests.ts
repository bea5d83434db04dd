/**
 * Which objects of a namespace belong to a backup, and what is taken off them so that another cluster can
 * create them (K10 documentation, API "Policies", default filters; the rest follows from Kubernetes).
 */
import { ACTIONS_GROUP, APPS_GROUP, MOVER_LABEL } from "./constants.ts";
import {
    at,
    fieldsAt,
    isFields,
    listAt,
    omit,
    textAt,
    type Fields,
    type KubeObject,
} from "./json.ts";
import type { Captured } from "./layout.ts";

/** A listable resource, by discovery. */
export interface Resource {
    group: string;
    version: string;
    resource: string;
    kind: string;
    namespaced: boolean;
    verbs: string[];
}

/** What K10 leaves out by default, and what only makes sense where it was made. */
const LEFT_OUT = new Set([
    "/endpoints",
    "/events",
    "/replicationcontrollers/scale",
    "apps/controllerrevisions",
    "apps/replicasets",
    "autoscaling/horizontalpodautoscalers",
    "coordination.k8s.io/leases",
    "discovery.k8s.io/endpointslices",
    "events.k8s.io/events",
    "metrics.k8s.io/pods",
    "snapshot.storage.k8s.io/volumesnapshots",
    "storage.k8s.io/csistoragecapacities",
]);

/** Groups that K10 serves itself: an application's backup does not contain its backups. */
const OWN_GROUPS = [
    ACTIONS_GROUP,
    APPS_GROUP,
    "config.kio.kasten.io",
    "datamover.kio.kasten.io",
    "dr.kio.kasten.io",
    "reporting.kio.kasten.io",
    "repositories.kio.kasten.io",
];

/** Made in every namespace by a controller of the cluster. */
const MADE_EVERYWHERE = ["kube-root-ca.crt", "openshift-service-ca.crt"];

/** Whether objects of a resource are listed for a backup at all. */
export function isCaptured(resource: Resource): boolean {
    return (
        resource.namespaced &&
        !resource.resource.includes("/") &&
        ["create", "get", "list"].every(verb => resource.verbs.includes(verb)) &&
        !OWN_GROUPS.includes(resource.group) &&
        !LEFT_OUT.has(`${resource.group}/${resource.resource}`)
    );
}

/** Whether one object belongs to the backup: not what a controller or the cluster makes again. */
export function belongs({ group, resource, object }: Captured): boolean {
    const { metadata } = object;
    if (metadata.labels?.[MOVER_LABEL] !== undefined || metadata.deletionTimestamp) {
        return false;
    }
    if (resource === "persistentvolumeclaims" && group === "") {
        return true;
    }
    if (metadata.ownerReferences?.some(owner => owner.controller)) {
        return false;
    }
    switch (`${group}/${resource}`) {
        case "/configmaps":
            return !MADE_EVERYWHERE.includes(metadata.name);
        case "/secrets":
            return textAt(object, "type") !== "kubernetes.io/service-account-token";
        case "/pods":
            return !["Succeeded", "Failed"].includes(textAt(object, "status", "phase"));
        case "batch/jobs":
            // To create a finished Job again would run it again.
            return !listAt(object, "status", "conditions").some(
                condition =>
                    ["Complete", "Failed"].includes(textAt(condition, "type")) &&
                    at(condition, "status") === "True",
            );
        default:
            return true;
    }
}

const ANNOTATIONS = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/selected-node",
];

function cleanMetadata(object: KubeObject): KubeObject["metadata"] {
    const { name, labels, annotations, finalizers } = object.metadata;
    const kept = Object.entries(annotations ?? {}).filter(([key]) => !ANNOTATIONS.includes(key));
    // A finalizer of the cluster's own is set again by it; one of an operator is part of the object.
    const foreign = Array.isArray(finalizers)
        ? finalizers.filter(each => typeof each === "string" && !each.startsWith("kubernetes.io/"))
        : [];
    return {
        name,
        ...(labels && { labels: { ...labels } }),
        ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
        ...(foreign.length > 0 && { finalizers: foreign }),
    };
}

function cleanService(spec: Fields): Fields {
    // "None" is a decision of the user, an address is one of the cluster.
    const headless = spec["clusterIP"] === "None";
    const kept = omit(spec, [
        ...(headless ? [] : ["clusterIP", "clusterIPs", "ipFamilies"]),
        "healthCheckNodePort",
        "loadBalancerIP",
    ]);
    const ports = listAt(spec, "ports").map(port =>
        isFields(port) ? omit(port, ["nodePort"]) : port,
    );
    return { ...kept, ...(ports.length > 0 && { ports }) };
}

const JOB_LABELS = [
    "controller-uid",
    "job-name",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
];

function cleanJob(spec: Fields): Fields {
    const template = fieldsAt(spec, "template");
    const metadata = fieldsAt(template, "metadata");
    const labels = omit(fieldsAt(metadata, "labels"), JOB_LABELS);
    const manual = spec["manualSelector"] === true;
    return {
        ...omit(spec, manual ? [] : ["selector"]),
        template: { ...template, metadata: { ...omit(metadata, ["creationTimestamp"]), labels } },
    };
}

function cleanPod(spec: Fields): Fields {
    const isToken = (name: unknown) =>
        typeof name === "string" && name.startsWith("kube-api-access-");
    const containers = (key: string) =>
        listAt(spec, key).map(container =>
            isFields(container) && Array.isArray(container["volumeMounts"])
                ? {
                      ...container,
                      volumeMounts: container["volumeMounts"].filter(
                          mount => !isToken(at(mount, "name")),
                      ),
                  }
                : container,
        );
    return {
        ...omit(spec, ["nodeName", "priority", "preemptionPolicy"]),
        containers: containers("containers"),
        ...(spec["initContainers"] !== undefined && {
            initContainers: containers("initContainers"),
        }),
        volumes: listAt(spec, "volumes").filter(volume => !isToken(at(volume, "name"))),
    };
}

/** An object as another cluster can create it: no status, uid, owner, address, volume or generated selector. */
export function cleaned({ group, resource, object }: Captured): KubeObject {
    const result = { ...omit(object, ["status"]), metadata: cleanMetadata(object) } as KubeObject;
    const spec = isFields(object.spec) ? object.spec : undefined;
    if (!spec) {
        return `${group}/${resource}` === "/serviceaccounts" ? omitSecrets(result) : result;
    }
    switch (`${group}/${resource}`) {
        case "/persistentvolumeclaims":
            result.spec = omit(spec, [
                "volumeName",
                "volumeAttributesClassName",
                "dataSource",
                "dataSourceRef",
            ]);
            break;
        case "/services":
            result.spec = cleanService(spec);
            break;
        case "batch/jobs":
            result.spec = cleanJob(spec);
            result.metadata.labels &&= omit(result.metadata.labels, JOB_LABELS) as Record<
                string,
                string
            >;
            break;
        case "/pods":
            result.spec = cleanPod(spec);
            break;
    }
    return result;
}

/** Tokens are made again by the cluster under other names; other Secrets stay listed. */
function omitSecrets(account: KubeObject): KubeObject {
    const isToken = (entry: unknown) =>
        new RegExp(`^${account.metadata.name}-(token|dockercfg)-[a-z0-9]{5}$`).test(
            textAt(entry, "name"),
        );
    const result = { ...account };
    for (const key of ["secrets", "imagePullSecrets"]) {
        if (Array.isArray(account[key])) {
            result[key] = account[key].filter(entry => !isToken(entry));
        }
    }
    return result;
}

/** The namespace as it goes into a backup: labels and annotations, without those that its cluster gave it. */
export function cleanedNamespace(namespace: KubeObject): KubeObject {
    const metadata = cleanMetadata(namespace);
    const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !isScc(key));
    const others = omit(metadata.labels ?? {}, ["kubernetes.io/metadata.name"]);
    return {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
            name: metadata.name,
            labels: others as Record<string, string>,
            annotations: Object.fromEntries(kept),
        },
    };
}

/** uid and fsGroup ranges that OpenShift gives each namespace anew: those of the source mean nothing here. */
function isScc(annotation: string): boolean {
    return annotation.startsWith("openshift.io/sa.scc.");
}
