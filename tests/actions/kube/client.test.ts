/** The client against a stand-in for an API server: plain HTTP, no certificates, no exec plugins, no proxies. */
import assert from "node:assert/strict";
import { Cluster, Resource } from "../../../actions/src/kube/client";
import { ApiError, connectionCode, isTransient, UserError } from "../../../actions/src/kube/errors";
import { FakeKubeApi, status } from "../../fake/kube-api";

const policies: Resource = {
    group: "config.kio.kasten.io",
    version: "v1alpha1",
    plural: "policies",
};
const namespaces: Resource = { group: "example.com", version: "v1", plural: "things" };

describe("the Kubernetes client", () => {
    let api: FakeKubeApi;
    let cluster: Cluster;
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        cluster = await Cluster.connect(api.kubeconfig);
    });
    afterEach(() => api.stop());

    const collection = "/apis/config.kio.kasten.io/v1alpha1";
    const put = (namespace: string, name: string, labels: Record<string, string> = {}) =>
        api.put(`${collection}/namespaces/${namespace}/policies`, {
            metadata: { name, namespace, labels },
        });

    async function failure(promise: Promise<unknown>): Promise<Error> {
        try {
            await promise;
        } catch (error) {
            assert.ok(error instanceof Error);
            return error;
        }
        throw new Error("it did not fail");
    }
    const code = (error: Error) => (error instanceof ApiError ? error.code : undefined);

    it("knows the address of its server", () => {
        assert.equal(cluster.server, `http://127.0.0.1:${api.port}`);
    });

    it("shares connections between requests, whoever asks with the same kubeconfig", async () => {
        for (let round = 0; round < 5; round++) {
            await cluster.version();
            await (await Cluster.connect(api.kubeconfig)).list(policies);
        }
        // A connection is free a moment after its answer was read.
        assert.ok(api.connections <= 2, `${api.connections} connections for 10 requests`);
    });

    it("asks for the version", async () => {
        assert.equal(await cluster.version(), "v1.36.2");
    });

    describe("get", () => {
        it("gives an object of a namespace", async () => {
            put("kasten-io", "shop-export");
            const found = await cluster.get(policies, "shop-export", "kasten-io");
            assert.equal(found?.metadata?.name, "shop-export");
            assert.deepEqual(api.requests, [
                `GET ${collection}/namespaces/kasten-io/policies/shop-export`,
            ]);
        });

        it("gives an object of the cluster", async () => {
            api.put("/apis/example.com/v1/things", { metadata: { name: "a" } });
            assert.equal((await cluster.get(namespaces, "a"))?.metadata?.name, "a");
            assert.deepEqual(api.requests, ["GET /apis/example.com/v1/things/a"]);
        });

        it("gives nothing for an object that is not there", async () => {
            assert.equal(await cluster.get(policies, "shop-export", "kasten-io"), undefined);
            assert.equal(await cluster.namespace("shop"), undefined);
        });

        for (const [what, answer] of [
            ["an aggregator", { code: 404, body: "404 page not found\n" }],
            ["an API server", status(404, "the server could not find the requested resource")],
        ] as const) {
            it(`takes an API that ${what} does not serve for an error, which may pass`, async () => {
                api.intercept = () => answer;
                const error = await failure(cluster.get(policies, "shop-export", "kasten-io"));
                assert.equal(code(error), 404);
                assert.ok(isTransient(error));
            });
        }
    });

    describe("list", () => {
        beforeEach(() => {
            put("kasten-io", "a", { run: "1", side: "source" });
            put("kasten-io", "b", { run: "2", side: "source" });
            put("shop", "c", { run: "1", side: "source" });
        });
        const names = async (options: Parameters<Cluster["list"]>[1]) =>
            (await cluster.list(policies, options)).map(found => found.metadata?.name);

        it("gives all objects of a namespace, or of the cluster", async () => {
            assert.deepEqual(await names({ namespace: "kasten-io" }), ["a", "b"]);
            assert.deepEqual(await names({}), ["a", "b", "c"]);
            assert.deepEqual(await names(undefined), ["a", "b", "c"]);
            assert.deepEqual(await names({ namespace: "empty" }), []);
            assert.deepEqual(api.requests.slice(0, 2), [
                `GET ${collection}/namespaces/kasten-io/policies`,
                `GET ${collection}/policies`,
            ]);
        });

        it("gives the objects that carry all of the labels", async () => {
            assert.deepEqual(await names({ labels: { run: "1" } }), ["a", "c"]);
            assert.deepEqual(await names({ labels: { run: "1", side: "source" } }), ["a", "c"]);
            assert.deepEqual(await names({ labels: { run: "2", side: "target" } }), []);
            assert.deepEqual(await names({ namespace: "shop", labels: { run: "1" } }), ["c"]);
        });

        it("does not take a missing API for an empty list", async () => {
            api.intercept = () => ({ code: 404, body: "404 page not found\n" });
            const error = await failure(cluster.list(policies));
            assert.equal(code(error), 404);
            assert.equal(error.message, "404 page not found");
        });
    });

    describe("create and delete", () => {
        const body = { metadata: { name: "x" } };

        it("make and take away", async () => {
            await cluster.create(policies, body, "shop");
            await cluster.create(namespaces, body);
            await cluster.delete(policies, "x", "shop");
            await cluster.delete(namespaces, "x");
            assert.deepEqual(api.requests, [
                `POST ${collection}/namespaces/shop/policies`,
                "POST /apis/example.com/v1/things",
                `DELETE ${collection}/namespaces/shop/policies/x`,
                "DELETE /apis/example.com/v1/things/x",
            ]);
            assert.equal(api.objects.size, 0);
        });

        it("fail with 409 where the name is taken, and with 404 where there is none", async () => {
            await cluster.create(policies, body, "shop");
            const taken = await failure(cluster.create(policies, body, "shop"));
            assert.equal(code(taken), 409);
            assert.ok(!isTransient(taken));
            assert.equal(code(await failure(cluster.delete(policies, "y", "shop"))), 404);
        });
    });

    it("annotates a namespace beside what it carries already", async () => {
        api.put("/api/v1/namespaces", { metadata: { name: "shop", annotations: { mine: "1" } } });
        await cluster.annotateNamespace("shop", { ours: "2" });
        assert.deepEqual((await cluster.namespace("shop"))?.metadata?.annotations, {
            mine: "1",
            ours: "2",
        });
    });

    describe("an error", () => {
        it("has the API's own words", async () => {
            api.intercept = () =>
                status(422, 'Policy "x" is invalid: spec.actions: Required value');
            const error = await failure(cluster.get(policies, "x", "shop"));
            assert.equal(code(error), 422);
            assert.equal(error.message, 'Policy "x" is invalid: spec.actions: Required value');
        });

        it("has whatever there is where there are no words", async () => {
            api.intercept = () => ({ code: 500, body: { reason: "InternalError" } });
            const error = await failure(cluster.get(policies, "x", "shop"));
            assert.equal(code(error), 500);
            assert.equal(error.message, '{"reason":"InternalError"}');
        });

        it("says who is refused when the user is unknown, without the user's token", async () => {
            api.intercept = () => status(401, "Unauthorized");
            const error = await failure(cluster.version());
            assert.equal(code(error), 401);
            assert.equal(
                error.message,
                `the cluster at http://127.0.0.1:${api.port} does not know the kubeconfig's user`,
            );
            assert.ok(!isTransient(error));
        });

        it("of a server that hangs up may pass", async () => {
            api.intercept = () => "hang-up";
            const error = await failure(cluster.version());
            assert.match(
                error.message,
                /^http:\/\/127\.0\.0\.1:\d+ cannot be reached: (UND_ERR_SOCKET|ECONNRESET)$/,
            );
            assert.ok(isTransient(error));
        });

        it("of a server that is not there names it, and may pass", async () => {
            const { server } = cluster;
            await api.stop();
            const error = await failure(cluster.namespace("shop"));
            assert.equal(error.message, `${server} cannot be reached: ECONNREFUSED`);
            assert.equal(connectionCode(error), "ECONNREFUSED");
            assert.ok(isTransient(error));
            await api.start();
        });
    });

    describe("a page", () => {
        const page = (code: number, body: unknown) => {
            api.pages.set("shop/services/http%3Aweb%3A8080/proxy/index.html", { code, body });
            return cluster.getPage("shop", "web", 8080, "index.html");
        };

        it("comes by way of the API server", async () => {
            assert.deepEqual(await page(200, "<h1>The shop</h1>\n"), {
                status: 200,
                body: "<h1>The shop</h1>\n",
            });
            assert.deepEqual(api.requests, [
                "GET /api/v1/namespaces/shop/services/http%3Aweb%3A8080/proxy/index.html",
            ]);
        });

        for (const code of [203, 301, 403, 404, 500, 503]) {
            it(`that is answered by HTTP ${code} is an answer, not an error`, async () => {
                assert.deepEqual(await page(code, "words"), { status: code, body: "words" });
            });
        }

        it("that is JSON is text all the same", async () => {
            assert.deepEqual(await page(200, { orders: 3 }), {
                status: 200,
                body: '{"orders":3}',
            });
        });

        it("that is empty is empty", async () => {
            assert.deepEqual(await page(200, ""), { status: 200, body: "" });
        });

        it("of a Service that is not there is a 404", async () => {
            const answer = await cluster.getPage("shop", "web", 8080, "index.html");
            assert.equal(answer.status, 404);
        });

        it("that cannot be asked for is an error", async () => {
            await api.stop();
            const error = await failure(cluster.getPage("shop", "web", 8080, "index.html"));
            assert.equal(connectionCode(error), "ECONNREFUSED");
            await api.start();
        });
    });
});

