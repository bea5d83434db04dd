/** K10's operator: waited for until OLM has installed the version that is wanted, and removed with its last trace. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { sentence, unless, UserError } from "../kube/errors";
import { lasting, Look, poll } from "../kube/poll";
import {
    ClusterServiceVersion,
    clusterServiceVersions,
    failureOf,
    fixOf,
    InstallPlan,
    installPlans,
    k10s,
    said,
    Subscription,
    subscriptions,
    troubleOf,
} from "./olm";

export interface OperatorInputs extends ClusterInputs {
    namespace: string;
    /** The name of the Subscription, and its UID: another one has another operator. */
    subscription: string;
    subscriptionUid: string;
    /** What the Subscription asks for besides. After a change it is looked at again. */
    channel: string;
    catalog: string;
    /** The ClusterServiceVersion to install and to stay with. @default what OLM chooses */
    startingCSV?: string;
    /** How the resource `K10`, and with it the operator's release, is to be called. */
    name: string;
    /** The version of K10 that it has to bring. One that is no version is not checked. */
    version: string;
    /** Seconds until the wait fails. */
    timeout: number;
    /** Seconds that a failure must stand. @default 15 */
    settle?: number;
}

export interface OperatorOutputs {
    /** The ClusterServiceVersion that is installed. */
    csv: string;
    /** The version of K10 that it brings. */
    installedVersion: string;
}

export const operator: Definition<OperatorInputs, OperatorOutputs> = {
    title: "k10 operator",
    replaceOn: ["namespace", "subscription", "subscriptionUid"],
    outputs: ["csv", "installedVersion"],
    id: ({ namespace, subscription }) => `${namespace}/${subscription}`,
    // Whatever has changed: what is there is looked at again.
    serves: () => false,

    async run(inputs, report) {
        const { namespace, subscription, timeout, settle = 15 } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const stands = lasting(settle);
        const csv = await poll(
            {
                what: `the operator of Subscription \`${namespace}/${subscription}\` to be installed`,
                timeout,
                hint: details(inputs),
                report,
            },
            async () => {
                const look = await lookAt(cluster, inputs, report);
                const failure = "failure" in look ? look.failure : undefined;
                if (stands(failure !== undefined) && failure !== undefined) {
                    throw new UserError(
                        `The operator of Subscription \`${namespace}/${subscription}\` is not installed: ${sentence(failure)} ${fixOf(failure)}, then run \`pulumi up\` again. ${details(inputs)}`,
                    );
                }
                return look;
            },
        );
        const installedVersion = versionOf(csv);
        requireVersion(inputs, installedVersion);
        await requireNoRelease(cluster, inputs);
        return { csv: csv.metadata?.name ?? "", installedVersion };
    },

    /**
     * Takes the Subscription away before its ClusterServiceVersion, which OLM would otherwise install again, and
     * which outlives the Subscription. Only what is ours: nothing where somebody has made another Subscription.
     */
    async remove(state, report) {
        const cluster = await Cluster.connect(state.kubeconfig);
        const { namespace, subscription, timeout } = state;
        let csv = state.csv;
        await poll(
            {
                what: `the operator of Subscription \`${namespace}/${subscription}\` to be removed`,
                timeout,
                hint: details(state),
                report,
            },
            async () => {
                const found = await cluster.get<Subscription>(
                    subscriptions,
                    ...([subscription, namespace] as const),
                );
                if (found && found.metadata?.uid !== state.subscriptionUid) {
                    return { done: true, value: undefined };
                }
                csv = found?.status?.installedCSV ?? csv;
                if (found) {
                    report(`removing Subscription ${namespace}/${subscription}`);
                    await unless(404, cluster.delete(subscriptions, subscription, namespace));
                }
                if (csv && (await cluster.get(clusterServiceVersions, csv, namespace))) {
                    await unless(404, cluster.delete(clusterServiceVersions, csv, namespace));
                    return { done: false, seen: `ClusterServiceVersion ${csv} is being removed` };
                }
                return { done: true, value: undefined };
            },
        );
    },
};

const details = ({ namespace }: Pick<OperatorInputs, "namespace">) =>
    `Details: kubectl -n ${namespace} get subscriptions.operators.coreos.com,installplans,csv -o yaml`;

type OperatorLook = Look<ClusterServiceVersion> | { done: false; seen: string; failure: string };

