/**
 * A stand-in for Pulumi's engine, in this process: it accepts every registration of a program in a preview, and
 * remembers it whole. It shows what the program asks for, with all options. It does not show what an engine or a
 * provider makes of it: the lab suite does.
 */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import * as resourceGrpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { type Host, sharedProcess } from "./hosts";

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** One resource as the program registered it. */
export interface Registration {
    type: string;
    name: string;
    parent: string;
    custom: boolean;
    inputs: Record<string, Value>;
    dependencies: string[];
    provider: string;
    deletedWith: string;
    deleteBeforeReplace: boolean;
    ignoreChanges: string[];
    additionalSecretOutputs: string[];
    hideDiffs: string[];
    version: string;
    timeouts?: { create: string; update: string; pb_delete: string };
}

export interface Run {
    registrations: Registration[];
    outputs: Record<string, Value>;
    /** What the program logged as errors, or failed with. */
    errors: string[];
    /** What it logged as warnings. */
    warnings: string[];
}

/** What a StackReference finds. */
export interface StackOutputs {
    outputs: Record<string, Value>;
    secretOutputNames: string[];
}

/** Configuration as Pulumi hands it to a program: structured values are JSON. */
export const configTexts = (values: Record<string, unknown>, prefix = "crossing:") =>
    Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
            `${prefix}${key}`,
            typeof value === "string" ? value : JSON.stringify(value),
        ]),
    );

type Reply<T> = grpc.sendUnaryData<T>;

/** Runs the program, and gives what it registered. */
export async function runProgram(
    stack: string,
    config: Record<string, string>,
    secretKeys: string[] = [],
    otherStacks: Record<string, StackOutputs> = {},
    host: Host = sharedProcess,
): Promise<Run> {
    const registrations: Registration[] = [];
    const errors: string[] = [];
    const warnings: string[] = [];
    let outputs: Record<string, Value> = {};

    const server = new grpc.Server();
    server.addService(resourceGrpc.ResourceMonitorService, {
        supportsFeature: (
            call: { request: resource.SupportsFeatureRequest },
            reply: Reply<resource.SupportsFeatureResponse>,
        ) => {
            const response = new resource.SupportsFeatureResponse();
            // Transforms would call back into the program for what a provider registers, and none is asked here. The
            // program has no hooks.
            response.setHassupport(
                [
                    ...["secrets", "resourceReferences", "deletedWith", "aliasSpecs"],
                    "transforms",
                ].includes(call.request.getId()),
            );
            reply(null, response);
        },
        registerResource: (
            call: { request: resource.RegisterResourceRequest },
            reply: Reply<resource.RegisterResourceResponse>,
        ) => {
            const { request } = call;
            registrations.push(registration(request));
            const response = new resource.RegisterResourceResponse();
            response.setUrn(urn(stack, request));
            response.setObject(request.getObject());
            reply(null, response);
        },
        readResource: (
            call: { request: resource.ReadResourceRequest },
            reply: Reply<resource.ReadResourceResponse>,
        ) => {
            const { request } = call;
            const name = request.getName();
            const found = otherStacks[name];
            if (request.getType() !== "pulumi:pulumi:StackReference" || !found) {
                reply(new Error(`unknown stack ${name}`));
                return;
            }
            const response = new resource.ReadResourceResponse();
            response.setUrn(`urn:pulumi:${stack}::crossing::${request.getType()}::${name}`);
            response.setProperties(Struct.fromJavaScript({ name, ...found }));
            reply(null, response);
        },
        registerResourceOutputs: (
            call: { request: resource.RegisterResourceOutputsRequest },
            reply: Reply<Empty>,
        ) => {
            if (call.request.getUrn().includes("pulumi:pulumi:Stack")) {
                outputs = toObject(call.request.getOutputs());
            }
            reply(null, new Empty());
        },
        signalAndWaitForShutdown: (_: unknown, reply: Reply<Empty>) => reply(null, new Empty()),
    });
    server.addService(engineGrpc.EngineService, {
        log: (call: { request: engine.LogRequest }, reply: Reply<Empty>) => {
            if (call.request.getSeverity() === engine.LogSeverity.ERROR) {
                errors.push(call.request.getMessage());
            }
            if (call.request.getSeverity() === engine.LogSeverity.WARNING) {
                warnings.push(call.request.getMessage());
            }
            reply(null, new Empty());
        },
        getRootResource: (_: unknown, reply: Reply<engine.GetRootResourceResponse>) =>
            reply(null, new engine.GetRootResourceResponse()),
        setRootResource: (_: unknown, reply: Reply<engine.SetRootResourceResponse>) =>
            reply(null, new engine.SetRootResourceResponse()),
    });
    const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        ),
    );
    try {
        const address = `127.0.0.1:${port}`;
        const failure = await host({ address, stack, config, secretKeys });
        if (failure && errors.length === 0) {
            errors.push(failure);
        }
        return { registrations, outputs, errors, warnings };
    } finally {
        server.forceShutdown();
    }
}

function urn(stack: string, request: resource.RegisterResourceRequest): string {
    const parent = request.getParent();
    const parentType = parent.split("::")[2];
    const isChild = parentType !== undefined && parentType !== "pulumi:pulumi:Stack";
    const type = isChild ? `${parentType}$${request.getType()}` : request.getType();
    return `urn:pulumi:${stack}::crossing::${type}::${request.getName()}`;
}

function registration(request: resource.RegisterResourceRequest): Registration {
    return {
        type: request.getType(),
        name: request.getName(),
        parent: request.getParent(),
        custom: request.getCustom(),
        inputs: toObject(request.getObject()),
        dependencies: request.getDependenciesList(),
        provider: request.getProvider(),
        deletedWith: request.getDeletedwith(),
        deleteBeforeReplace: request.getDeletebeforereplace(),
        ignoreChanges: request.getIgnorechangesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        hideDiffs: request.getHidediffsList(),
        version: request.getVersion(),
        timeouts: request.getCustomtimeouts()?.toObject(),
    };
}

function toObject(struct: Struct | undefined): Record<string, Value> {
    return struct?.toJavaScript() ?? {};
}
