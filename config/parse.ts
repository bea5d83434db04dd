/** Reads a configuration as a whole, and says all that is wrong with it at once. */
import * as v from "valibot";
import { applicationMistakes } from "./applications";
import { blueprintMistakes } from "./blueprints";
import { drillMistakes } from "./drill";
import { locationMistakes } from "./location-rules";
import { readLocationSecrets } from "./location-secrets";
import { k10Mistakes } from "./k10";
import { policyMistakes } from "./policy-mistakes";
import { sidesOf } from "./roles";
import { schema, Settings } from "./schema";
import { snapshotMistakes } from "./snapshots";

/** Mistakes as sentences, each with its key in backticks. */
export class ConfigMistakes extends Error {
    readonly mistakes: string[];
    constructor(mistakes: string[]) {
        const one = mistakes.length === 1;
        super(
            `The configuration has ${one ? "a mistake" : `${mistakes.length} mistakes`}:\n${mistakes.map(line => `  - ${line}`).join("\n")}`,
        );
        this.mistakes = mistakes;
    }
}

/**
 * Reads the configuration as a whole.
 * @param values what is set, by key without `crossing:`; secret keys by their presence alone
 * @param locationSecrets what `locationSecrets` holds, which is checked by names alone
 * @param hidden keys that hold something secret, so that no message shows their values
 * @throws ConfigMistakes with all mistakes at once
 */
export function parse(
    values: Record<string, unknown>,
    secretsSet: readonly string[],
    locationSecrets?: string,
    hidden: readonly string[] = [],
): Settings {
    const result = v.safeParse(schema, values);
    const mistakes = (result.issues ?? []).map(issue => sentence(issue, hidden));
    if (result.success) {
        mistakes.push(
            ...combinations(result.output, secretsSet),
            ...locationMistakes(result.output, secretsSet),
            ...readLocationSecrets(result.output.locations, locationSecrets).mistakes,
        );
    }
    if (!result.success || mistakes.length > 0) {
        throw new ConfigMistakes(mistakes.sort());
    }
    return frozen(result.output);
}

function frozen<T>(value: T): T {
    if (typeof value === "object" && value !== null) {
        Object.values(value).forEach(frozen);
        Object.freeze(value);
    }
    return value;
}

function sentence(issue: v.BaseIssue<unknown>, hidden: readonly string[]): string {
    const keys = issue.path?.map(item => String(item.key)) ?? [];
    const path = keys.join(".");
    const key = `\`crossing:${path}\``;
    if (issue.type === "strict_object" && issue.expected === "never") {
        return `${key} is not a key: remove it, or correct its name.`;
    }
    if (issue.received === "undefined") {
        const [last = "", before = ""] = path.split(".").reverse();
        const wanted = missing[`${before}.${last}`] ?? missing[last] ?? advice(issue);
        return `${key} is missing: ${wanted}.`;
    }
    const found = hidden.includes(keys[0] ?? "") ? "[secret]" : shown(issue.input);
    return `${key} is \`${found}\`: ${advice(issue)}.`;
}

/** What the keys without a default are, by their last part, or by the last two where another key ends so, too. */
const missing: Record<string, string> = {
    bucket: "give the name of a bucket that exists",
    endpoint: "give the store's URL for `source` and for `target`",
    source: "give the store's URL as this cluster reaches it",
    target: "give the store's URL as this cluster reaches it",
    "operator.source":
        "name the CatalogSource that has K10's package, as `kubectl get packagemanifests` shows it",
    driver: "give the name of the CSI driver, as `kubectl get csidrivers` shows it",
    storageClass: "give the name of a StorageClass of that driver",
    stack: "name the stack with `role: store`, as `organization/project/stack`",
    application: "give the namespace of an application that crosses",
    scc: "name a SecurityContextConstraints, such as `nonroot-v2`",
    folder: "give the path of a folder",
    cluster: "use `target`, `source` or `other`",
    pullSecretFile: "give the path of the pull secret that Red Hat gives out for OpenShift Local",
    subject: "say by `group`, `version`, `resource` or `name` which objects are meant",
    json: "give at least one operation",
    name: "give its name",
    region: "give the region of the bucket",
    container: "give the name of a container that exists",
    account: "give the name of the storage account",
    project: "give the Google Cloud project",
    claimName: "give the name of a PersistentVolumeClaim in `kasten-io`",
    server: "give the host name of the backup server",
    repository: "give the name of the backup repository",
    metadataLocation:
        "name the location for all that is no volume, which VBR does not take: `crossing` is the store",
    accept: "say whether Kasten's licence agreement is accepted, `true` or `false`",
    company: "give the company that accepts Kasten's licence agreement",
    email: "give the address of whom accepts Kasten's licence agreement",
    host: "give the name under which it answers",
    blueprint: "give the name of a Blueprint in K10's namespace",
    actionName: "give the name of an action of that Blueprint",
    password: "name the key of the Secret that holds the password",
    database: "use `postgres`, `mysql` or `mongodb`",
    secret: "name the Secret that opens the database",
    image: "give the image that the database runs on",
};

