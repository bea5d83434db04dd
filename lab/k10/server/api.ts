/** The aggregated API: paths, verbs and answers, independent of how requests arrive. */
import { admit } from "./admission.ts";
import { applications } from "./applications.ts";
import { ACTIONS_GROUP, APPS_GROUP, DR_GROUP, VERSION } from "./constants.ts";
import { withDetails } from "./details.ts";
import type { Engine } from "./engine.ts";
import { isFields, textAt, type KubeObject } from "./json.ts";
import { apiVersionOf, kindOf, resourceList, type Kind, type Verb } from "./kinds.ts";
import { NAMESPACES, pathOf } from "./resources.ts";
import { unbind } from "./points.ts";
import { creationOf, isDryRun, selection, targetOf, type Target } from "./request.ts";
import {
    alreadyExists,
    conflict,
    deleted,
    listOf,
    methodNotAllowed,
    noSuchPath,
    notFound,
} from "./status.ts";
import { table, wantsTable, type IncludeObject } from "./table.ts";
import { retire } from "./work/retire.ts";
import type { World } from "./world.ts";

export interface ApiRequest {
    method: string;
    path: string;
    query: URLSearchParams;
    accept: string;
    /** The parsed body, or undefined where there is none. */
    body: unknown;
}

export interface ApiAnswer {
    code: number;
    body: object;
}

export class Api {
    readonly #world: World;
    readonly #engine: Engine;

    constructor(world: World, engine: Engine) {
        this.#world = world;
        this.#engine = engine;
    }

    /** @throws ApiError for every answer that is not a success. */
    async handle(request: ApiRequest): Promise<ApiAnswer> {
        const groups = [ACTIONS_GROUP, APPS_GROUP, DR_GROUP];
        const group = groups.find(each => request.path === `/apis/${each}/${VERSION}`);
        if (group !== undefined && request.method === "GET") {
            return { code: 200, body: resourceList(group) };
        }
        const target = targetOf(request.path);
        if (!target) {
            throw noSuchPath();
        }
        switch (request.method) {
            case "GET":
                return await this.#read(target, request);
            case "POST":
                return await this.#create(target, request);
            case "DELETE":
                return await this.#delete(target, request);
            default:
                throw methodNotAllowed(
                    target.kind,
                    request.method === "PATCH" ? "patch" : "update",
                );
        }
    }

    #allow({ kind, details }: Target, verb: Verb): void {
        if (!kind.verbs.includes(verb) || (details && verb !== "get")) {
            throw methodNotAllowed(kind, verb);
        }
    }

    async #read(target: Target, { query, accept }: ApiRequest): Promise<ApiAnswer> {
        const { kind, namespace, name, details } = target;
        if (query.has("watch") && !["false", "0"].includes(query.get("watch") ?? "")) {
            throw methodNotAllowed(kind, "watch");
        }
        const version = this.#world.catalog.resourceVersion;
        const include = (query.get("includeObject") ?? "Metadata") as IncludeObject;
        if (name === undefined) {
            this.#allow(target, "list");
            const items = (await this.#objects(kind, namespace)).filter(selection(query));
            const body = wantsTable(accept)
                ? table(kind, items, version, include)
                : listOf(kind, items, version);
            return { code: 200, body };
        }
        this.#allow(target, "get");
        const object = await this.#find(kind, namespace, name);
        if (details) {
            return { code: 200, body: withDetails(this.#world, object) };
        }
        const body = wantsTable(accept) ? table(kind, [object], version, include) : object;
        return { code: 200, body };
    }

    async #objects(kind: Kind, namespace: string | undefined): Promise<KubeObject[]> {
        const { catalog, cluster, config } = this.#world;
        if (kind.kind !== "Application") {
            return catalog.list(kind, namespace);
        }
        const { items } = await cluster.list(pathOf(NAMESPACES));
        const contents = catalog.list(kindOf("RestorePointContent"));
        return applications(items, contents, config.namespace).filter(
            each => namespace === undefined || each.metadata.namespace === namespace,
        );
    }

    async #find(kind: Kind, namespace: string | undefined, name: string): Promise<KubeObject> {
        const found =
            kind.kind === "Application"
                ? (await this.#objects(kind, namespace)).find(each => each.metadata.name === name)
                : this.#world.catalog.get(kind, namespace, name);
        if (!found) {
            throw notFound(kind, name);
        }
        return found;
    }

    async #create(target: Target, { body, query }: ApiRequest): Promise<ApiAnswer> {
        const { kind } = target;
        if (target.name !== undefined) {
            throw methodNotAllowed(kind, "create");
        }
        this.#allow(target, "create");
        const creation = creationOf(target, body);
        const { namespace, name } = creation;
        const exists = () => this.#world.catalog.get(kind, namespace, name) !== undefined;
        // First of all: who repeats a creation must hear that it exists, whatever else has changed since.
        if (exists()) {
            throw alreadyExists(kind, name);
        }
        const start = await admit(this.#world, this.#engine, creation);
        if (isDryRun(query)) {
            const { labels, annotations, spec } = creation;
            const metadata = { name, namespace, labels, annotations };
            return {
                code: 201,
                body: { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, spec },
            };
        }
        const created = await start();
        if (!created) {
            throw alreadyExists(kind, name);
        }
        // Who is told that it was created must find it after a crash.
        await this.#world.catalog.flush();
        return { code: 201, body: created };
    }

    async #delete(target: Target, { body, query }: ApiRequest): Promise<ApiAnswer> {
        const { kind, namespace, name } = target;
        this.#allow(target, "delete");
        if (name === undefined) {
            return await this.#deleteAll(target, query);
        }
        const object = await this.#find(kind, namespace, name);
        const uid = isFields(body) ? textAt(body, "preconditions", "uid") : "";
        if (uid !== "" && uid !== object.metadata.uid) {
            const why = `the UID in the precondition (${uid}) does not match the UID in record (${object.metadata.uid})`;
            throw conflict(kind, name, `Precondition failed: ${why}`);
        }
        if (!isDryRun(query)) {
            this.#remove(object);
            await this.#world.catalog.flush();
        }
        return { code: 200, body: deleted(kind, name, object.metadata.uid) };
    }

    /** Not advertised, but the namespace controller sends it first for each kind when a namespace goes. */
    async #deleteAll({ kind, namespace }: Target, query: URLSearchParams): Promise<ApiAnswer> {
        if (kind.namespaced && namespace === undefined) {
            throw methodNotAllowed(kind, "deletecollection");
        }
        const items = this.#world.catalog.list(kind, namespace).filter(selection(query));
        if (!isDryRun(query)) {
            items.forEach(item => this.#remove(item));
            await this.#world.catalog.flush();
        }
        return { code: 200, body: listOf(kind, items, this.#world.catalog.resourceVersion) };
    }

    #remove(object: KubeObject): void {
        switch (object.kind) {
            case "RestorePoint":
                unbind(this.#world, object);
                break;
            case "RestorePointContent":
                retire(this.#world, this.#engine, object);
                break;
            default:
                this.#engine.remove(object);
        }
    }
}
