import assert from "node:assert/strict";
import { route, RouteInputs } from "../../../actions/src/openshift/route";
import { FakeKubeApi, FakeObject } from "../../fake/kube-api";

const collection = "/apis/route.openshift.io/v1/namespaces/shop/routes";
const path = `${collection}/shop`;
const details =
    "Details: kubectl -n shop get routes.route.openshift.io shop -o yaml. A cluster that serves no Routes is not OpenShift: set `crossing:route.enabled` to `false` there.";

describe("the route", () => {
    let api: FakeKubeApi;
    let lines: string[];
    /** What the router says of each Route that is made. */
    let condition: Record<string, string>;

    const inputs = (more: Partial<RouteInputs> = {}): RouteInputs => ({
        ...{ kubeconfig: api.kubeconfig, clusterUid: "1", owner: "crossing/test" },
        ...{ namespace: "shop", name: "shop", service: "web", port: 8080, host: "" },
        ...{ restorePoint: "shop/restore-1", timeout: 1, ...more },
    });
    const run = (more: Partial<RouteInputs> = {}) =>
        route.run(inputs(more), line => lines.push(line));
    const remove = (more: Partial<RouteInputs> = {}) =>
        route.remove?.(inputs(more), line => lines.push(line));
    /** As a router with the domain `apps.test` does. */
    const admit = (object: FakeObject) => {
        const given = object.spec?.["host"] as string | undefined;
        const host = given ?? `${object.metadata.name}-shop.apps.test`;
        object.spec = { ...object.spec, host };
        if (!given) {
            object.metadata.annotations = {
                ...object.metadata.annotations,
                "openshift.io/host.generated": "true",
            };
        }
        const conditions = [{ type: "Admitted", ...condition }];
        object.status = { ingress: [{ host, routerName: "default", conditions }] };
    };
    const changes = () =>
        api.requests.filter(each => !each.startsWith("GET ")).map(each => each.split(" ")[0]);

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        lines = [];
        condition = { status: "True" };
        api.onCreate = (_, object) => admit(object);
    });
    afterEach(() => api.stop());

    it("is made with TLS at the edge, and its URL is known once it is admitted", async () => {
        assert.deepEqual(await run(), { url: "https://shop-shop.apps.test/" });
        const { apiVersion, kind, metadata, spec } = api.objects.get(path) ?? {};
        assert.deepEqual(
            { apiVersion, kind, metadata: { ...metadata, uid: "" }, spec },
            {
                apiVersion: "route.openshift.io/v1",
                kind: "Route",
                metadata: {
                    ...{ name: "shop", namespace: "shop", uid: "" },
                    annotations: {
                        "crossing/route-of": "crossing/test",
                        "openshift.io/host.generated": "true",
                    },
                },
                spec: {
                    host: "shop-shop.apps.test",
                    to: { kind: "Service", name: "web" },
                    port: { targetPort: 8080 },
                    tls: { termination: "edge", insecureEdgeTerminationPolicy: "Redirect" },
                },
            },
        );
        assert.deepEqual(lines, [
            "Route `shop/shop` to be admitted: it has been made",
            "shop/shop answers at https://shop-shop.apps.test/",
        ]);
    });

    it("has the name that is asked for", async () => {
        assert.deepEqual(await run({ host: "shop.test" }), { url: "https://shop.test/" });
    });

    it("is made once, and again where a restore has taken it away", async () => {
        await run();
        await run({ restorePoint: "shop/restore-2" });
        assert.deepEqual(changes(), ["POST"]);
        api.objects.delete(path);
        assert.deepEqual(await run({ restorePoint: "shop/restore-3" }), {
            url: "https://shop-shop.apps.test/",
        });
        assert.deepEqual(changes(), ["POST", "POST"]);
    });

    for (const [what, before, after] of [
        ["another host", { host: "a.test" }, { host: "b.test" }],
        ["a host where the cluster chose one", {}, { host: "b.test" }],
        ["no host where it had one", { host: "a.test" }, {}],
        ["another Service", {}, { service: "other" }],
        ["another port", {}, { port: 80 }],
    ] as [string, Partial<RouteInputs>, Partial<RouteInputs>][]) {
        it(`is made anew for ${what}`, async () => {
            await run(before);
            const { url } = await run(after);
            assert.equal(url, `https://${after.host ?? "shop-shop.apps.test"}/`);
            assert.deepEqual(changes(), ["POST", "DELETE", "POST"]);
            assert.ok(
                lines.includes("making Route shop/shop anew, since its settings have changed"),
            );
        });
    }

    it("that somebody else made is used as it is, and stays", async () => {
        const foreign = {
            metadata: { name: "shop", namespace: "shop" },
            spec: { host: "theirs.test", to: { kind: "Service", name: "theirs" } },
        };
        admit(foreign);
        api.put(collection, foreign);
        assert.deepEqual(await run({ host: "ours.test" }), { url: "http://theirs.test/" });
        await remove();
        assert.deepEqual(changes(), []);
    });

    it("that is made by somebody else in the same moment is looked at like any other", async () => {
        let raced = false;
        api.intercept = method => {
            if (method === "POST" && !raced) {
                raced = true;
                const object = {
                    metadata: { name: "shop", namespace: "shop" },
                    spec: { host: "theirs.test", to: { kind: "Service", name: "theirs" } },
                };
                admit(object);
                api.put(collection, object);
            }
            return undefined;
        };
        assert.deepEqual(await run(), { url: "http://theirs.test/" });
    });

    it("that is refused fails with the router's reason, and with what to set", async () => {
        const message = "route other already exposes shop.test and is older";
        condition = { status: "False", reason: "HostAlreadyClaimed", message };
        await assert.rejects(
            run({ host: "shop.test" }),
            new Error(
                `Route \`shop/shop\` is not admitted by router \`default\` for host \`shop.test\`: HostAlreadyClaimed: ${message}. Set \`crossing:route.host\` to another name, or \`crossing:route.enabled\` to \`false\`.`,
            ),
        );
    });

    it("that one of several routers admits is admitted", async () => {
        api.onCreate = (_, object) => {
            admit(object);
            const { ingress } = object.status as { ingress: object[] };
            const conditions = [{ type: "Admitted", status: "False", reason: "X", message: "x" }];
            ingress.unshift({ host: "x.test", routerName: "internal", conditions });
        };
        assert.deepEqual(await run(), { url: "https://shop-shop.apps.test/" });
    });

    it("that no router looks at is waited for in vain", async () => {
        api.onCreate = () => undefined;
        await assert.rejects(
            run({ timeout: 0.3 }),
            new Error(
                `Waited 0s in vain for Route \`shop/shop\` to be admitted; last seen: no router has looked at it. ${details}`,
            ),
        );
    });

    it("on a cluster without Routes says so", async () => {
        api.intercept = () => ({ code: 404, body: "404 page not found\n" });
        await assert.rejects(
            run({ timeout: 0.3 }),
            new Error(
                `Waited 0s in vain for Route \`shop/shop\` to be admitted; last seen: the API does not answer (404 page not found). ${details}`,
            ),
        );
    });

    it("is gone from a cluster that serves no Routes", async () => {
        api.intercept = () => ({ code: 404, body: "404 page not found\n" });
        await remove();
        assert.deepEqual(changes(), []);
        assert.equal(api.requests.length, 1);
    });

    it("goes on destroy if it is this stack's, and nothing else goes", async () => {
        await run();
        await remove({ owner: "crossing/other" });
        assert.ok(api.objects.has(path));
        await remove();
        assert.ok(!api.objects.has(path));
        // Gone with its namespace, perhaps.
        await remove();
        assert.deepEqual(changes(), ["POST", "DELETE"]);
    });
});
