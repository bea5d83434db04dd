/**
 * Runs actions: states, attempts, phases, cancellation (K10 documentation, usage "Action States"). An action
 * that was running when the server stopped ends Failed at the next start and never runs a second time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Catalog, NewObject } from "./catalog.ts";
import {
    describe,
    isTerminal,
    now,
    type ActionNote,
    type Body,
    type Phase,
    type Run,
    type Wrap,
} from "./action.ts";
import { Cancelled, deepest, messageOf, Skipped, statusError, worthRetry } from "./failure.ts";
import { listAt, textAt, type Fields, type KubeObject } from "./json.ts";
import { kinds, type Kind } from "./kinds.ts";
import { log } from "./log.ts";

/** K10 tries an action three times (K10 documentation, usage "Action States"). */
const ATTEMPTS = 3;

interface Job {
    kind: Kind;
    object: KubeObject;
    cancelled: boolean;
    deleted: boolean;
    children: Job[];
    ended: Promise<KubeObject>;
}

export class Engine {
    readonly #catalog: Catalog;
    readonly #retrySeconds: number;
    readonly #wrap: Wrap;
    readonly #jobs = new Map<string, Job>();

    /** @param wrap Where faults come in; by default none do. */
    constructor(catalog: Catalog, retrySeconds: number, wrap: Wrap = (_kind, body) => body) {
        this.#catalog = catalog;
        this.#retrySeconds = retrySeconds;
        this.#wrap = wrap;
    }

