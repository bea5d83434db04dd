/**
 * One crossing that several behaviours look at: made when the first one asks for it, step by step, and removed at the
 * end. Whoever looks must leave it as it is.
 */
import assert from "node:assert/strict";
import type { KubeObject } from "../kube.ts";
import { Scratch } from "../scratch.ts";
import { laterRetire, makeApplication, makeNamespace } from "./application.ts";
import {
    exportSpec,
    importSpec,
    path,
    policy,
    restoreAction,
    restorePoint,
    type Ref,
} from "./objects.ts";
import {
    makeConfig,
    runPolicy,
    runToEnd,
    stateOf,
    validated,
    waitFor,
    type Side,
    type World,
} from "./world.ts";

export interface Exported {
    /** The spec that was given to the policy. */
    given: Record<string, unknown>;
    policy: Ref;
    run: KubeObject;
    /** Its status at each look. */
    looks: Record<string, unknown>[];
    /** As they were when the run had just ended. */
    backups: KubeObject[];
    exports: KubeObject[];
    receiveString: string;
}

export interface Imported {
    policy: Ref;
    run: KubeObject;
    imports: KubeObject[];
    content: KubeObject;
}

export interface Restored {
    namespace: string;
    point: KubeObject;
    action: KubeObject;
    /** The Deployment when the action had just ended. */
    deployment: KubeObject | undefined;
}

export class Crossing {
    readonly #world: () => World;
    readonly #over = new AbortController();
    readonly #scratch = new Scratch(this.#over.signal);
    /** Of the scratch application's namespace, and how everything else begins. */
    readonly name = `crossing-conformance-${this.#scratch.suffix}`;
    readonly #steps = new Map<string, Promise<unknown>>();

    constructor(world: () => World) {
        this.#world = world;
    }

    #once<T>(step: string, make: (world: World) => Promise<T>): Promise<T> {
        const found = this.#steps.get(step) ?? make(this.#world());
        this.#steps.set(step, found);
        return found as Promise<T>;
    }

    application(): Promise<void> {
        return this.#once("application", async world => {
            await makeApplication(world, this.#scratch, this.name);
        });
    }

    #contents(): [string, string] {
        return [path.apps("restorepointcontents"), `k10.kasten.io/appNamespace=${this.name}`];
    }

    /** Backup and export, as the program does them. */
    exported(): Promise<Exported> {
        return this.#once("exported", async world => {
            await this.application();
            const { kube, profile } = world.source;
            const given = exportSpec(profile, this.name);
            const ref = { name: `${this.name}-export`, namespace: world.install };
            await makeConfig(
                world,
                this.#scratch,
                world.source,
                "policies",
                policy(ref.name, given),
            );
            await validated(world, this.#scratch, world.source, "policies", ref.name, "Success");
            const { run, looks } = await this.#run(world, world.source, ref, ref.name);
            const started = (plural: string) =>
                kube.list(path.actions(plural), `k10.kasten.io/runActionName=${ref.name}`);
            const [backups, exports] = [
                await started("backupactions"),
                await started("exportactions"),
            ];
            const receiveString = await waitFor(
                world,
                this.#scratch,
                "a receive string",
                async () =>
                    receiveStringOf(
                        await kube.get(path.config("policies", ref.namespace, ref.name)),
                    ),
            );
            return { given, policy: ref, run, looks, backups, exports, receiveString };
        });
    }

    /** Import on the target. Asked for only where there is one. */
    imported(): Promise<Imported> {
        return this.#once("imported", async world => {
            const { receiveString } = await this.exported();
            const target = targetOf(world);
            laterRetire(this.#scratch, target, this.name);
            const ref = { name: `${this.name}-import`, namespace: world.install };
            const object = policy(ref.name, importSpec(target.profile, receiveString));
            await makeConfig(world, this.#scratch, target, "policies", object);
            await validated(world, this.#scratch, target, "policies", ref.name, "Success");
            const { run } = await this.#run(world, target, ref, ref.name);
            const imports = await target.kube.list(
                path.actions("importactions"),
                `k10.kasten.io/runActionName=${ref.name}`,
            );
            const content = await waitFor(world, this.#scratch, "an imported content", async () =>
                (await target.kube.list(...this.#contents())).at(0),
            );
            return { policy: ref, run, imports, content };
        });
    }

    /** A restore on the target, into a namespace of another name. */
    restored(): Promise<Restored> {
        return this.#once("restored", async world => {
            const { content } = await this.imported();
            const target = targetOf(world);
            const namespace = `${this.name}-restored`;
            const name = `${this.name}-restore`;
            await makeNamespace(world, target, this.#scratch, namespace);
            const point = await target.kube.create(
                path.apps("restorepoints", namespace),
                restorePoint(name, content.metadata.name),
            );
            const { ended: action } = await runToEnd(
                ...([
                    world,
                    this.#scratch,
                    target,
                    path.actions("restoreactions", namespace),
                ] as const),
                restoreAction(name, { name, namespace }, false),
            );
            const deployment = await target.kube.get(
                path.workloads("deployments", namespace, "web"),
            );
            return { namespace, point, action, deployment };
        });
    }

    async #run(world: World, side: Side, ref: Ref, name: string) {
        const { ended, looks } = await runPolicy(world, this.#scratch, side, name, ref);
        assert.equal(stateOf(ended), "Complete", `${name}: ${JSON.stringify(ended.status)}`);
        return { run: ended, looks };
    }

    /** @throws Error that says what is left behind */
    async close(): Promise<void> {
        this.#over.abort();
        await Promise.allSettled(this.#steps.values());
        const left = await this.#scratch.clean();
        if (left.length > 0) {
            throw new Error(left.join("; "));
        }
    }
}

export function targetOf({ target }: World): Side {
    assert.ok(target, "there is no second cluster");
    return target;
}

/** The receive string in a policy's own spec, undefined while it is empty. */
export function receiveStringOf(policy: KubeObject | undefined): string | undefined {
    const actions = (policy?.spec?.["actions"] ?? []) as {
        action?: string;
        exportParameters?: { receiveString?: string };
    }[];
    const found = actions.find(each => each.action === "export");
    return found?.exportParameters?.receiveString || undefined;
}