function advice(issue: v.BaseIssue<unknown>): string {
    if (!issue.message.startsWith("Invalid ")) {
        return issue.message;
    }
    return issue.expected === "string" ? "give a text" : "give keys with values";
}

function shown(value: unknown): string {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.replace(/\/\/[^/\s]*@/g, "//[secret]@");
}

/** What is wrong only together. */
function combinations(settings: Settings, secretsSet: readonly string[]): string[] {
    const { role, store, sourceStack } = settings;
    const mistakes = applicationMistakes(settings);
    if (
        secretsSet.includes("receiveString") &&
        settings.applications.length > 1 &&
        settings.policyPer === "application"
    ) {
        mistakes.push(
            "`crossing:receiveString` is one, but each application has a policy of its own, and so one of its own: remove it, or set `crossing:policyPer` to `crossing`.",
        );
    }
    const storeKeys = ["storeAccessKey", "storeSecretKey"];
    mistakes.push(...snapshotMistakes(settings.snapshots, ["source", "target"]));
    mistakes.push(...restoring(settings), ...granting(settings), ...drillMistakes(settings));
    if (role === "target" && sourceStack === undefined) {
        mistakes.push(
            "`crossing:sourceStack` is missing, which `role: target` needs: name the stack with `role: source`, as `organization/project/stack`.",
        );
    }
    if (role === "target" && settings.k10.disasterRecovery) {
        mistakes.push(
            "`crossing:k10.disasterRecovery` is K10's backup of itself on the source, which `role: target` does not hold: move it to its stack.",
        );
    }
    const isMade = store.type === "minio" || store.type === "minio-in-cluster";
    if ((role === "source" || role === "target") && isMade) {
        mistakes.push(
            `\`crossing:store\` is a MinIO of the stack itself, which would go with \`role: ${role}\`: set it to an existing store, or to the stack with \`role: store\`.`,
        );
    }
    if ((role === "all" || role === "store" || role === "drill") && store.type === "stack") {
        mistakes.push(
            `\`crossing:store\` is that of another stack, which \`role: ${role}\` has no use for: set it to a MinIO or an existing store.`,
        );
    }
    if (store.type === "existing") {
        for (const key of storeKeys.filter(name => !secretsSet.includes(name))) {
            mistakes.push(
                `\`crossing:${key}\` is missing, which an existing store needs: set it by \`pulumi config set --secret crossing:${key}\`.`,
            );
        }
    } else {
        const whose = isMade
            ? "the stack makes its own MinIO and its keys"
            : "the keys come from the stack of the store";
        for (const key of storeKeys.filter(name => secretsSet.includes(name))) {
            mistakes.push(
                `\`crossing:${key}\` is set, but ${whose}: remove it, or set \`crossing:store\` to an existing store.`,
            );
        }
    }
    mistakes.push(...kubeconfigs(settings, secretsSet));
    const sides = sidesOf(role).map(side => settings[side]);
    const both = role === "all" || role === "drill";
    if (both && store.type === "minio" && sides.every(({ type }) => type !== "kind")) {
        mistakes.push(
            "`crossing:store` is a MinIO on this machine's Docker network, which no existing cluster reaches: set it to an existing store.",
        );
    }
    if (store.type === "minio-in-cluster") {
        mistakes.push(...inCluster(store, settings, secretsSet.includes("storeKubeconfig")));
    }
    for (const side of sidesOf(role)) {
        mistakes.push(...k10Mistakes(settings.k10, side, settings[side]));
    }
    // What is wrong on both clusters is said once.
    return [...new Set([...mistakes, ...policyMistakes(settings), ...blueprintMistakes(settings)])];
}

/** A kubeconfig is given once, by its path or by its contents, to what has a use for it. */
function kubeconfigs(settings: Settings, secretsSet: readonly string[]): string[] {
    const { store } = settings;
    const mistakes: string[] = [];
    for (const side of ["source", "target"] as const) {
        const cluster = settings[side];
        const [path, contents] = [`\`crossing:${side}.kubeconfig\``, `crossing:${side}Kubeconfig`];
        const isGiven = secretsSet.includes(`${side}Kubeconfig`);
        if (cluster.type !== "existing") {
            if (isGiven) {
                mistakes.push(
                    `\`${contents}\` is of no use with \`crossing:${side}.type: ${cluster.type}\`: remove it, or set \`type: existing\`.`,
                );
            }
        } else if (isGiven && cluster.kubeconfig !== undefined) {
            mistakes.push(
                `\`${contents}\` and ${path} both say how the ${side} is reached: remove one of them.`,
            );
        } else if (!isGiven && cluster.kubeconfig === undefined) {
            mistakes.push(
                `${path} is missing: give the path of a kubeconfig, or its contents by \`pulumi config set --secret ${contents}\`.`,
            );
        }
    }
    const isOther = store.type === "minio-in-cluster" && store.cluster === "other";
    if (secretsSet.includes("storeKubeconfig") && !isOther) {
        mistakes.push(
            "`crossing:storeKubeconfig` is of no use without a store of `type: minio-in-cluster` with `cluster: other`: remove it.",
        );
    }
    return mistakes;
}

