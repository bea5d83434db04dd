/** Drives a stand-in plugin as Pulumi's engine does: its own process, spoken to by gRPC. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import { secret, unknown, without } from "../../../../lab/plugins/shared/values.ts";
import type { Properties } from "../../../../lab/plugins/shared/values.ts";

export { secret, unknown, without };
export type { Properties };

/** What a plugin answers to a failed create that left something behind. */
export interface Partial {
    id: string;
    properties: Properties;
    reasons: string[];
}

export interface LogLine {
    urn: string;
    message: string;
    ephemeral: boolean;
}

export interface Checked {
    inputs: Properties;
    failures: { property: string; reason: string }[];
}

export interface Difference {
    changes: "none" | "some";
    replaces: string[];
    deleteBeforeReplace: boolean;
}

export class PluginError extends Error {
    readonly partial: Partial | undefined;
    constructor(message: string, partial: Partial | undefined) {
        super(message);
        this.partial = partial;
    }
}

/** What a call failed with. */
export async function failure(call: Promise<unknown>): Promise<PluginError> {
    try {
        await call;
    } catch (error) {
        assert.ok(error instanceof PluginError);
        return error;
    }
    return assert.fail("it did not fail");
}

export function urn(type: string, name = "thing"): string {
    return `urn:pulumi:test::project::${type}::${name}`;
}

export class PluginProcess {
    /** The lines that the plugin showed in the display. */
    readonly logged: LogLine[];
    readonly #type: string;
    readonly #process: ChildProcess;
    readonly #client: ResourceProviderClient;
    readonly #engine: Server;
    #stderr = "";

