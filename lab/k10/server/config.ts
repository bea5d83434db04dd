/** What the chart decides, read from the ConfigMap `k10-config` as mounted files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isFields, type Fields } from "./json.ts";

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
    /** Whether generic volume backup is activated (token) and injected, and into which workloads where. */
    genericBackup: {
        token: boolean;
        injected: boolean;
        namespaceSelector: Fields;
        objectSelector: Fields;
        /** Where the webhook that injects the sidecar listens. */
        webhookPort: number;
    };
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
        /** For a VolumeSnapshot to become ready to use. */
        snapshotReady: number;
        /** For restored workloads to become ready. */
        workloadReady: number;
    };
    /** How often a volume that changes while it is copied is copied at most. */
    copyPasses: number;
}

const SECONDS: Exclude<keyof ServerConfig["seconds"], "snapshotReady">[] = [
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

const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Seconds of a duration as Go writes it, e.g. `1h30m`; undefined for anything else. */
export function duration(text: string): number | undefined {
    if (!/^([0-9]+(\.[0-9]+)?(h|ms|m|s))+$/.test(text)) {
        return undefined;
    }
    const parts = [...text.matchAll(/([0-9.]+)(h|ms|m|s)/g)];
    return parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit], 0);
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

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
    const selector = (key: string) => {
        const value = parsed(text(key));
        if (values[key] !== undefined && !isFields(value)) {
            errors.push(`\`${key}\` must be a LabelSelector as JSON`);
        }
        return isFields(value) ? value : {};
    };
    const snapshotReady = duration(text("csiSnapshotReadyTimeout"));
    if (values["csiSnapshotReadyTimeout"] !== undefined && snapshotReady === undefined) {
        errors.push("`csiSnapshotReadyTimeout` must be a duration, for example `30m`");
    }
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
            namespaceSelector: selector("genericBackupNamespaceSelector"),
            objectSelector: selector("genericBackupObjectSelector"),
            webhookPort: number("genericBackupWebhookPort"),
        },
        concurrency: { backup: number("backupsPerAction"), restore: number("restoresPerAction") },
        seconds: { ...seconds, snapshotReady } as ServerConfig["seconds"],
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
    "genericBackupNamespaceSelector",
    "genericBackupObjectSelector",
    "genericBackupWebhookPort",
    "csiSnapshotReadyTimeout",
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
