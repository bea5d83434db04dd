/** How K10 is installed: by its Helm chart, or on OpenShift by the operator of OperatorHub. */
import { coerce } from "semver";
import * as v from "valibot";
import { oneOf, text } from "./fields";

/** What leads to the version: `k10-kasten-operator-rhmp.v8.0.15`. */
const startingCSV = v.pipe(
    text,
    v.regex(
        /\.v\d+\.\d+\.\d+/,
        "name a ClusterServiceVersion such as `k10-kasten-operator-rhmp.v9.0.4`",
    ),
);

const operator = v.strictObject({
    package: v.optional(text, "k10-kasten-operator-rhmp"),
    channel: v.optional(text, "stable"),
    /** The CatalogSource that has the package. It is another one from OpenShift to OpenShift, so there is no default. */
    source: text,
    sourceNamespace: v.optional(text, "openshift-marketplace"),
    /** The ClusterServiceVersion to install and to stay with. The newest of the channel, and each newer one, if it is not given. */
    startingCSV: v.optional(startingCSV),
});

/** Keys of one cluster or of both. */
export const install = {
    /** By Helm if it is not given. */
    install: v.optional(oneOf(["helm", "operator"])),
    /** Where `install: operator` gets the operator from. */
    operator: v.optional(operator),
};

type Operator = v.InferOutput<typeof operator>;

/** What of K10's settings on one cluster counts here. */
export interface InstallSettings {
    install?: "helm" | "operator";
    operator?: Operator;
    version: string;
    sidecar?: { enabled: boolean };
}

interface Place {
    side: "source" | "target";
    cluster: { type: string; platform: "kubernetes" | "openshift" };
    /** A key as people wrote it, in backticks. */
    key: (name: "install" | "operator" | "sidecar") => string;
    /** Whether a key stands below this cluster alone. */
    isOwn: (name: "operator") => boolean;
}

/** Where the operator comes from on a cluster that has K10 by operator, and undefined where Helm installs it. */
export const operatorOf = ({ install, operator }: Pick<InstallSettings, "install" | "operator">) =>
    install === "operator" ? operator : undefined;

/** What is wrong with the way of installing on one cluster. */
export function installMistakes(here: InstallSettings, place: Place): string[] {
    const { side, key } = place;
    if (here.install !== "operator") {
        return here.operator && place.isOwn("operator")
            ? [
                  `${key("operator")} is of no use, since Helm installs K10 on the ${side}: set \`crossing:k10.${side}.install\` to \`operator\`, or remove it.`,
              ]
            : [];
    }
    return [
        ...clusterMistakes(place),
        ...versionMistakes(here, place),
        ...(here.sidecar?.enabled
            ? [
                  `${key("sidecar")} does not go with \`install: operator\` on the ${side}, where K10 has no webhook that injects the sidecar: remove it, or set \`crossing:k10.${side}.sidecar.enabled\` to \`false\`, and add the sidecar to the workloads by \`k10tools k10genericbackup inject\`.`,
              ]
            : []),
    ];
}

function clusterMistakes({ side, cluster, key }: Place): string[] {
    if (cluster.platform !== "openshift") {
        return [
            `${key("install")} is \`operator\`, which needs OpenShift, and the ${side} is none: set \`crossing:k10.${side}.install\` to \`helm\`.`,
        ];
    }
    return cluster.type === "kind"
        ? [
              `${key("install")} is \`operator\`, which needs OpenShift's Operator Lifecycle Manager, and the ${side} is a cluster of kind without it: set \`crossing:k10.${side}.install\` to \`helm\`.`,
          ]
        : [];
}

function versionMistakes({ operator, version }: InstallSettings, { side, key }: Place): string[] {
    if (!operator) {
        return [
            `${key("operator")} is missing, which \`install: operator\` needs on the ${side}: give at least \`source\`, the CatalogSource that \`kubectl get packagemanifests\` shows for K10's package.`,
        ];
    }
    const expected = coerce(version)?.version;
    const named = /\.v(\d+\.\d+\.\d+)/.exec(operator.startingCSV ?? "")?.[1];
    return expected && named && expected !== named
        ? [
              `${key("operator").replace(/`$/, ".startingCSV`")} brings K10 ${named}, and \`crossing:k10.version\` is \`${version}\`: set that to \`${named}\`, or name another ClusterServiceVersion.`,
          ]
        : [];
}

/** What is wrong with it on no cluster in particular. */
export function unusedOperator(settings: {
    operator?: Operator;
    install?: string;
    source?: { install?: string };
    target?: { install?: string };
}): string[] {
    const { operator, source, target } = settings;
    const used = [settings, source, target].some(each => each?.install === "operator");
    return operator && !used
        ? [
              "`crossing:k10.operator` is of no use, since Helm installs K10: set `crossing:k10.install` to `operator`, or remove it.",
          ]
        : [];
}
