/**
 * Runs components under Pulumi's mocks and remembers what they registered, with all options. No engine and no
 * provider looks at it: that a cluster accepts what is asked for is shown by the lab suite.
 */
import * as pulumi from "@pulumi/pulumi";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import assert from "node:assert/strict";

/** One resource as it was registered. Other resources are `type::name`; what is not set is left out. */
export interface Registered {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
    parent?: string;
    provider?: string;
    dependencies?: string[];
    deletedWith?: string;
    deleteBeforeReplace?: boolean;
    ignoreChanges?: string[];
    additionalSecretOutputs?: string[];
    hideDiffs?: string[];
    timeouts?: Record<string, string>;
    /** What a component says that it offers. */
    outputs?: Record<string, unknown>;
}

/** A secret among inputs or outputs. */
export const secret = (value: unknown) => ({ "[secret]": value });
/** What a preview does not know yet. */
export const unknown = "[unknown]";

/** What resources have besides their inputs once they are made, by type. */
const made: Record<string, (name: string) => Record<string, unknown>> = {
    "random:index/randomPassword:RandomPassword": name => ({
        result: pulumi.secret(`result of ${name}`),
    }),
    "random:index/randomId:RandomId": name => ({ hex: `hex of ${name}` }),
    "docker:index/remoteImage:RemoteImage": name => ({ imageId: `image id of ${name}` }),
    "command:local:Command": name => ({ stdout: pulumi.secret(`stdout of ${name}`) }),
    "pulumi-nodejs:dynamic/cluster:Connection": name => ({
        uid: `uid of ${name}`,
        version: "v1.36.2",
        server: `https://${name}:6443`,
    }),
    "pulumi-nodejs:dynamic/store:Published": () => ({ address: "172.30.77.2:30123" }),
    "kubernetes:helm.sh/v3:Release": () => ({ status: { revision: 3 } }),
    "pulumi-nodejs:dynamic/k10:Operator": name => ({ csv: `csv of ${name}` }),
    "pulumi-nodejs:dynamic/k10:ClusterId": () => ({ clusterId: "id of default" }),
    "pulumi-nodejs:dynamic/k10:Token": () => ({ token: "hunter2" }),
    "pulumi-nodejs:dynamic/k10:Deployed": () => ({ deployed: "InstallSuccessful" }),
    "pulumi-nodejs:dynamic/k10:Ready": name => ({
        dashboard: { url: `dashboard of ${name}` },
        footprint: { pods: 15 },
    }),
};

const withUid = new Set([
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:apik10.kasten.io/v1alpha1:K10",
    "kubernetes:operators.coreos.com/v1alpha1:Subscription",
    "kubernetes:config.kio.kasten.io/v1alpha1:Policy",
    "kubernetes:config.kio.kasten.io/v1alpha1:Profile",
    "kubernetes:config.kio.kasten.io/v1alpha1:BlueprintBinding",
    "kubernetes:config.kio.kasten.io/v1alpha1:PolicyPreset",
    "kubernetes:config.kio.kasten.io/v1alpha1:TransformSet",
]);

export interface Options {
    preview?: boolean;
    /** Called once all resources are in, with what the program returned. */
    after?: () => void;
}

/** Runs a program to its end, and gives its resources in the order of their names. */
export async function registered(
    program: () => unknown,
    { preview = false }: Options = {},
): Promise<Registered[]> {
    const found = new Map<string, Registered>();
    await pulumi.runtime.setMocks(
        {
            call: ({ token }) => {
                throw new Error(`no test knows the function ${token}`);
            },
            newResource: ({ type, name, inputs, custom }) => {
                const state = inputs as Record<string, unknown>;
                if (preview || !custom) {
                    return { id: undefined, state };
                }
                const metadata = state["metadata"] as object | undefined;
                return {
                    id: `id of ${name}`,
                    state: {
                        ...state,
                        ...(withUid.has(type)
                            ? { metadata: { ...metadata, uid: `uid of ${name}` } }
                            : {}),
                        ...made[type]?.(name),
                    },
                };
            },
        },
        "crossing",
        "test",
        preview,
        "organization",
    );
    listen(pulumi.runtime.getMonitor() as unknown as Monitor, found);
    try {
        await pulumi.runtime.runInPulumiStack(() => {
            program();
            return Promise.resolve({});
        });
    } finally {
        // Waits for registrations that nothing else waits for.
        await pulumi.runtime.disconnect();
    }
    return [...found.values()]
        .filter(entry => entry.type !== "pulumi:pulumi:Stack")
        .sort((a, b) => (id(a) < id(b) ? -1 : 1));
}

