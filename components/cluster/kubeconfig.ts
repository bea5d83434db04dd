/** Reading a kubeconfig for one cluster out of what may be a file of many. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { mistake } from "../mistake";

interface Named<T> {
    name: string;
    cluster?: T;
    user?: T;
    context?: { cluster: string; user: string };
}

type Fields = Record<string, unknown>;

interface Kubeconfig {
    "current-context"?: string;
    contexts?: Named<never>[] | null;
    clusters?: Named<Fields>[] | null;
    users?: Named<Fields>[] | null;
}

/** Fields that name files. They are relative to the kubeconfig, and so mean nothing once its contents travel alone. */
const fileFields = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

export interface KubeconfigSource {
    /** The path of a kubeconfig: relative to the program, absolute, or beginning with `~/`. Read, never written. */
    kubeconfig?: string;
    /** In its place: what gives the contents of one, which are secret. A function, so that nothing prints or stores them. */
    contents?: () => string;
    /** The context to use. @default the kubeconfig's current context */
    context?: string;
    /** The configuration key that names it, for messages. */
    key: string;
}

/** @throws pulumi.RunError with a sentence for the person who named the file */
export function readKubeconfig(source: KubeconfigSource): string {
    const { kubeconfig = "", contents, context, key } = source;
    if (contents) {
        try {
            return selectContext(contents(), resolve("."), context);
        } catch (error) {
            throw mistake(
                `\`${key}Kubeconfig\` ${(error as Error).message}. Set it to the contents of a kubeconfig by \`pulumi config set --secret ${key}Kubeconfig\`.`,
            );
        }
    }
    const path = kubeconfig.startsWith("~/")
        ? join(homedir(), kubeconfig.slice(2))
        : resolve(kubeconfig);
    try {
        return selectContext(readFileSync(path, "utf8"), dirname(path), context);
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const unreadable = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
        const why = code ? unreadable : message;
        throw mistake(
            `\`${key}.kubeconfig\` names \`${kubeconfig}\`, which ${why}. Give the path of a kubeconfig, relative to the folder of Pulumi.yaml.`,
        );
    }
}

/**
 * The kubeconfig of one context alone, so that the credentials of other clusters do not get into the state.
 * @param folder where the file lies: paths in it are relative to that
 * @param context the context to use, or the current one
 * @throws an Error whose message completes "the kubeconfig x …"
 */
export function selectContext(text: string, folder: string, context?: string): string {
    const config = readYaml(text);
    const wanted = context ?? config["current-context"];
    if (!wanted) {
        throw new Error("has no current context: name one by `context`");
    }
    const found = config.contexts?.find(entry => entry.name === wanted);
    const cluster = config.clusters?.find(entry => entry.name === found?.context?.cluster);
    const user = config.users?.find(entry => entry.name === found?.context?.user);
    if (!found || !cluster || !user) {
        const names = (config.contexts ?? []).map(entry => `\`${entry.name}\``).join(", ");
        throw new Error(
            `has no complete context \`${wanted}\` (it has ${names || "none"}): name one of them by \`context\``,
        );
    }
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": wanted,
        contexts: [found],
        clusters: [{ ...cluster, cluster: absolute(cluster.cluster ?? {}, folder) }],
        users: [{ ...user, user: absolute(user.user ?? {}, folder) }],
    });
}

function readYaml(text: string): Kubeconfig {
    let value: unknown;
    try {
        // Warnings would quote it, too.
        value = parse(text, { logLevel: "error" });
    } catch {
        // The parser's message would quote the file, secrets and all.
        throw new Error("is not YAML");
    }
    if (!isMap(value) || !["contexts", "clusters", "users"].every(key => isList(value[key]))) {
        throw new Error("is not a kubeconfig");
    }
    return value;
}

const isMap = (value: unknown): value is Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** What may be missing, but is a list of maps otherwise. */
const isList = (value: unknown) =>
    value === undefined || value === null || (Array.isArray(value) && value.every(isMap));

function absolute(fields: Fields, folder: string): Fields {
    return Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [
            key,
            fileFields.includes(key) && typeof value === "string" ? resolve(folder, value) : value,
        ]),
    );
}
