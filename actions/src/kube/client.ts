/** The one Kubernetes client: a few verbs over @kubernetes/client-node, which reads kubeconfigs and speaks HTTP. */
import type * as k8s from "@kubernetes/client-node";
import { PassThrough } from "node:stream";
import { ApiError, connectionCode, isMissingApi, UserError } from "./errors";
import { poolingConfig } from "./pool";
import { beforeRequest } from "./requests";

/** A kind of object, as its API names it. */
export interface Resource {
    group: string;
    version: string;
    plural: string;
}

export interface KubeObject {
    apiVersion?: string;
    kind?: string;
    metadata?: {
        name?: string;
        namespace?: string;
        uid?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
        creationTimestamp?: string;
        generation?: number;
    };
}

export interface ExecResult {
    stdout: string;
    stderr: string;
    /** The exit status of the program. */
    status: number;
}

/** What is used of a websocket. */
interface Socket {
    onerror: ((event: { message: string }) => void) | null;
    onclose: (() => void) | null;
}

export class Cluster {
    private readonly lib: typeof k8s;
    private readonly config: k8s.KubeConfig;
    private readonly objects: k8s.CustomObjectsApi;
    readonly core: k8s.CoreV1Api;

    private constructor(lib: typeof k8s, config: k8s.KubeConfig) {
        this.lib = lib;
        this.config = config;
        this.objects = config.makeApiClient(lib.CustomObjectsApi);
        this.core = config.makeApiClient(lib.CoreV1Api);
    }

    /** By kubeconfig: all actions in a cluster share its connections. */
    private static readonly connected = new Map<string, Cluster>();

    /**
     * @param kubeconfig the contents of a kubeconfig, not a path.
     * @throws UserError when it cannot be read. The message never holds any of it.
     */
    static async connect(kubeconfig: string): Promise<Cluster> {
        // Loaded here, not above: it takes half a second, which check and diff need not spend.
        const lib = await import("@kubernetes/client-node");
        const known = Cluster.connected.get(kubeconfig);
        if (known) {
            return known;
        }
        const config = poolingConfig(lib);
        try {
            config.loadFromString(kubeconfig);
        } catch {
            throw new UserError(
                "The kubeconfig cannot be read: it is not YAML with `clusters`, `users` and `contexts`. Check the file that `crossing:source` or `crossing:target` names.",
            );
        }
        if (!config.getCurrentCluster()) {
            throw new UserError(
                "The kubeconfig has no current context. Set one in the file, or name one by `context` in `crossing:source` or `crossing:target`.",
            );
        }
        const cluster = new Cluster(lib, config);
        Cluster.connected.set(kubeconfig, cluster);
        return cluster;
    }

    /** The address of the API server. */
    get server(): string {
        return this.config.getCurrentCluster()?.server ?? "";
    }

    /** The context that is worked in, as `kubectl --context` takes it. */
    get context(): string {
        return this.config.getCurrentContext();
    }

    /** Keys, tokens and passwords of the kubeconfig, in clear: what must never be written. */
    get secrets(): string[] {
        return this.config.users.flatMap(({ token, password, keyData = "" }) =>
            [token, password, Buffer.from(keyData, "base64").toString()].filter(
                each => typeof each === "string" && each !== "",
            ),
        ) as string[];
    }

    async get<T extends KubeObject>(
        resource: Resource,
        name: string,
        namespace?: string,
    ): Promise<T | undefined> {
        const path = { ...resource, name };
        const found: Promise<unknown> =
            namespace === undefined
                ? this.objects.getClusterCustomObject(path)
                : this.objects.getNamespacedCustomObject({ ...path, namespace });
        return this.orUndefined(found as Promise<T>);
    }

    /** All objects, of one namespace or of the whole cluster. */
    async list<T extends KubeObject>(
        resource: Resource,
        options: { namespace?: string; labels?: Record<string, string> } = {},
    ): Promise<T[]> {
        const labelSelector = Object.entries(options.labels ?? {})
            .map(([key, value]) => `${key}=${value}`)
            .join(",");
        const path = { ...resource, ...(labelSelector ? { labelSelector } : {}) };
        const { namespace } = options;
        const answer: Promise<unknown> =
            namespace === undefined
                ? this.objects.listCustomObjectForAllNamespaces({
                      ...path,
                      resourcePlural: resource.plural,
                  })
                : this.objects.listNamespacedCustomObject({ ...path, namespace });
        return (await this.request(answer as Promise<{ items: T[] }>)).items;
    }

    /**
     * @param options `dryRun`: nothing is made, the cluster only says what it would make
     * @throws ApiError 409 when an object of that name exists: creating is the lock.
     */
    async create<T extends KubeObject>(
        resource: Resource,
        body: T,
        namespace?: string,
        options: { dryRun?: boolean } = {},
    ): Promise<T> {
        const request = { ...resource, body, ...(options.dryRun && { dryRun: "All" }) };
        const created: Promise<unknown> =
            namespace === undefined
                ? this.objects.createClusterCustomObject(request)
                : this.objects.createNamespacedCustomObject({ ...request, namespace });
        return this.request(created as Promise<T>);
    }

    /** Changes fields of an object of a namespace, and leaves all others alone. */
    async patch(resource: Resource, name: string, body: object, namespace: string): Promise<void> {
        await this.request<unknown>(
            this.objects.patchNamespacedCustomObject(
                { ...resource, name, body, namespace },
                this.lib.setHeaderOptions("Content-Type", this.lib.PatchStrategy.MergePatch),
            ),
        );
    }

