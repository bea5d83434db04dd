/** What the chart decides, read from the ConfigMap `k10-config` as mounted files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ServerConfig {
    /** The namespace of the release. */
    namespace: string;
    /** Image and pull policy of the mover pods: the server's own. */
    image: string;
    imagePullPolicy: string;
    /** The SCC that movers may use; empty where the cluster has none. */
    sccName: string;
    /** The ClusterRole that grants it. */
    sccRole: string;
    /** Whether generic volume backup is activated (token) and injected. */
    genericBackup: { token: boolean; injected: boolean };
    /** Movers at a time for one action. */
    concurrency: { backup: number; restore: number };
    seconds: {
        /** From a change of a Profile or Policy to its validation. */
        validation: number;
        /** Between checks of Profiles that failed; 0: only a change is a reason. */
        revalidation: number;
        /** Added to each backup, export, import and restore. */
        backup: number;
        export: number;
        import: number;
        restore: number;
        /** Between two attempts of an action. */
        retry: number;
        /** For a mover pod to start. */
        moverStart: number;
        /** For restored workloads to become ready. */
        workloadReady: number;
    };
    /** How often a volume that changes while it is copied is copied at most. */
    copyPasses: number;
}

const SECONDS: (keyof ServerConfig["seconds"])[] = [
    "validation",
    "revalidation",
    "backup",
    "export",
    "import",
    "restore",
    "retry",
    "moverStart",
    "workloadReady",
];

/**
 * Reads the configuration from texts by key.
 * @throws with all keys that are missing or no numbers.
 */
export function parseConfig(values: Record<string, string | undefined>): ServerConfig {
    const errors: string[] = [];
    const text = (key: string) => {
        const value = values[key]?.trim();
        if (value === undefined) {
            errors.push(`\`${key}\` is missing`);
        }
        return value ?? "";
    };
    const number = (key: string) => {
        const found = text(key);
        const value = Number(found || NaN);
        if (values[key] !== undefined && !(value >= 0)) {
            errors.push(`\`${key}\` must be a number that is not negative`);
        }
        return value;
    };
    const seconds = Object.fromEntries(SECONDS.map(key => [key, number(`${key}Seconds`)]));
    const config: ServerConfig = {
        namespace: text("namespace"),
        image: text("image"),
        imagePullPolicy: text("imagePullPolicy"),
        sccName: text("sccName"),
        sccRole: text("sccRole"),
        genericBackup: {
            token: text("genericBackupToken") === "true",
            injected: text("genericBackupInjected") === "true",
        },
        concurrency: { backup: number("backupsPerAction"), restore: number("restoresPerAction") },
        seconds: seconds as ServerConfig["seconds"],
        copyPasses: number("copyPasses"),
    };
    if (errors.length > 0) {
        throw new Error(`The ConfigMap k10-config cannot be used: ${errors.join("; ")}.`);
    }
    return config;
}

/** All keys that `parseConfig` asks for. */
export const configKeys = [
    "namespace",
    "image",
    "imagePullPolicy",
    "sccName",
    "sccRole",
    "genericBackupToken",
    "genericBackupInjected",
    "backupsPerAction",
    "restoresPerAction",
    "copyPasses",
    ...SECONDS.map(key => `${key}Seconds`),
];

/** Reads the mounted ConfigMap: one file for each key. */
export async function readConfig(folder: string): Promise<ServerConfig> {
    const read = async (key: string) => {
        try {
            return [key, await readFile(join(folder, key), "utf8")] as const;
        } catch {
            return [key, undefined] as const;
        }
    };
    return parseConfig(Object.fromEntries(await Promise.all(configKeys.map(read))));
}
