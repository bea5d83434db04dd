/** Runs pods of Blueprints in this process: what their containers would do is told by the test, but kando is the stand-in's. */
import { readFileSync } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { messageOf } from "../../../../lab/k10/server/failure.ts";
import { listAt, textAt, type Fields, type KubeObject } from "../../../../lab/k10/server/json.ts";
import { pull, push, type KandoProfile } from "../../../../lab/k10/server/kanister/kando.ts";
import type { Lab } from "./world.ts";

const golden = new URL("../../../components/golden/blueprint-postgres.yaml", import.meta.url);

/** The Blueprint of the program's catalogue for PostgreSQL. */
export const catalogue = parse(readFileSync(golden, "utf8")) as { actions: Fields };

/** A database that is a text, and what goes wrong with it. */
export interface Database {
    content: string;
    /** Names of pods' functions in the order in which they ran: `push`, `pull`, `delete`. */
    ran: string[];
    /** What psql says instead of working. */
    refusal?: string;
    /** Why a container does not start. */
    waiting?: { reason: string; message: string };
}

const quoted = (command: string, option: string) =>
    new RegExp(`--${option} '([^']*)'`).exec(command)?.[1] ?? "";

/** What the container with kando does. @returns its log */
async function tools(database: Database, command: string): Promise<string> {
    const verb = /kando location (\w+)/.exec(command)?.[1] ?? "";
    database.ran.push(verb);
    if (database.refusal !== undefined) {
        throw new Error(`${database.refusal}\nThe ${verb} failed, exit code 2`);
    }
    const profile = JSON.parse(quoted(command, "profile")) as KandoProfile;
    const snapshot = quoted(command, "kopia-snapshot");
    if (verb === "push") {
        const value = await push(profile, "dump", Readable.from([Buffer.from(database.content)]));
        return `###Phase-output###: ${JSON.stringify({ key: "kopiaOutput", value })}\n`;
    }
    if (verb === "pull") {
        const target = new PassThrough();
        const [content] = await Promise.all([text(target), pull(profile, snapshot, target)]);
        database.content = content;
    }
    return "";
}

/** Adds pods of Blueprints to what a fake cluster does by itself. */
export function simulateBlueprints(lab: Lab, database: Database): void {
    const { kube } = lab;
    const others = kube.onCreate;
    const work = async (path: string, pod: KubeObject) => {
        const [first] = listAt(pod, "spec", "containers");
        const end = (phase: string, log: string) => {
            kube.logs.set(`${path}/log`, log);
            kube.put(path, { ...pod, status: { phase } });
        };
        if (database.waiting) {
            const status = { name: "background", state: { waiting: database.waiting } };
            kube.put(path, { ...pod, status: { containerStatuses: [status] } });
            return;
        }
        try {
            end("Succeeded", await tools(database, String(listAt(first, "command").at(-1))));
        } catch (error) {
            end("Failed", messageOf(error));
        }
    };
    kube.onCreate = (path, object) =>
        textAt(object, "metadata", "labels", "createdBy") === "kanister"
            ? void work(path, object)
            : others(path, object);
}