    async delete(resource: Resource, name: string, namespace?: string): Promise<void> {
        await this.request<unknown>(
            namespace === undefined
                ? this.objects.deleteClusterCustomObject({ ...resource, name })
                : this.objects.deleteNamespacedCustomObject({ ...resource, name, namespace }),
        );
    }

    async namespace(name: string): Promise<k8s.V1Namespace | undefined> {
        return this.orUndefined(this.core.readNamespace({ name }));
    }

    /** Kubernetes' version, for example `v1.36.2`. */
    async version(): Promise<string> {
        const { gitVersion } = await this.request(
            this.config.makeApiClient(this.lib.VersionApi).getCode(),
        );
        return gitVersion;
    }

    async annotateNamespace(name: string, annotations: Record<string, string>): Promise<void> {
        await this.request(
            this.core.patchNamespace(
                { name, body: { metadata: { annotations } } },
                this.lib.setHeaderOptions("Content-Type", this.lib.PatchStrategy.MergePatch),
            ),
        );
    }

    /** Runs a program in a container and waits for its end. */
    async exec(
        namespace: string,
        pod: string,
        container: string,
        command: string[],
    ): Promise<ExecResult> {
        await beforeRequest();
        const stdout = collector();
        const stderr = collector();
        const exec = new this.lib.Exec(this.config);
        const status = await new Promise<k8s.V1Status>((resolve, reject) => {
            const socket: Promise<unknown> = exec.exec(
                ...([namespace, pod, container, command, stdout.stream, stderr.stream] as const),
                ...([null, false, resolve] as const),
            );
            (socket as Promise<Socket>).then(
                open => {
                    // A connection that breaks after the status is no matter any more.
                    open.onerror = event => reject(new ApiError(502, event.message));
                    open.onclose = () => reject(new ApiError(502, "the connection was closed"));
                },
                (error: unknown) => reject(asError(error)),
            );
        });
        const exitCode = status.details?.causes?.find(cause => cause.reason === "ExitCode");
        if (status.status !== "Success" && !exitCode) {
            throw new ApiError(status.code ?? 500, status.message ?? "exec failed");
        }
        return {
            stdout: stdout.text(),
            stderr: stderr.text(),
            status: exitCode ? Number(exitCode.message) : 0,
        };
    }

    /** GETs a page of a Service by way of the API server: nothing has to be exposed for it. */
    async getPage(
        namespace: string,
        service: string,
        port: number,
        path: string,
    ): Promise<{ status: number; body: string }> {
        try {
            const page = await this.core.connectGetNamespacedServiceProxyWithPathWithHttpInfo({
                name: `http:${service}:${port}`,
                namespace,
                path,
            });
            // The library has parsed a page that is JSON, whatever its types say.
            const data: unknown = page.data;
            return {
                status: page.httpStatusCode,
                body: typeof data === "string" ? data : JSON.stringify(data ?? ""),
            };
        } catch (error) {
            const converted = this.convert(error);
            if (converted instanceof ApiError) {
                return { status: converted.code, body: converted.message };
            }
            throw converted;
        }
    }

    /** Passes a request's answer on, with errors made into `ApiError` or left as connection errors. */
    async request<T>(request: Promise<T>): Promise<T> {
        try {
            return await request;
        } catch (error) {
            throw this.convert(error);
        }
    }

    private async orUndefined<T>(request: Promise<T>): Promise<T | undefined> {
        try {
            return await this.request(request);
        } catch (error) {
            // A missing object is an answer; a missing API is not.
            if (error instanceof ApiError && error.code === 404 && !isMissingApi(error)) {
                return undefined;
            }
            throw error;
        }
    }

    private convert(error: unknown): unknown {
        if (error instanceof this.lib.ApiException) {
            return error.code === 401
                ? new ApiError(
                      401,
                      `the cluster at ${this.server} does not know the kubeconfig's user`,
                  )
                : new ApiError(error.code, statusMessage(error.body));
        }
        const code = connectionCode(error);
        if (code !== undefined) {
            const cause = error as Error;
            return Object.assign(
                new Error(`${this.server} cannot be reached: ${code}`, { cause }),
                {
                    code,
                },
            );
        }
        return error;
    }
}

/** The message of a Status; proxies and aggregators answer with plain text instead. */
function statusMessage(body: unknown): string {
    const text = typeof body === "string" ? body : JSON.stringify(body ?? "");
    try {
        const { message } = JSON.parse(text) as { message?: unknown };
        return typeof message === "string" ? message : text;
    } catch {
        return text.trim();
    }
}

/** The websocket library reports what went wrong as an event. */
function asError(problem: unknown): Error {
    if (problem instanceof Error) {
        return problem;
    }
    const { message } = (problem ?? {}) as { message?: unknown };
    const text = typeof message === "string" ? message : "the connection failed";
    // Who may not run anything may not a moment later. All else, a missing pod too, may change.
    const refused = /^Unexpected server response: (401|403)$/.exec(text);
    return refused
        ? new ApiError(
              Number(refused[1]),
              `the cluster refuses exec into a pod (HTTP ${refused[1]})`,
          )
        : new ApiError(502, text);
}

function collector() {
    const stream = new PassThrough();
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}