export const id = ({ type, name }: { type: string; name: string }) => `${type}::${name}`;

/** The only resource of a type, or of a type and name. */
export function only(all: Registered[], type: string, name?: string): Registered {
    const found = all.filter(e => e.type === type && (name === undefined || e.name === name));
    assert.equal(found.length, 1, `${found.length} of ${type} ${name ?? ""}`);
    return found[0];
}

type Call<Request> = (request: Request, reply: (...answer: unknown[]) => void) => unknown;

interface Monitor {
    registerResource: Call<proto.RegisterResourceRequest>;
    registerResourceOutputs: Call<proto.RegisterResourceOutputsRequest>;
}

/** Pulumi's mocks show inputs only: options are read from the requests on their way. */
function listen(monitor: Monitor, found: Map<string, Registered>): void {
    const register = monitor.registerResource.bind(monitor);
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResource = (request, reply) => {
        const entry = describe(request);
        found.set(id(entry), entry);
        return register(request, reply);
    };
    monitor.registerResourceOutputs = (request, reply) => {
        const entry = found.get(short(request.getUrn()));
        assert.ok(entry, `outputs of ${request.getUrn()}, which is not registered`);
        assert.equal(entry.outputs, undefined, `outputs of ${id(entry)} are registered twice`);
        entry.outputs = decode(request.getOutputs()?.toJavaScript() ?? {});
        return registerOutputs(request, reply);
    };
}

function describe(request: proto.RegisterResourceRequest): Registered {
    const inputs = decode(request.getObject()?.toJavaScript() ?? {});
    // The text of a dynamic provider is the concern of tests/provider.
    delete inputs["__provider"];
    const timeouts = Object.entries(request.getCustomtimeouts()?.toObject() ?? {})
        .map(([key, value]) => [key.replace("pb_", ""), value])
        .filter(([, value]) => value !== "");
    const options = {
        parent: short(request.getParent()),
        provider: short(request.getProvider().split("::").slice(0, 4).join("::")),
        dependencies: request.getDependenciesList().map(short).sort(),
        deletedWith: short(request.getDeletedwith()),
        deleteBeforeReplace: request.getDeletebeforereplace(),
        ignoreChanges: request.getIgnorechangesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        hideDiffs: request.getHidediffsList(),
        timeouts: Object.fromEntries(timeouts) as Record<string, string>,
    };
    const isSet = (value: unknown) =>
        typeof value === "object" ? Object.keys(value ?? {}).length > 0 : Boolean(value);
    return {
        type: request.getType(),
        name: request.getName(),
        inputs,
        ...Object.fromEntries(Object.entries(options).filter(([, value]) => isSet(value))),
    };
}

/** `urn:pulumi:test::crossing::a:b:C$d:e:F::name` as `d:e:F::name`; nothing for the stack itself. */
function short(urn: string): string {
    const [, , types = "", name = ""] = urn.split("::");
    const type = types.split("$").at(-1) ?? "";
    return type === "" || type === "pulumi:pulumi:Stack" ? "" : `${type}::${name}`;
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function decode(fields: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]));
}

function plain(value: unknown): unknown {
    if (value === unknownValue) {
        return unknown;
    }
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const fields = value as Record<string, unknown>;
    return fields[signature] === secretSignature ? secret(plain(fields["value"])) : decode(fields);
}
