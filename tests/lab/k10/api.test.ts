import assert from "node:assert/strict";
import { request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Api } from "../../../lab/k10/server/api.ts";
import { Engine } from "../../../lab/k10/server/engine.ts";
import type { KubeObject } from "../../../lab/k10/server/json.ts";
import { createContent } from "../../../lab/k10/server/points.ts";
import { apiServer, frontProxy } from "../../../lab/k10/server/serve.ts";
import { authority, certificate } from "./support/certificates.ts";
import { lab, until, type Lab } from "./support/world.ts";

const ACTIONS = "/apis/actions.kio.kasten.io/v1alpha1";
const APPS = "/apis/apps.kio.kasten.io/v1alpha1";
const HOST = "aggregatedapis-svc.kasten-io.svc";

const proxyAuthority = authority("front-proxy-ca");
const ownAuthority = authority("k10-stand-in");
const own = certificate(HOST, ownAuthority, HOST);
const frontProxyClient = certificate("front-proxy-client", proxyAuthority);

interface Answer {
    code: number;
    body: KubeObject & {
        items: KubeObject[];
        rows: { cells: unknown[] }[];
        message: string;
        reason: string;
        details: object;
    };
}

describe("K10 stand-in: aggregated API over HTTPS", () => {
    let here: Lab;
    let server: Server;
    let engine: Engine;

    before(async () => {
        here = await lab("cluster-a");
        engine = new Engine(here.world.catalog, 0.01);
        server = apiServer({
            api: new Api(here.world, engine),
            proxy: { ca: proxyAuthority.cert, names: ["front-proxy-client"] },
            certificate: own,
        });
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        here.kube.put("/api/v1/namespaces/demo");
        here.kube.put("/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io/policies/nightly", {
            spec: {},
            status: { validation: "Failed" },
        });
    });
    after(async () => {
        server.closeAllConnections();
        server.close();
        await here.world.catalog.flush();
        await here.stop();
    });

    async function call(
        method: string,
        path: string,
        body?: unknown,
        options: {
            headers?: Record<string, string>;
            client?: { cert: string; key: string } | null;
        } = {},
    ): Promise<Answer> {
        const { port } = server.address() as AddressInfo;
        const client = options.client === undefined ? frontProxyClient : options.client;
        const text =
            body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
        return await new Promise((resolve, reject) => {
            const sent = request(
                {
                    host: "127.0.0.1",
                    port,
                    path,
                    method,
                    servername: HOST,
                    ca: ownAuthority.cert,
                    ...client,
                    agent: false,
                    headers: {
                        "X-Remote-User": "alice",
                        ...(text !== undefined && {
                            "Content-Type": "application/json",
                            // Node sends a DELETE's body without its length otherwise.
                            "Content-Length": String(Buffer.byteLength(text)),
                        }),
                        ...options.headers,
                    },
                },
                response => {
                    let answer = "";
                    response.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
                    response.on("end", () => {
                        const json = response.headers["content-type"] === "application/json";
                        const parsed = (
                            json ? JSON.parse(answer) : { message: answer }
                        ) as Answer["body"];
                        resolve({ code: response.statusCode!, body: parsed });
                    });
                },
            );
            sent.on("error", reject);
            sent.end(text);
        });
    }

    const runAction = (metadata: object, subject: object = {}) => ({
        apiVersion: "actions.kio.kasten.io/v1alpha1",
        kind: "RunAction",
        metadata,
        spec: { subject: { kind: "Policy", name: "nightly", namespace: "kasten-io", ...subject } },
    });
    const runs = `${ACTIONS}/namespaces/kasten-io/runactions`;

    describe("who may ask", () => {
        it("only the front proxy, by its certificate and name", async () => {
            const stranger = certificate("stranger", proxyAuthority);
            const forged = certificate("front-proxy-client", authority("front-proxy-ca"));
            for (const client of [null, stranger, forged]) {
                const { code, body } = await call("GET", runs, undefined, { client });
                assert.equal(code, 401);
                assert.equal(body.reason, "Unauthorized");
            }
            const { code } = await call("GET", runs, undefined, {
                headers: { "X-Remote-User": "" },
            });
            assert.equal(code, 401);
            assert.equal((await call("GET", runs)).code, 200);
        });

        it("anybody whether the server is ready", async () => {
            for (const path of ["/readyz", "/healthz", "/livez"]) {
                const { code, body } = await call("GET", path, undefined, { client: null });
                assert.deepEqual([code, body.message], [200, "ok"]);
            }
        });

        it("the front proxy is the one that the cluster names", () => {
            const data = {
                "requestheader-client-ca-file": "PEM",
                "requestheader-allowed-names": '["front-proxy-client"]',
            };
            assert.deepEqual(frontProxy({ data }), { ca: "PEM", names: ["front-proxy-client"] });
            assert.throws(() => frontProxy({}), /has no aggregation layer/);
        });
    });

    describe("discovery", () => {
        it("lists kinds with their verbs, never watch", async () => {
            const { body } = await call("GET", ACTIONS);
            const resources = body["resources"] as {
                name: string;
                verbs: string[];
                namespaced: boolean;
            }[];
            const all = ["create", "delete", "get", "list"];
            assert.deepEqual(
                resources.map(({ name, verbs, namespaced }) => [name, verbs, namespaced]),
                [
                    ["backupactions", all, true],
                    ["backupactions/details", ["get"], true],
                    ["cancelactions", ["create"], true],
                    ["exportactions", all, true],
                    ["exportactions/details", ["get"], true],
                    ["importactions", ["delete", "get", "list"], true],
                    ["importactions/details", ["get"], true],
                    ["reportactions", all, true],
                    ["reportactions/details", ["get"], true],
                    ["restoreactions", all, true],
                    ["restoreactions/details", ["get"], true],
                    ["retireactions", ["delete", "get", "list"], false],
                    ["retireactions/details", ["get"], false],
                    ["runactions", all, true],
                    ["runactions/details", ["get"], true],
                    ["validateactions", all, true],
                    ["validateactions/details", ["get"], true],
                ],
            );
            assert.equal(
                (await call("GET", APPS)).body["groupVersion"],
                "apps.kio.kasten.io/v1alpha1",
            );
        });

        it("everything else is a Status 404", async () => {
            for (const path of [
                "/apis",
                "/openapi/v2",
                `${ACTIONS}/reports`,
                `${runs}/a/status`,
                `${ACTIONS}/namespaces/n/retireactions`,
                `${ACTIONS}/runactions/a`,
            ]) {
                const { code, body } = await call("GET", path);
                assert.deepEqual([code, body.kind, body.reason], [404, "Status", "NotFound"], path);
            }
        });
    });

    describe("verbs", () => {
        it("create answers at once with Pending; the run ends by itself", async () => {
            const { code, body } = await call(
                "POST",
                runs,
                runAction({ name: "run-1", labels: { own: "kept" } }),
            );
            assert.equal(code, 201);
            assert.equal(body.status?.["state"], "Pending");
            assert.deepEqual(body.metadata.labels, {
                own: "kept",
                "k10.kasten.io/policyName": "nightly",
                "k10.kasten.io/policyNamespace": "kasten-io",
            });
            const get = async () => (await call("GET", `${runs}/run-1`)).body;
            await until("the run fails", () => {
                const [run] = here.world.catalog.list({ kind: "RunAction" } as never, "kasten-io");
                return run?.status?.["state"] === "Failed" || undefined;
            });
            const { status } = await get();
            assert.deepEqual(status?.["error"], {
                message: "Cannot execute action for an invalid policy",
                cause: '{"message":"Policy kasten-io/nightly has validation Failed"}',
            });
            const details = await call("GET", `${runs}/run-1/details`);
            assert.deepEqual(details.body.status?.["actionDetails"], { phases: [] });
        });

        it("a second one of that name is 409, also when its policy has gone", async () => {
            const repeat = runAction({ name: "run-1" }, { name: "gone" });
            const { code, body } = await call("POST", runs, repeat);
            assert.equal(code, 409);
            assert.equal(body.reason, "AlreadyExists");
            assert.equal(body.message, 'runactions.actions.kio.kasten.io "run-1" already exists');
            assert.deepEqual(body.details, {
                name: "run-1",
                group: "actions.kio.kasten.io",
                kind: "runactions",
            });
        });

        it("generateName and dryRun", async () => {
            const generated = await call("POST", runs, runAction({ generateName: "run-" }));
            assert.equal(generated.code, 201);
            assert.match(generated.body.metadata.name, /^run-[bcdfghjklmnpqrstvwxz2-9]{5}$/);
            const dry = await call("POST", `${runs}?dryRun=All`, runAction({ name: "dry" }));
            assert.equal(dry.code, 201);
            assert.equal((await call("GET", `${runs}/dry`)).code, 404);
            const wrong = await call("POST", `${runs}?dryRun=Some`, runAction({ name: "dry" }));
            assert.equal(wrong.code, 400);
        });

        it("update, patch and watch are 405", async () => {
            for (const [method, path, verb] of [
                ["PUT", `${runs}/run-1`, "update"],
                ["PATCH", `${runs}/run-1`, "patch"],
                ["GET", `${runs}?watch=true`, "watch"],
                ["POST", `${ACTIONS}/namespaces/kasten-io/importactions`, "create"],
                ["POST", `${APPS}/restorepointcontents`, "create"],
                ["GET", `${ACTIONS}/namespaces/kasten-io/cancelactions`, "list"],
                ["DELETE", `${APPS}/namespaces/demo/applications/demo`, "delete"],
            ] as const) {
                const { code, body } = await call(method, path, {});
                const plural = path.includes("?")
                    ? "runactions"
                    : path
                          .split("/")
                          .find(
                              part => part.endsWith("s") && !["apis", "namespaces"].includes(part),
                          )!;
                assert.deepEqual(
                    [code, body.reason],
                    [405, "MethodNotAllowed"],
                    `${method} ${path}`,
                );
                assert.ok(
                    body.message.startsWith(
                        `${verb} is not supported on resources of kind "${plural}.`,
                    ),
                    body.message,
                );
            }
        });

        it("bodies that are not what the path says", async () => {
            const table: [unknown, Record<string, string>, number, string][] = [
                ["{", {}, 400, "BadRequest"],
                [[], {}, 400, "BadRequest"],
                [{ ...runAction({ name: "a" }), kind: "BackupAction" }, {}, 400, "BadRequest"],
                [runAction({ name: "a", namespace: "other" }), {}, 400, "BadRequest"],
                ["a: b", { "Content-Type": "application/yaml" }, 415, "UnsupportedMediaType"],
                [runAction({}), {}, 422, "Invalid"],
                [runAction({ name: "A_b" }), {}, 422, "Invalid"],
                [{ ...runAction({ name: "a" }), spec: {} }, {}, 422, "Invalid"],
                [runAction({ name: "a" }, { kind: "Profile" }), {}, 422, "Invalid"],
                [runAction({ name: "a" }, { namespace: "demo" }), {}, 422, "Invalid"],
                [runAction({ name: "a" }, { name: "none" }), {}, 404, "NotFound"],
            ];
            for (const [body, headers, code, reason] of table) {
                const answer = await call("POST", runs, body, { headers });
                assert.deepEqual(
                    [answer.code, answer.body.reason],
                    [code, reason],
                    JSON.stringify(body),
                );
            }
            const { body } = await call("POST", runs, { ...runAction({ name: "a" }), spec: {} });
            assert.equal(
                body.message,
                'RunAction.actions.kio.kasten.io "a" is invalid: [spec.subject.name: Required value, spec.subject.namespace: Required value, spec.subject.kind: Invalid value: "": must be Policy]',
            );
        });

        it("a namespace that does not exist or is going", async () => {
            here.kube.put("/api/v1/namespaces/going", {
                metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" },
            });
            const missing = await call(
                "POST",
                `${ACTIONS}/namespaces/none/runactions`,
                runAction({ name: "a" }),
            );
            assert.deepEqual(
                [missing.code, missing.body.message],
                [404, 'namespaces "none" not found'],
            );
            const going = await call(
                "POST",
                `${ACTIONS}/namespaces/going/runactions`,
                runAction({ name: "a" }),
            );
            assert.deepEqual([going.code, going.body.reason], [403, "Forbidden"]);
        });
    });

    describe("lists", () => {
        it("by namespace, by label, by field, as a table", async () => {
            const names = async (query: string) =>
                (await call("GET", query)).body.items.map(item => item.metadata.name);
            assert.ok((await names(`${ACTIONS}/runactions`)).includes("run-1"));
            assert.deepEqual(await names(`${ACTIONS}/namespaces/demo/runactions`), []);
            assert.deepEqual(await names(`${runs}?labelSelector=own%3Dkept`), ["run-1"]);
            assert.deepEqual(await names(`${runs}?fieldSelector=metadata.name%3Drun-1`), ["run-1"]);
            assert.equal((await call("GET", `${runs}?fieldSelector=spec.x%3D1`)).code, 400);
            const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
            const table = await call("GET", `${runs}?labelSelector=own`, undefined, {
                headers: { accept },
            });
            assert.equal(table.body.kind, "Table");
            assert.deepEqual(
                table.body.rows.map(({ cells }) => [cells[0], ...cells.slice(2)]),
                [["run-1", "Failed", 0, "k10 stand-in"]],
            );
            const list = await call("GET", runs);
            assert.equal(list.body.kind, "RunActionList");
        });

        it("applications come from the cluster's namespaces", async () => {
            const { body } = await call(
                "GET",
                `${APPS}/applications?fieldSelector=status.state%3DActive`,
            );
            assert.deepEqual(
                body.items.map(item => item.metadata.namespace),
                ["default", "demo", "going"].filter(name => name !== "going"),
            );
            const one = await call("GET", `${APPS}/namespaces/demo/applications/demo/details`);
            assert.deepEqual(one.body.status, { state: "Active", appDetails: {} });
        });
    });

    describe("deletions", () => {
        it("of one, with a precondition", async () => {
            const { body } = await call("POST", runs, runAction({ name: "short" }));
            const uid = body.metadata.uid!;
            const wrong = await call("DELETE", `${runs}/short`, {
                preconditions: { uid: "other" },
            });
            assert.deepEqual([wrong.code, wrong.body.reason], [409, "Conflict"]);
            await until(
                "the run ends",
                () =>
                    here.world.catalog
                        .list({ kind: "RunAction" } as never)
                        .every(each => each.status?.["endTime"]) || undefined,
            );
            const dry = await call("DELETE", `${runs}/short?dryRun=All`);
            assert.equal(dry.code, 200);
            const done = await call("DELETE", `${runs}/short`, { preconditions: { uid } });
            assert.equal(done.code, 200);
            assert.deepEqual(done.body["status"], "Success");
            assert.equal((await call("DELETE", `${runs}/short`)).code, 404);
        });

        it("of all in a namespace, as the namespace controller asks", async () => {
            assert.equal((await call("DELETE", `${ACTIONS}/runactions`)).code, 405);
            const { code } = await call("DELETE", `${runs}?labelSelector=own`, {});
            assert.equal(code, 200);
            assert.equal((await call("GET", `${runs}/run-1`)).code, 404);
        });
    });

    describe("restore points", () => {
        const points = `${APPS}/namespaces/demo/restorepoints`;
        const point = (name: string, content: string) => ({
            apiVersion: "apps.kio.kasten.io/v1alpha1",
            kind: "RestorePoint",
            metadata: { name },
            spec: { restorePointContentRef: { name: content } },
        });
        const state = async () =>
            (await call("GET", `${APPS}/restorepointcontents/demo-a`)).body.status;

        before(() => {
            createContent(
                here.world,
                {
                    namespace: "demo",
                    name: "a",
                    labels: { "k10.kasten.io/appName": "demo" },
                    actionTime: "2026-01-01T00:00:00.000Z",
                    scheduledTime: null,
                },
                {
                    profile: undefined,
                    app: { name: "demo", namespace: "demo", namespaceUID: "u" },
                    manifest: { file: "none.json" },
                    volumes: [],
                },
            );
        });

        it("need a content and bind it", async () => {
            const missing = await call("POST", points, point("rp", "none"));
            assert.deepEqual(
                [missing.code, missing.body.message],
                [404, 'restorepointcontents.apps.kio.kasten.io "none" not found'],
            );
            assert.deepEqual(await state(), {
                state: "Unbound",
                actionTime: "2026-01-01T00:00:00.000Z",
                scheduledTime: null,
            });
            const { code, body } = await call("POST", points, point("rp", "demo-a"));
            assert.equal(code, 201);
            assert.deepEqual(body.metadata.labels, { "k10.kasten.io/appName": "demo" });
            assert.equal((await state())?.["state"], "Bound");
            assert.deepEqual((await state())?.["restorePointRef"], {
                namespace: "demo",
                name: "rp",
            });
            const second = await call("POST", points, point("rp2", "demo-a"));
            assert.equal(second.code, 422);
            assert.match(second.body.message, /is already bound to RestorePoint demo\/rp/);
            assert.equal((await call("POST", points, point("rp", "demo-a"))).code, 409);
        });

        it("RestoreActions are refused before they start when they ask for what cannot be", async () => {
            const restores = `${ACTIONS}/namespaces/demo/restoreactions`;
            const restore = (spec: object) => ({
                apiVersion: "actions.kio.kasten.io/v1alpha1",
                kind: "RestoreAction",
                metadata: { name: "r" },
                spec: { subject: { kind: "RestorePoint", name: "rp", namespace: "demo" }, ...spec },
            });
            const table: [object, number, string][] = [
                [
                    { targetNamespace: "other" },
                    422,
                    'spec.targetNamespace: Invalid value: "other": must be equal to metadata.namespace',
                ],
                [
                    { volumeClones: true },
                    422,
                    "spec.volumeClones: Forbidden: not implemented by the K10 stand-in",
                ],
                [
                    { dataOnly: true, filters: { includeResources: [{}] } },
                    422,
                    "spec.filters: Forbidden: not allowed with dataOnly",
                ],
                [
                    { hooks: { preHook: { blueprint: "b" } } },
                    422,
                    "spec.hooks: Forbidden: the K10 stand-in runs no execution hooks",
                ],
                [
                    {
                        transforms: [
                            { subject: { resource: "pods" }, json: [{ op: "add", path: "/a" }] },
                        ],
                    },
                    422,
                    "spec.transforms: Invalid value: 0: transforms[0].json[0]: value is required",
                ],
            ];
            for (const [spec, code, message] of table) {
                const answer = await call("POST", restores, restore(spec));
                assert.deepEqual(
                    [answer.code, answer.body.message],
                    [code, `RestoreAction.actions.kio.kasten.io "r" is invalid: ${message}`],
                );
            }
            const gone = await call(
                "POST",
                restores,
                restore({ subject: { kind: "RestorePoint", name: "no", namespace: "demo" } }),
            );
            assert.deepEqual(
                [gone.code, gone.body.message],
                [404, 'restorepoints.apps.kio.kasten.io "no" not found'],
            );
        });

        it("free their content when they go; the content takes them along when it goes", async () => {
            await call("DELETE", `${points}/rp`);
            assert.equal((await state())?.["state"], "Unbound");
            assert.equal((await state())?.["restorePointRef"], undefined);
            await call("POST", points, point("rp", "demo-a"));
            assert.equal((await call("DELETE", `${APPS}/restorepointcontents/demo-a`)).code, 200);
            assert.equal((await call("GET", `${points}/rp`)).code, 404);
            const { body } = await call("GET", `${ACTIONS}/retireactions`);
            assert.match(body.items[0].metadata.name, /^retire-demo-a-[a-z0-9]{5}$/);
        });
    });

    it("a CancelAction is answered and not stored", async () => {
        const cancels = `${ACTIONS}/namespaces/kasten-io/cancelactions`;
        const cancel = (subject: object) => ({
            apiVersion: "actions.kio.kasten.io/v1alpha1",
            kind: "CancelAction",
            metadata: { name: "c" },
            spec: { subject },
        });
        await call("POST", runs, runAction({ name: "to-cancel" }));
        const subject = { kind: "RunAction", name: "to-cancel", namespace: "kasten-io" };
        assert.equal((await call("POST", cancels, cancel(subject))).code, 201);
        assert.equal((await call("POST", cancels, cancel(subject))).code, 201);
        assert.equal((await call("GET", `${cancels}/c`)).code, 405);
        assert.equal((await call("POST", cancels, cancel({ ...subject, name: "none" }))).code, 404);
        assert.equal(
            (await call("POST", cancels, cancel({ kind: "Policy", name: "nightly" }))).code,
            422,
        );
    });

    it("an API server that does not answer is 503, not a lost object", async () => {
        const { world } = here;
        const find = world.cluster.find.bind(world.cluster);
        world.cluster.find = () => Promise.reject(new Error("connection lost"));
        const { code, body } = await call("POST", runs, runAction({ name: "later" }));
        world.cluster.find = find;
        assert.deepEqual([code, body.message], [500, "Internal error occurred: connection lost"]);
        assert.equal((await call("GET", `${runs}/later`)).code, 404);
    });
});