describe("a kubeconfig that cannot be used", () => {
    const unreadable =
        "The kubeconfig cannot be read: it is not YAML with `clusters`, `users` and `contexts`. Check the file that `crossing:source` or `crossing:target` names.";
    const aimless =
        "The kubeconfig has no current context. Set one in the file, or name one by `context` in `crossing:source` or `crossing:target`.";
    const user = { name: "admin", user: { token: "hunter2" } };
    const context = { name: "lab", context: { cluster: "lab", user: "admin" } };
    const table: [string, string, string][] = [
        ["is empty", "", unreadable],
        ["is broken YAML", "users: [{token: hunter2", unreadable],
        ["is broken JSON", '{"token":"hunter2",', unreadable],
        ["has a cluster without an address", '{"clusters":[{"name":"lab"}]}', unreadable],
        ["has nameless users", '{"clusters":[],"users":[{"token":"hunter2"}]}', unreadable],
        ["is a word", "hunter2", aimless],
        ["is a list", "- hunter2", aimless],
        ["has no context", JSON.stringify({ users: [user] }), aimless],
        [
            "has a context without its cluster",
            JSON.stringify({ "current-context": "lab", contexts: [context], users: [user] }),
            aimless,
        ],
        [
            "has no current context",
            JSON.stringify({
                contexts: [context],
                clusters: [{ name: "lab", cluster: { server: "https://lab:6443" } }],
                users: [user],
            }),
            aimless,
        ],
    ];
    for (const [what, text, expected] of table) {
        it(`since it ${what} is not quoted`, async () => {
            await assert.rejects(Cluster.connect(text), (error: Error) => {
                assert.ok(error instanceof UserError);
                assert.equal(error.message, expected);
                assert.doesNotMatch(String(error.stack), /hunter2/);
                return true;
            });
        });
    }
});
