/**
 * Which volumes a pod may have.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/util/util.go (types and the
 * exception for service account tokens) and sccmatching/provider.go (messages).
 */
import { invalid, quoted } from "../problem";
import type { Pod, ProjectedSource, SecurityContextConstraints, Volume } from "../types";

/** The fields of a volume, in the order in which OpenShift looks for them. */
const fields = [
    ...["hostPath", "emptyDir", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "secret"],
    ...["nfs", "iscsi", "glusterfs", "persistentVolumeClaim", "rbd", "flexVolume", "cinder"],
    ...["cephfs", "flocker", "downwardAPI", "fc", "azureFile", "configMap", "vsphereVolume"],
    ...["quobyte", "azureDisk", "photonPersistentDisk", "projected", "portworxVolume", "scaleIO"],
    ...["storageos", "csi", "ephemeral"],
];

/** Where a constraint names a type otherwise than a volume does (api: security/v1/types.go, FSType). */
const constraintNames: Record<string, string> = {
    cephfs: "cephFS",
    vsphereVolume: "vsphere",
    storageos: "storageOS",
};

const typeNamed = (field: string) => constraintNames[field] ?? field;

/** All types that a constraint can name. */
export const volumeTypes = fields.map(typeNamed);

export function volumeProblems(scc: SecurityContextConstraints, pod: Pod, at: string): string[] {
    const allowed = scc.volumes ?? [];
    const problems: string[] = [];
    for (const [index, volume] of (pod.spec.volumes ?? []).entries()) {
        const type = typeOf(volume);
        if (!allowed.includes("*") && !allows(allowed, type, volume)) {
            // Alone of all messages this one does not name the constraint.
            const why = type ? `${type} volumes are not allowed to be used` : "unknown volume type";
            problems.push(invalid(`spec.volumes[${index}]`, quoted(type), why));
        }
    }
    const drivers = scc.allowedFlexVolumes ?? [];
    const flexible = allowed.includes("*") || allowed.includes("flexVolume");
    if (flexible && drivers.length > 0) {
        for (const [index, { flexVolume }] of (pod.spec.volumes ?? []).entries()) {
            if (flexVolume && !drivers.some(({ driver }) => driver === flexVolume.driver)) {
                const path = `${at}.spec.securityContext.volumes[${index}].driver`;
                const why = "Flexvolume driver is not allowed to be used";
                problems.push(invalid(path, quoted(flexVolume.driver), why));
            }
        }
    }
    return problems;
}

function typeOf(volume: Volume): string {
    return typeNamed(fields.find(field => field in volume) ?? "");
}

function allows(allowed: string[], type: string, { projected }: Volume): boolean {
    return (
        allowed.includes(type) ||
        // Every pod has such a volume: who may have secrets may have the token of its own service account.
        (allowed.includes("secret") &&
            projected !== undefined &&
            (projected.sources ?? []).every(isOfServiceAccount))
    );
}

const ownConfigMaps: Record<string, string> = {
    "kube-root-ca.crt": "ca.crt",
    "openshift-service-ca.crt": "service-ca.crt",
};

function isOfServiceAccount(source: ProjectedSource): boolean {
    const { serviceAccountToken: token, configMap, downwardAPI } = source;
    if (!token && !configMap && !downwardAPI) {
        return false;
    }
    const items = configMap?.items ?? [];
    const key = ownConfigMaps[configMap?.name ?? ""];
    return (
        (!token || (token.path === "token" && !token.audience)) &&
        (!configMap || (items.length === 1 && items[0]?.key === key && items[0]?.path === key)) &&
        (downwardAPI?.items ?? []).every(
            ({ path, fieldRef }) =>
                path === "namespace" &&
                fieldRef?.apiVersion === "v1" &&
                fieldRef.fieldPath === "metadata.namespace",
        )
    );
}
