/**
 * Validates the objects of config.kio.kasten.io, some time after they came or changed, as K10 does
 * (K10 documentation, API, "status.validation" of each kind).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { canonical, textAt, type KubeObject } from "./json.ts";
import { log } from "./log.ts";
import { hasCode } from "./kube.ts";
import { pathOf } from "./resources.ts";
import { messageOf } from "./failure.ts";
import { specHash } from "./hash.ts";
import { ensureHandOff } from "./policies.ts";
import { profileRefs } from "./rules-policy.ts";
import { configResource, type World } from "./world.ts";
import { examine, PLURALS, type Plural } from "./examine.ts";

/** An object that was deleted meanwhile has no status to write. */
async function unlessGone(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => {
        if (!hasCode(error, 404)) {
            throw error;
        }
    });
}

export class Validator {
    readonly #world: World;
    readonly #busy = new Set<string>();
    readonly #again = new Set<string>();
    /** Objects to be validated although their spec is the one that was validated last. */
    readonly #forced = new Set<string>();
    readonly #seen = new Map<string, KubeObject>();
    readonly #stop = new AbortController();

    constructor(world: World) {
        this.#world = world;
    }

    start(): void {
        for (const plural of PLURALS) {
            const path = pathOf(configResource(plural));
            void this.#world.cluster.follow(
                path,
                object => this.#offer(plural, object),
                this.#stop.signal,
            );
        }
        const { revalidation } = this.#world.config.seconds;
        if (revalidation > 0) {
            // A Secret that was repaired or a store that came back changes no Profile.
            setInterval(() => this.#retryFailed(), revalidation * 1000).unref();
        }
    }

    stop(): void {
        this.#stop.abort();
    }

    #offer(plural: Plural, object: KubeObject): void {
        const key = `${plural}/${object.metadata.namespace}/${object.metadata.name}`;
        this.#seen.set(key, object);
        this.#enqueue(key);
    }

    #force(key: string): void {
        this.#forced.add(key);
        this.#enqueue(key);
    }

    #enqueue(key: string): void {
        if (this.#busy.has(key)) {
            this.#again.add(key);
            return;
        }
        this.#busy.add(key);
        void this.#work(key).finally(() => this.#busy.delete(key));
    }

    async #work(key: string): Promise<void> {
        do {
            this.#again.delete(key);
            try {
                await this.#validate(key);
            } catch (error) {
                log(`validating ${key}: ${messageOf(error)}; again in 2 s`);
                this.#again.add(key);
                await sleep(2_000);
            }
        } while (this.#again.has(key) && !this.#stop.signal.aborted);
    }

    #retryFailed(): void {
        for (const [key, object] of this.#seen) {
            if (
                key.startsWith("profiles/") &&
                textAt(object, "status", "validation") === "Failed"
            ) {
                this.#force(key);
            }
        }
    }

    async #validate(key: string): Promise<void> {
        const [plural, namespace, name] = key.split("/") as [Plural, string, string];
        const path = pathOf(configResource(plural), namespace, name);
        const { cluster, config, faults } = this.#world;
        const before = await cluster.find(path);
        if (!before || before.metadata.deletionTimestamp) {
            this.#seen.delete(key);
            this.#forced.delete(key);
            return;
        }
        const known = textAt(before, "status", "validation");
        const current = before.status?.["hash"] === specHash(before.spec);
        const forced = this.#forced.delete(key);
        if (current && (known === "Success" || known === "Failed") && !forced) {
            if (plural === "policies" && known === "Success") {
                await unlessGone(ensureHandOff(this.#world, before));
            }
            return;
        }
        const stale = await this.#staleSeconds(known, current);
        if (stale > 0) {
            await sleep(stale * 1000);
        } else if (plural === "policies" && known !== "Pending" && !(forced && current)) {
            // Only policies say that they are being validated; others keep their old status meanwhile.
            await unlessGone(
                cluster.merge(`${path}/status`, { status: { validation: "Pending", error: null } }),
            );
        }
        await sleep((config.seconds.validation + (await faults.seconds("slowValidation"))) * 1000);
        const object = await cluster.find(path);
        if (!object) {
            return;
        }
        const { errors, status, spec } = await examine(this.#world, plural, object);
        const hash = specHash(spec ?? object.spec);
        const validation = errors.length === 0 ? "Success" : "Failed";
        const next = { validation, error: errors.length === 0 ? null : errors, hash, ...status };
        if (canonical({ ...object.status, ...next }) !== canonical(object.status)) {
            log(
                `${plural} ${namespace}/${name}: ${validation}${errors.map(e => `; ${e}`).join("")}`,
            );
            await unlessGone(cluster.merge(`${path}/status`, { status: next }));
            this.#dependents(plural, namespace, name);
        }
    }

    /** How long the status of an earlier spec is kept up on purpose. */
    async #staleSeconds(known: string, current: boolean): Promise<number> {
        const isOfEarlierSpec = known !== "" && !current;
        return isOfEarlierSpec ? await this.#world.faults.seconds("staleValidation") : 0;
    }

    /** What a Profile's or preset's new state means for the policies that use it. */
    #dependents(plural: Plural, namespace: string, name: string): void {
        for (const [key, object] of this.#seen) {
            const uses =
                plural === "profiles"
                    ? profileRefs(object.spec).some(
                          r => r.name === name && r.namespace === namespace,
                      )
                    : plural === "policypresets" &&
                      textAt(object, "spec", "presetRef", "name") === name;
            if (uses && (key.startsWith("policies/") || key.startsWith("policypresets/"))) {
                this.#force(key);
            }
        }
    }
}