    /** Ends what a former server left unfinished. Call it once, before the API is served. */
    async recover(): Promise<void> {
        for (const object of kinds.flatMap(kind => this.#catalog.list(kind))) {
            const state = textAt(object, "status", "state");
            if (state === "Deleting") {
                this.#catalog.remove(object);
            } else if (object.kind.endsWith("Action") && !isTerminal(object)) {
                log(`${describe(object)}: was ${state} when the server stopped; now Failed`);
                const message = `The server of the K10 stand-in was restarted while this action was ${state}`;
                this.#end(object, "Failed", statusError(new Error(message)));
            }
        }
        await this.#catalog.flush();
    }

    /** Stores a new action in state Pending and starts it; undefined where the name is taken. */
    begin(kind: Kind, what: NewObject, body: Body, attempts = ATTEMPTS): KubeObject | undefined {
        return this.#begin(kind, what, body, attempts)?.object;
    }

    #begin(kind: Kind, what: NewObject, body: Body, attempts: number): Job | undefined {
        const status = { state: "Pending", startTime: now(), endTime: null };
        const object = this.#catalog.create(kind, {
            ...what,
            status: { ...status, ...what.status },
        });
        if (!object) {
            return undefined;
        }
        const job: Job = {
            kind,
            object,
            cancelled: false,
            deleted: false,
            children: [],
            ended: Promise.resolve(object),
        };
        this.#jobs.set(object.metadata.uid ?? "", job);
        job.ended = this.#run(job, this.#wrap(kind, body), attempts);
        return job;
    }

    /** Asks a running action to stop at its next phase; false where nothing runs. */
    cancel(object: KubeObject): boolean {
        const job = this.#jobs.get(object.metadata.uid ?? "");
        if (job) {
            stop(job, false);
        }
        return job !== undefined;
    }

    /** Removes an action; a running one is stopped first and shows Deleting meanwhile. */
    remove(object: KubeObject): void {
        const job = this.#jobs.get(object.metadata.uid ?? "");
        if (!job) {
            this.#catalog.remove(object);
            return;
        }
        stop(job, true);
        this.#set(object, { state: "Deleting" });
    }

    async #run(job: Job, body: Body, attempts: number): Promise<KubeObject> {
        const { object } = job;
        try {
            await this.#attempts(job, body, attempts);
        } finally {
            this.#jobs.delete(object.metadata.uid ?? "");
            if (job.deleted) {
                this.#catalog.remove(object);
            }
            await this.#flush();
        }
        const { namespace, name } = object.metadata;
        return this.#catalog.get(job.kind, namespace, name) ?? object;
    }

    async #attempts(job: Job, body: Body, attempts: number): Promise<void> {
        const { object } = job;
        // The creator is answered before anything runs.
        await sleep(0);
        for (let attempt = 1; ; attempt++) {
            this.#set(object, { state: "Running", error: undefined, exceptions: undefined });
            await this.#flush();
            try {
                await body(this.#context(job, attempt));
                this.#end(object, "Complete", undefined);
                log(`${describe(object)}: Complete`);
                return;
            } catch (error) {
                if (error instanceof Cancelled || job.cancelled) {
                    this.#end(object, "Cancelled", undefined);
                    log(`${describe(object)}: Cancelled`);
                    return;
                }
                if (error instanceof Skipped) {
                    this.#end(object, "Skipped", statusError(error));
                    log(`${describe(object)}: Skipped: ${error.message}`);
                    return;
                }
                log(`${describe(object)}: attempt ${attempt} failed: ${deepest(error)}`);
                if (attempt >= attempts || !worthRetry(error)) {
                    this.#end(object, "Failed", statusError(error));
                    return;
                }
                this.#set(object, { state: "AttemptFailed", error: statusError(error) });
                await this.#flush();
                await sleep(this.#retrySeconds * 1000);
            }
        }
    }

    #context(job: Job, attempt: number): Run {
        const { object } = job;
        const check = () => {
            if (job.deleted) {
                throw new Cancelled();
            }
        };
        return {
            object,
            check,
            phase: async (name, work) => {
                if (job.cancelled) {
                    throw new Cancelled();
                }
                this.#phase(object, name, {
                    state: "running",
                    attempt,
                    startTime: now(),
                    endTime: null,
                });
                await this.#flush();
                try {
                    const result = await work();
                    this.#phase(object, name, { state: "succeeded", endTime: now() });
                    return result;
                } catch (error) {
                    const state = error instanceof Cancelled ? "cancelled" : "failed";
                    const errors = [{ message: deepest(error) }];
                    this.#phase(object, name, { state, endTime: now(), errors });
                    throw error;
                }
            },
            status: fields => this.#set(object, fields),
            spec: fields =>
                this.#catalog.update(object, stored => {
                    stored.spec = { ...stored.spec, ...fields };
                }),
            exception: message =>
                this.#catalog.update(object, stored => {
                    const exceptions = [...listAt(stored, "status", "exceptions"), { message }];
                    stored.status = { ...stored.status, exceptions };
                }),
            child: async (kind, what, body, attempts = ATTEMPTS) => {
                const child = this.#begin(kind, what, body, attempts);
                if (!child) {
                    throw new Error(`${kind.plural} "${what.name}" already exists`);
                }
                job.children.push(child);
                if (job.cancelled) {
                    stop(child, job.deleted);
                }
                return await child.ended;
            },
        };
    }

    #phase(object: KubeObject, name: string, change: Partial<Phase>): void {
        const uid = object.metadata.uid ?? "";
        const { phases } = this.#catalog.note<ActionNote>(uid) ?? { phases: [] };
        let phase = phases.find(each => each.name === name);
        if (!phase) {
            const fresh = { startTime: now(), endTime: null, updatedTime: now(), errors: [] };
            phase = { name, state: "running", attempt: 1, ...fresh };
            phases.push(phase);
        }
        Object.assign(phase, change, { updatedTime: now() });
        this.#catalog.setNote(uid, { phases });
    }

    #set(object: KubeObject, fields: Fields): void {
        this.#catalog.update(object, stored => {
            const deleting = textAt(stored, "status", "state") === "Deleting";
            stored.status = { ...stored.status, ...fields, ...(deleting && { state: "Deleting" }) };
        });
    }

    #end(object: KubeObject, state: string, error: Fields | undefined): void {
        this.#set(object, { state, endTime: now(), error });
        this.#catalog.update(object, stored => {
            // Only some kinds show progress.
            if (stored.status?.["progress"] !== undefined && state === "Complete") {
                stored.status["progress"] = 100;
            }
        });
    }

    async #flush(): Promise<void> {
        await this.#catalog.flush().catch((error: unknown) => {
            log(`the catalog could not be written: ${messageOf(error)}`);
        });
    }
}

function stop(job: Job, deleted: boolean): void {
    job.cancelled = true;
    job.deleted ||= deleted;
    job.children.forEach(child => stop(child, false));
}
