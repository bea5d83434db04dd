/** The parts of Kubernetes' and OpenShift's objects that the rules read or fill in. All else passes through. */

export interface Metadata {
    name?: string;
    generateName?: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: unknown;
    finalizers?: unknown;
    managedFields?: unknown;
}

export interface SELinuxOptions {
    level?: string;
    role?: string;
    type?: string;
    user?: string;
}

export interface SeccompProfile {
    type: string;
    localhostProfile?: string;
}

export interface Capabilities {
    add?: string[];
    drop?: string[];
}

/** What a pod and a container both have; the container's wins. */
interface CommonContext {
    runAsUser?: number;
    runAsNonRoot?: boolean;
    seLinuxOptions?: SELinuxOptions;
    seccompProfile?: SeccompProfile;
}

export interface SecurityContext extends CommonContext {
    privileged?: boolean;
    capabilities?: Capabilities;
    readOnlyRootFilesystem?: boolean;
    allowPrivilegeEscalation?: boolean;
}

export interface PodSecurityContext extends CommonContext {
    fsGroup?: number;
    supplementalGroups?: number[];
    sysctls?: { name: string; value: string }[];
}

export interface Container {
    name: string;
    ports?: { hostPort?: number }[];
    securityContext?: SecurityContext;
}

export interface ProjectedSource {
    serviceAccountToken?: { path?: string; audience?: string };
    configMap?: { name?: string; items?: { key?: string; path?: string }[] };
    downwardAPI?: {
        items?: { path?: string; fieldRef?: { apiVersion?: string; fieldPath?: string } }[];
    };
}

/** Besides its name, a volume has one field, named after its type. */
export interface Volume {
    name: string;
    flexVolume?: { driver?: string };
    projected?: { sources?: ProjectedSource[] };
}

export interface Pod {
    metadata: Metadata;
    spec: {
        os?: { name?: string };
        serviceAccountName?: string;
        hostNetwork?: boolean;
        hostPID?: boolean;
        hostIPC?: boolean;
        securityContext?: PodSecurityContext;
        containers?: Container[];
        initContainers?: Container[];
        ephemeralContainers?: Container[];
        volumes?: Volume[];
    };
}

export interface Namespace {
    metadata: Metadata;
}

export interface IDRange {
    min?: number;
    max?: number;
}

export interface GroupOptions {
    type?: string;
    ranges?: IDRange[] | null;
}

/** OpenShift's kind of this name. Fields that are `null` in a manifest are not set. */
export interface SecurityContextConstraints {
    apiVersion?: string;
    kind?: string;
    metadata: Metadata & { name: string };
    priority?: number | null;
    users?: string[] | null;
    groups?: string[] | null;
    allowHostDirVolumePlugin?: boolean;
    allowHostIPC?: boolean;
    allowHostNetwork?: boolean;
    allowHostPID?: boolean;
    allowHostPorts?: boolean;
    allowPrivilegedContainer?: boolean;
    allowPrivilegeEscalation?: boolean | null;
    defaultAllowPrivilegeEscalation?: boolean | null;
    readOnlyRootFilesystem?: boolean;
    allowedCapabilities?: string[] | null;
    defaultAddCapabilities?: string[] | null;
    requiredDropCapabilities?: string[] | null;
    volumes?: string[] | null;
    allowedFlexVolumes?: { driver: string }[] | null;
    allowedUnsafeSysctls?: string[] | null;
    forbiddenSysctls?: string[] | null;
    seccompProfiles?: string[] | null;
    runAsUser?: {
        type?: string;
        uid?: number | null;
        uidRangeMin?: number | null;
        uidRangeMax?: number | null;
    };
    seLinuxContext?: { type?: string; seLinuxOptions?: SELinuxOptions | null };
    fsGroup?: GroupOptions;
    supplementalGroups?: GroupOptions;
}