/** What is wrong with a store in a cluster. */
function inCluster(
    store: Extract<Settings["store"], { type: "minio-in-cluster" }>,
    settings: Settings,
    hasContents: boolean,
): string[] {
    const mistakes: string[] = [];
    const { cluster, allowSource } = store;
    if (cluster === "source" && !allowSource) {
        mistakes.push(
            "`crossing:store.cluster` is `source`, and a copy that goes with the source is no backup: use `target` or `other`, or set `crossing:store.allowSource: true`.",
        );
    }
    if (cluster !== "source" && allowSource) {
        mistakes.push(
            `\`crossing:store.allowSource\` is of no use with \`crossing:store.cluster: ${cluster}\`: remove it.`,
        );
    }
    if (cluster === "other" && store.kubeconfig === undefined && !hasContents) {
        mistakes.push(
            "`crossing:store.kubeconfig` is missing, which `cluster: other` needs: give the path of a kubeconfig, or its contents by `pulumi config set --secret crossing:storeKubeconfig`.",
        );
    }
    if (cluster === "other" && store.kubeconfig !== undefined && hasContents) {
        mistakes.push(
            "`crossing:storeKubeconfig` and `crossing:store.kubeconfig` both say how the store's cluster is reached: remove one of them.",
        );
    }
    for (const key of ["kubeconfig", "context", "platform"] as const) {
        if (cluster !== "other" && store[key] !== undefined) {
            mistakes.push(
                `\`crossing:store.${key}\` is of no use with \`crossing:store.cluster: ${cluster}\`, whose own counts: remove it, or use \`other\`.`,
            );
        }
    }
    if (settings.role === "store" && cluster !== "other") {
        mistakes.push(
            `\`crossing:store.cluster\` is \`${cluster}\`, which \`role: store\` does not hold: use \`other\` and give its kubeconfig.`,
        );
    }
    return mistakes;
}

/** What of a restore is wrong only together. */
function restoring({
    applications,
    onConflict,
    safetyBackup,
    restore,
    restored,
}: Settings): string[] {
    const mistakes: string[] = [];
    if (safetyBackup && onConflict !== "replace") {
        mistakes.push(
            "`crossing:safetyBackup` is of no use where nothing is overwritten: set `crossing:onConflict` to `replace`, or remove it.",
        );
    }
    if (restore.targetNamespace && applications.length > 1) {
        mistakes.push(
            "`crossing:restore.targetNamespace` is one namespace for several applications: remove it, or let one application cross.",
        );
    }
    if (restore.dataOnly && onConflict !== "replace") {
        mistakes.push(
            "`crossing:restore.dataOnly` needs the application to be there already: set `crossing:onConflict` to `replace`, or remove it.",
        );
    }
    if (restore.dataOnly && restore.filters) {
        mistakes.push(
            "`crossing:restore.filters` does not go with `crossing:restore.dataOnly`, which restores volumes and nothing else: remove one of them.",
        );
    }
    if (restore.dataOnly && restored === "delete") {
        mistakes.push(
            "`crossing:restored: delete` would delete the application that `crossing:restore.dataOnly` restores into: remove one of them.",
        );
    }
    return mistakes;
}

/** What is wrong with leave to use security context constraints. */
function granting({ grants, role, applications, restore, ...sides }: Settings): string[] {
    if (grants.length === 0) {
        return [];
    }
    // A drill restores where it backs up.
    const side = role === "drill" ? "source" : "target";
    if (!sidesOf(role).includes(side)) {
        return [
            `\`crossing:grants\` are for the target, which \`role: ${role}\` does not hold: move them to its stack.`,
        ];
    }
    if (sides[side].platform !== "openshift") {
        return [
            `\`crossing:grants\` are for OpenShift, which the ${side} is not: remove them, or set \`platform: openshift\` in \`crossing:${side}\`.`,
        ];
    }
    // Of a target alone, the source says what crosses.
    const names = [...applications.map(({ namespace }) => namespace), restore.targetNamespace];
    return grants.flatMap(({ application }, index) =>
        role === "target" || names.includes(application)
            ? []
            : [
                  `\`crossing:grants.${index}.application\` is \`${application}\`, which does not cross: name one of ${applications.map(({ namespace }) => `\`${namespace}\``).join(", ")}.`,
              ],
    );
}
