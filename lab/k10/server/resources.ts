/** Resources of the cluster and their paths. */

/** The path of objects of a resource: of one, or of all in a namespace or in the cluster. */
export function pathOf(
    resource: { group: string; version: string; resource: string },
    namespace?: string,
    name?: string,
): string {
    const { group, version, resource: plural } = resource;
    return [
        group === "" ? `/api/${version}` : `/apis/${group}/${version}`,
        ...(namespace === undefined ? [] : [`namespaces/${namespace}`]),
        plural,
        ...(name === undefined ? [] : [name]),
    ].join("/");
}

const core = (resource: string) => ({ group: "", version: "v1", resource });
export const NAMESPACES = core("namespaces");
export const NODES = core("nodes");
export const PODS = core("pods");
export const SECRETS = core("secrets");
export const SERVICE_ACCOUNTS = core("serviceaccounts");
export const CLAIMS = core("persistentvolumeclaims");
export const STORAGE_CLASSES = {
    group: "storage.k8s.io",
    version: "v1",
    resource: "storageclasses",
};
export const VOLUMES = core("persistentvolumes");
export const EVENTS = core("events");
const snapshot = (resource: string) => ({
    group: "snapshot.storage.k8s.io",
    version: "v1",
    resource,
});
export const SNAPSHOTS = snapshot("volumesnapshots");
export const SNAPSHOT_CLASSES = snapshot("volumesnapshotclasses");
export const SNAPSHOT_CONTENTS = snapshot("volumesnapshotcontents");
export const ROLE_BINDINGS = {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    resource: "rolebindings",
};
