/**
 * Holds the pods that can write to a volume while it is copied, so that the copy shows one moment: their control groups
 * are frozen. What is frozen is recorded first, because only a driver that is started again can thaw what a killed one
 * left.
 */
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "./log.ts";
import { Turns } from "./turns.ts";

/** How the kernel freezes a control group. */
interface Freezer {
    /** Below it lie the control groups of all pods. */
    root: string;
    /** The file in a group's folder, and what to write. */
    file: string;
    frozen: string;
    thawed: string;
    /** The file that says what became of it, and how. */
    state: string;
    isFrozen: (text: string) => boolean;
}

const V1 = {
    ...{ file: "freezer.state", frozen: "FROZEN", thawed: "THAWED", state: "freezer.state" },
    isFrozen: (text: string) => text.trim() === "FROZEN",
};
const V2 = {
    ...{ file: "cgroup.freeze", frozen: "1", thawed: "0", state: "cgroup.events" },
    isFrozen: (text: string) => /^frozen 1$/m.test(text),
};

const UID = "[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}";
/** `pod<uid>` of the kubelet's own driver, `kubepods-burstable-pod<uid, underlined>.slice` of systemd's. */
const POD_GROUP = new RegExp(`^(?:.*-)?pod(${UID})(?:\\.slice)?$`);
const POD_TARGET = new RegExp(`/pods/(${UID})/volumes/`);

/** The UID of the pod for which the kubelet had a volume mounted there; undefined for any other path. */
export const podOf = (target: string) => POD_TARGET.exec(target)?.[1];

export interface HoldOptions {
    /** Where the node's control groups are mounted. */
    cgroups: string;
    /** Folder for the records. */
    records: string;
    /** Seconds that pods are held at most; 60 where nothing is said. */
    seconds?: number;
}

export class Holds {
    readonly #cgroups: string;
    readonly #records: string;
    readonly #seconds: number;
    readonly #turns = new Turns();
    readonly #ending = new AbortController();

    private constructor({ cgroups, records, seconds = 60 }: HoldOptions) {
        this.#cgroups = cgroups;
        this.#records = records;
        this.#seconds = seconds;
    }

    /** Lets go of what a driver that was killed still held. */
    static async open(options: HoldOptions): Promise<Holds> {
        await mkdir(options.records, { recursive: true });
        const holds = new Holds(options);
        const left = await readdir(options.records);
        if (left.length > 0) {
            log(`a former driver was killed while it held pods: ${left.join(", ")}`);
            await holds.#release(left);
        }
        return holds;
    }

    /**
     * Runs `work` while no process of these pods runs. One hold of a pod at a time.
     * @param work gets a signal that ends it early: when the time is over, and when the driver ends
     * @throws when the pods cannot be held, and when `work` was ended
     */
    async during<T>(pods: string[], work: (signal?: AbortSignal) => Promise<T>): Promise<T> {
        if (pods.length === 0) {
            return await work();
        }
        return await this.#turns.take(pods, async () => {
            const signal = AbortSignal.any([
                AbortSignal.timeout(this.#seconds * 1000),
                this.#ending.signal,
            ]);
            const began = performance.now();
            try {
                await this.#freeze(pods, signal);
                return await work(signal);
            } catch (error) {
                throw signal.aborted ? this.#why(signal, error) : error;
            } finally {
                await this.#release(pods);
                const seconds = (performance.now() - began) / 1000;
                log(`held ${pods.join(", ")} for ${seconds.toFixed(2)} s`);
            }
        });
    }

    /** Ends all holds and what is done meanwhile; later ones fail. */
    end(): void {
        this.#ending.abort();
    }

    #why({ reason }: AbortSignal, cause: unknown): Error {
        const message =
            (reason as Error).name === "TimeoutError"
                ? `pods are held for at most ${this.#seconds} s, and the copy took longer`
                : "the driver is ending";
        return new Error(message, { cause });
    }

    async #freeze(pods: string[], signal: AbortSignal): Promise<void> {
        const freezer = await findFreezer(this.#cgroups);
        for (const pod of pods) {
            await writeFile(join(this.#records, pod), "");
        }
        const groups = await groupsOf(freezer, pods);
        for (const group of groups) {
            await tell(group, freezer.file, freezer.frozen);
        }
        for (const group of groups) {
            while (!(await isFrozen(group, freezer))) {
                // A process that waits for a disk freezes when the disk has answered.
                await sleep(5, undefined, { signal });
            }
        }
    }

    async #release(pods: string[]): Promise<void> {
        const freezer = await findFreezer(this.#cgroups);
        for (const group of await groupsOf(freezer, pods)) {
            await tell(group, freezer.file, freezer.thawed);
        }
        for (const pod of pods) {
            await rm(join(this.#records, pod), { force: true });
        }
    }
}

const exists = (path: string) =>
    access(path).then(
        () => true,
        () => false,
    );

/** @throws where the kernel has none, or it is not mounted there */
async function findFreezer(cgroups: string): Promise<Freezer> {
    const old = join(cgroups, "freezer");
    if (await exists(old)) {
        return { root: old, ...V1 };
    }
    if (await exists(join(cgroups, "cgroup.controllers"))) {
        return { root: cgroups, ...V2 };
    }
    throw new Error(
        `pods cannot be held: \`${cgroups}\` has neither a version 2 hierarchy nor \`freezer\``,
    );
}

/** The groups of those pods that have one; a pod that has ended has none. */
async function groupsOf({ root }: Freezer, pods: string[]): Promise<string[]> {
    const found: string[] = [];
    const look = async (folder: string): Promise<void> => {
        for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
            const path = join(folder, entry.name);
            const uid = POD_GROUP.exec(entry.name)?.[1]?.replaceAll("_", "-");
            if (uid !== undefined && pods.includes(uid)) {
                found.push(path);
            } else if (uid === undefined && entry.isDirectory()) {
                await look(path);
            }
        }
    };
    await look(root);
    return found;
}

/** Writes to a file of a group, unless the group is gone. */
async function tell(group: string, file: string, text: string): Promise<void> {
    await writeFile(join(group, file), text, { flag: "r+" }).catch(ignoreGone);
}

async function isFrozen(group: string, { state, isFrozen }: Freezer): Promise<boolean> {
    const text = await readFile(join(group, state), "utf8").catch(ignoreGone);
    return text === undefined || isFrozen(text);
}

function ignoreGone(error: NodeJS.ErrnoException): undefined {
    if (error.code !== "ENOENT" && error.code !== "ENODEV") {
        throw error;
    }
}