    private constructor(
        type: string,
        child: ChildProcess,
        port: string,
        engine: Server,
        logged: LogLine[],
    ) {
        this.logged = logged;
        this.#type = type;
        this.#process = child;
        this.#engine = engine;
        this.#client = new ResourceProviderClient(
            `127.0.0.1:${port}`,
            credentials.createInsecure(),
        );
    }

    /** Starts a stand-in; calls are about resources of `type`. */
    static async start(plugin: string, type: string, env: NodeJS.ProcessEnv = {}) {
        const main = fileURLToPath(
            new URL(`../../../../lab/plugins/${plugin}/main.ts`, import.meta.url),
        );
        const command = [process.execPath, "--disable-warning=ExperimentalWarning", main];
        return PluginProcess.run(command, type, env);
    }

    /** Starts any plugin. */
    static async run([program, ...args]: string[], type: string, env: NodeJS.ProcessEnv = {}) {
        const logged: LogLine[] = [];
        const engine = new Server();
        engine.addService(EngineService, {
            log: (call: { request: LogRequest }, answer: (error: null, value: unknown) => void) => {
                const { request } = call;
                logged.push({
                    urn: request.getUrn(),
                    message: request.getMessage(),
                    ephemeral: request.getEphemeral(),
                });
                answer(null, new empties.Empty());
            },
        });
        const address = await new Promise<string>((resolve, reject) =>
            engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
                error ? reject(error) : resolve(`127.0.0.1:${port}`),
            ),
        );
        const child = spawn(program, [...args, "--logtostderr", "-v=9", address], {
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", "pipe"],
        });
        const [port] = (await once(child.stdout, "data")) as [Buffer];
        const started = new PluginProcess(type, child, port.toString().trim(), engine, logged);
        child.stderr.on("data", text => (started.#stderr += text));
        return started;
    }

    async stop(): Promise<void> {
        this.#client.close();
        this.#engine.forceShutdown();
        this.#process.kill("SIGKILL");
        await once(this.#process, "exit");
    }

    /** Everything that the plugin wrote for nobody in particular. */
    get stderr(): string {
        return this.#stderr;
    }

    urn(name?: string): string {
        return urn(this.#type, name);
    }

    async version(): Promise<string> {
        const answer = await this.#ask<{ getVersion(): string }>(
            "getPluginInfo",
            new empties.Empty(),
        );
        return answer.getVersion();
    }

    async schema(): Promise<Properties> {
        const request = new messages.GetSchemaRequest();
        const answer = await this.#ask<{ getSchema(): string }>("getSchema", request);
        return JSON.parse(answer.getSchema()) as Properties;
    }

    /** What the engine does before anything else. @returns whether the plugin takes secrets wrapped */
    async configure(): Promise<boolean> {
        const request = new messages.ConfigureRequest();
        request.setArgs(toStruct({}));
        request.setAcceptsecrets(true);
        request.setAcceptresources(true);
        request.setSendsOldInputs(true);
        request.setSendsOldInputsToDelete(true);
        const answer = await this.#ask<{ getAcceptsecrets(): boolean }>("configure", request);
        return answer.getAcceptsecrets();
    }

    async check(news: Properties, olds: Properties = {}, at = this.urn()): Promise<Checked> {
        const request = new messages.CheckRequest();
        request.setUrn(at);
        request.setOlds(toStruct(olds));
        request.setNews(toStruct(news));
        const answer = await this.#ask<InstanceType<typeof messages.CheckResponse>>(
            "check",
            request,
        );
        return {
            inputs: fromStruct(answer.getInputs()),
            failures: answer.getFailuresList().map(failure => ({
                property: failure.getProperty(),
                reason: failure.getReason(),
            })),
        };
    }

    async diff(
        olds: Properties,
        news: Properties,
        at = this.urn(),
        oldInputs: Properties = {},
    ): Promise<Difference> {
        const request = new messages.DiffRequest();
        request.setOldInputs(toStruct(oldInputs));
        request.setId("id");
        request.setUrn(at);
        request.setOlds(toStruct(olds));
        request.setNews(toStruct(news));
        const answer = await this.#ask<InstanceType<typeof messages.DiffResponse>>("diff", request);
        return {
            changes:
                answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME
                    ? "some"
                    : "none",
            replaces: [...new Set([...answer.getReplacesList(), ...detailedReplaces(answer)])],
            deleteBeforeReplace: answer.getDeletebeforereplace(),
        };
    }

    async create(
        inputs: Properties,
        at = this.urn(),
    ): Promise<{ id: string; outputs: Properties }> {
        const request = new messages.CreateRequest();
        request.setUrn(at);
        request.setProperties(toStruct(inputs));
        const answer = await this.#ask<InstanceType<typeof messages.CreateResponse>>(
            "create",
            request,
        );
        return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) };
    }

    async read(id: string, outputs: Properties, at = this.urn()) {
        const request = new messages.ReadRequest();
        request.setId(id);
        request.setUrn(at);
        request.setProperties(toStruct(outputs));
        const answer = await this.#ask<InstanceType<typeof messages.ReadResponse>>("read", request);
        return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) };
    }

    async update(
        id: string,
        olds: Properties,
        news: Properties,
        at = this.urn(),
        oldInputs: Properties = {},
    ) {
        const request = new messages.UpdateRequest();
        request.setOldInputs(toStruct(oldInputs));
        request.setId(id);
        request.setUrn(at);
        request.setOlds(toStruct(olds));
        request.setNews(toStruct(news));
        const answer = await this.#ask<InstanceType<typeof messages.UpdateResponse>>(
            "update",
            request,
        );
        return fromStruct(answer.getProperties());
    }

    async delete(
        id: string,
        outputs: Properties,
        at = this.urn(),
        inputs: Properties = {},
    ): Promise<void> {
        const request = new messages.DeleteRequest();
        request.setOldInputs(toStruct(inputs));
        request.setId(id);
        request.setUrn(at);
        request.setProperties(toStruct(outputs));
        await this.#ask("delete", request);
    }

    async invoke(token: string): Promise<void> {
        const request = new messages.InvokeRequest();
        request.setTok(token);
        request.setArgs(toStruct({}));
        await this.#ask("invoke", request);
    }

    async cancel(): Promise<void> {
        await this.#ask("cancel", new empties.Empty());
    }

    /** What the engine does for a new resource: check, then create. */
    async up(inputs: Properties, name?: string): Promise<{ id: string; outputs: Properties }> {
        const at = this.urn(name);
        const checked = await this.check(inputs, {}, at);
        if (checked.failures.length > 0) {
            throw new Error(checked.failures.map(failure => failure.reason).join("\n"));
        }
        return await this.create(checked.inputs, at);
    }

    /** What the engine asks when the program is run again, with these inputs. */
    async again(
        outputs: Properties,
        inputs: Properties,
        olds: Properties = {},
    ): Promise<Difference> {
        return await this.diff(outputs, (await this.check(inputs, olds)).inputs);
    }

    async #ask<T>(method: string, request: unknown): Promise<T> {
        const client = this.#client as unknown as Record<string, Method<T>>;
        return await new Promise((resolve, reject) =>
            client[method](request, (error, answer) =>
                error ? reject(new PluginError(error.details, partialOf(error))) : resolve(answer),
            ),
        );
    }
}

/** Properties that ask for a new resource by the newer one of the two ways to say so. */
function detailedReplaces(answer: InstanceType<typeof messages.DiffResponse>): string[] {
    const { ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
    const replacing: number[] = [ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE];
    return [...answer.getDetaileddiffMap().entries()]
        .filter(([, change]) => replacing.includes(change.getKind()))
        .map(([path]) => /^[^.[]+/.exec(path)?.[0] ?? path);
}

type Method<T> = (
    request: unknown,
    answer: (error: ServiceError | null, value: T) => void,
) => unknown;

interface LogRequest {
    getUrn(): string;
    getMessage(): string;
    getEphemeral(): boolean;
}

type Json = { [key: string]: string };

function toStruct(properties: Properties) {
    return structs.Struct.fromJavaScript(properties as Json);
}

function fromStruct(struct: { toJavaScript(): object } | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

function partialOf(error: ServiceError): Partial | undefined {
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    if (bytes === undefined) {
        return undefined;
    }
    const status = statuses.Status.deserializeBinary(bytes as Buffer);
    const details = status.getDetailsList()[0].getValue_asU8();
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(details);
    return {
        id: failed.getId(),
        properties: fromStruct(failed.getProperties()),
        reasons: failed.getReasonsList(),
    };
}
