/** Serves the resources of one stand-in to Pulumi's engine. */
import { main } from "@pulumi/pulumi/provider/server.js";
import type * as pulumi from "@pulumi/pulumi/provider/provider.js";
import { checkFields, defaultsKey } from "./fields.ts";
import type { Failure } from "./fields.ts";
import { logStatus } from "./log.ts";
import { nameOf, typeOf } from "./names.ts";
import { PartialCreate } from "./resource.ts";
import type { Call, Resource } from "./resource.ts";
import { difference, filled, knownPlain, nameIsTaken, sealed } from "./rules.ts";
import {
    compact,
    containsSecret,
    keepSecrets,
    plainProperties,
    redact,
    without,
} from "./values.ts";
import type { Properties } from "./values.ts";

export interface Plugin {
    /** Of the provider that it stands in for: "random". */
    name: string;
    /** The version of that provider's npm package; Pulumi looks for exactly this one. */
    version: string;
    /** By type token. */
    resources: Record<string, Resource>;
}

export async function serve(plugin: Plugin): Promise<void> {
    const engine = process.ppid;
    const standIn = new StandIn(plugin);
    await main(standIn, process.argv.slice(2));
    // An engine that was killed tells nobody. What it has begun is finished, like the real providers do it.
    setInterval(() => {
        if (process.ppid !== engine && standIn.idle) {
            process.exit();
        }
    }, 500).unref();
}

class StandIn implements pulumi.Provider {
    readonly version: string;
    readonly schema: string;
    readonly #plugin: Plugin;
    readonly #stop = new AbortController();
    #running = 0;

    constructor(plugin: Plugin) {
        this.#plugin = plugin;
        this.version = plugin.version;
        this.schema = JSON.stringify({
            name: plugin.name,
            version: plugin.version,
            description: `Stand-in for the ${plugin.name} provider: only what Crossing uses.`,
        });
    }

    get idle(): boolean {
        return this.#running === 0;
    }

    async check(urn: string, olds: Properties, news: Properties): Promise<pulumi.CheckResult> {
        return await this.#guarded(news, () => {
            this.#refuseConfiguration();
            const [type, resource] = this.#resource(urn);
            const said = without(news, defaultsKey);
            const failures = checkFields(resource.fields, said, type);
            if (failures.length === 0 && resource.check) {
                failures.push(...resource.check(knownPlain(said)));
            }
            return {
                inputs: failures.length > 0 ? news : filled(resource, nameOf(urn), olds, said),
                failures: failures.map(failure => this.#failure(failure, news)),
            };
        });
    }

    async diff(_id: string, urn: string, olds: Properties, news: Properties) {
        return await this.#guarded(news, (): pulumi.DiffResult => {
            const [, resource] = this.#resource(urn);
            const { changed, replaces } =
                resource.diff?.(olds, news) ?? difference(resource, olds, news);
            return {
                changes: changed.length > 0,
                replaces,
                deleteBeforeReplace:
                    replaces.length > 0 &&
                    (resource.deleteBeforeReplace === true || nameIsTaken(resource, news)),
            };
        });
    }

    async create(urn: string, inputs: Properties): Promise<pulumi.CreateResult> {
        return await this.#guarded(inputs, async () => {
            const [, resource] = this.#resource(urn);
            const { id, outputs } = await resource.create(this.#call(urn, inputs));
            return { id, outs: sealed(resource, outputs, inputs) };
        });
    }

    async read(id: string, urn: string, props: Properties): Promise<pulumi.ReadResult> {
        return await this.#guarded(props, async () => {
            const [, resource] = this.#resource(urn);
            if (!resource.read) {
                return { id, props };
            }
            const outputs = await resource.read({ ...this.#call(urn, props), id });
            if (!outputs) {
                // This is how Pulumi is told that the object is gone.
                return { id: "", props: {} };
            }
            // An image has another id when it is another image.
            const { id: now = id } = plainProperties<{ id?: string }>(outputs);
            return { id: now, props: sealed(resource, outputs, props) };
        });
    }

    async update(id: string, urn: string, olds: Properties, news: Properties) {
        return await this.#guarded({ olds, news }, async (): Promise<pulumi.UpdateResult> => {
            const [type, resource] = this.#resource(urn);
            if (!resource.update) {
                throw new Error(`\`${type}\` cannot be updated`);
            }
            const outputs = await resource.update({
                ...this.#call(urn, news),
                log: line => logStatus(urn, redact(line, { olds, news })),
                id,
                olds: plainProperties(olds),
            });
            return { outs: sealed(resource, outputs, news, { olds, news }) };
        });
    }

    async delete(id: string, urn: string, props: Properties): Promise<void> {
        await this.#guarded(props, async () => {
            const [, resource] = this.#resource(urn);
            await resource.delete?.({ ...this.#call(urn, props), id });
        });
    }

    async invoke(token: string): Promise<pulumi.InvokeResult> {
        return await this.#guarded({}, () => {
            throw new Error(`does not know the function \`${token}\``);
        });
    }

    cancel(): Promise<void> {
        this.#stop.abort(new Error("Stopped before it was finished"));
        return Promise.resolve();
    }

    #resource(urn: string): [string, Resource] {
        const type = typeOf(urn);
        const resource = this.#plugin.resources[type];
        if (!resource) {
            throw new Error(`does not know the resource type \`${type}\``);
        }
        return [type, resource];
    }

    /** Pulumi hands the stack's configuration of a provider to its plugin here, but only of the default provider. */
    #refuseConfiguration(): void {
        const configured = Object.keys(JSON.parse(process.env["PULUMI_CONFIG"] || "{}") as object);
        if (configured.length > 0) {
            const names = configured.map(key => `\`${this.#plugin.name}:${key}\``).join(", ");
            throw new Error(`does not know the configuration ${names}: take it out of the stack`);
        }
    }

    #call(urn: string, wrapped: Properties): Call {
        return {
            name: nameOf(urn),
            properties: plainProperties(without(wrapped, defaultsKey)),
            signal: this.#stop.signal,
            log: line => logStatus(urn, redact(line, wrapped)),
        };
    }

    #failure({ property, reason }: Failure, inputs: Properties): Failure {
        return {
            // Pulumi prints the value of the property that it is told, even of a secret one.
            property: containsSecret(inputs[property]) ? "" : property,
            reason: `The ${this.#plugin.name} stand-in ${reason}.`,
        };
    }

    /** Errors are for a person to read: they say who speaks, hold no secret and no stack. */
    async #guarded<T>(properties: Properties, work: () => T | Promise<T>): Promise<T> {
        this.#running++;
        try {
            return await work();
        } catch (cause) {
            const text = cause instanceof Error ? cause.message : String(cause);
            const message = `${this.#plugin.name} stand-in: ${redact(text, properties)}`;
            const error = new Error(message, { cause });
            error.stack = "";
            if (cause instanceof PartialCreate) {
                const kept = keepSecrets(compact(cause.outputs), properties);
                Object.assign(error, { id: cause.id, properties: kept, reasons: [message] });
            }
            throw error;
        } finally {
            this.#running--;
        }
    }
}