/** What OLM has come to. A failure stands beside what was seen. */
async function lookAt(
    cluster: Cluster,
    inputs: OperatorInputs,
    report: (line: string) => void,
): Promise<OperatorLook> {
    const { namespace, subscription } = inputs;
    const found = await cluster.get<Subscription>(subscriptions, subscription, namespace);
    if (!found) {
        return { done: false, seen: "the Subscription does not exist" };
    }
    const failure = failureOf(found);
    if (failure) {
        return { done: false, seen: failure, failure };
    }
    await approve(cluster, found, inputs, report);
    const { installedCSV, currentCSV } = found.status ?? {};
    if (!installedCSV) {
        return { done: false, seen: troubleOf(found) ?? "OLM has installed nothing yet" };
    }
    // Newer ones are left where a certain one is wanted: nobody approves them.
    const wanted = inputs.startingCSV ?? currentCSV ?? installedCSV;
    if (installedCSV !== wanted) {
        const offered = currentCSV ?? installedCSV;
        return offered === wanted
            ? { done: false, seen: `OLM replaces ${installedCSV} by ${wanted}` }
            : notOffered(installedCSV, offered, wanted);
    }
    const csv = await cluster.get<ClusterServiceVersion>(
        ...([clusterServiceVersions, installedCSV, namespace] as const),
    );
    const { phase = "not there", reason, message } = csv?.status ?? {};
    if (csv && phase === "Succeeded") {
        return { done: true, value: csv };
    }
    const seen = `ClusterServiceVersion ${installedCSV} is ${phase}${message ? ` (${message})` : ""}`;
    return phase === "Failed"
        ? { done: false, seen, failure: said({ type: `${installedCSV} Failed`, reason, message }) }
        : { done: false, seen };
}

/** OLM goes from version to version as the channel leads it. */
function notOffered(installed: string, offered: string, wanted: string): OperatorLook {
    const seen = `${installed} is installed, from which OLM leads to ${offered === installed ? "nothing newer" : offered} and not to startingCSV ${wanted}`;
    return { done: false, seen, failure: seen };
}

/** OLM waits for leave where a certain version is wanted, since it would go on to the newest otherwise. */
async function approve(
    cluster: Cluster,
    { status }: Subscription,
    { namespace, startingCSV }: OperatorInputs,
    report: (line: string) => void,
): Promise<void> {
    const name = status?.installPlanRef?.name;
    if (!startingCSV || status?.installedCSV === startingCSV || !name) {
        return;
    }
    const plan = await cluster.get<InstallPlan>(installPlans, name, namespace);
    const { approved, clusterServiceVersionNames = [] } = plan?.spec ?? {};
    if (plan && !approved && clusterServiceVersionNames.includes(startingCSV)) {
        report(`approving InstallPlan ${namespace}/${name} of ${startingCSV}`);
        await cluster.patch(installPlans, name, { spec: { approved: true } }, namespace);
    }
}

/** `9.0.4` of `k10-kasten-operator-rhmp.v9.0.4`. */
const versionOf = ({ metadata, spec }: ClusterServiceVersion): string =>
    spec?.version ?? /\.v(\d.*)$/.exec(metadata?.name ?? "")?.[1] ?? "";

/** What the target may import depends on the version: what the configuration says of it has to be true. */
function requireVersion(
    { namespace, subscription, version }: OperatorInputs,
    installed: string,
): void {
    const [expected, found] = [version, installed].map(each => /\d+\.\d+\.\d+/.exec(each)?.[0]);
    if (expected && found && expected !== found) {
        throw new UserError(
            `Subscription \`${namespace}/${subscription}\` brings K10 ${found}, and \`crossing:k10.version\` is \`${version}\`: set that to \`${found}\`, or run \`pulumi destroy\` and name the ClusterServiceVersion of ${expected} by \`startingCSV\` of \`crossing:k10.operator\`.`,
        );
    }
}

/** The operator would take Helm's release for its own, and Pulumi would then uninstall what belongs to both. */
async function requireNoRelease(
    cluster: Cluster,
    { namespace, name }: OperatorInputs,
): Promise<void> {
    if (await cluster.get(k10s, name, namespace)) {
        return;
    }
    const labelSelector = `owner=helm,name=${name}`;
    const { items } = await cluster.request(
        cluster.core.listNamespacedSecret({ namespace, labelSelector }),
    );
    if (items.length > 0) {
        throw new UserError(
            `Helm has installed K10 as release \`${namespace}/${name}\`, and the operator cannot take that over: set \`crossing:k10.install\` back to \`helm\`, or run \`pulumi destroy\` first.`,
        );
    }
}
