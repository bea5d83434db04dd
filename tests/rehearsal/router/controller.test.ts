/** The router between a stand-in for an API server and a stand-in for the proxy. */
import assert from "node:assert/strict";
import { Controller } from "../../../rehearsal/src/router/controller";
import type { Ingress, Route } from "../../../rehearsal/src/router/types";
import { KubeApi } from "../../../rehearsal/src/server/kube";
import { sink } from "../../../rehearsal/src/server/log";
import { WatchedKubeApi } from "../../fake/watched-kube-api";
import { eventually } from "../support/webhook";
import { route, slice } from "./support/routes";

const routes = (namespace: string) => `/apis/route.openshift.io/v1/namespaces/${namespace}/routes`;
const slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
const certificate = { cert: "cert", key: "key" };

describe("the router", () => {
    let fake: WatchedKubeApi;
    let controller: Controller;
    let running: Promise<void>;
    /** Configurations that the proxy got. */
    let applied: string[];
    let refuses: boolean;
    let lines: string[];
    const write = sink.write;

    const add = (given: Route) => fake.put(routes(given.metadata.namespace), given);
    const stored = (name: string, namespace = "shop") =>
        fake.objects.get(`${routes(namespace)}/${name}`) as unknown as Route | undefined;
    const ingress = (name: string, namespace = "shop"): Ingress | undefined =>
        stored(name, namespace)?.status?.ingress?.[0];
    /** `True`, or the reason against it. */
    const admitted = (name: string, namespace = "shop") => {
        const [condition] = ingress(name, namespace)?.conditions ?? [];
        return condition?.reason ?? condition?.status;
    };

    beforeEach(async () => {
        lines = [];
        sink.write = line => lines.push(line);
        fake = new WatchedKubeApi();
        await fake.start();
        applied = [];
        refuses = false;
        const api = new KubeApi({ server: `http://127.0.0.1:${fake.port}`, token: () => "token" });
        const proxy = {
            apply: (config: string) => {
                if (refuses) {
                    return Promise.reject(new Error("it refuses"));
                }
                applied.push(config);
                return Promise.resolve();
            },
        };
        controller = new Controller(api, proxy, {
            ...{ domain: "apps.example.com", folder: "/router", certificate },
        });
        // Both kinds have been seen once: the stand-in serves collections that it knows.
        add(route("first", { host: "first.test" }));
        fake.put(slices, slice("web", ["10.0.0.1"]));
        running = controller.run();
        await eventually(() => admitted("first"), "True");
    });
    afterEach(async () => {
        controller.stop();
        await fake.stop();
        await running;
        sink.write = write;
    });

    it("serves a route before it calls it admitted", () => {
        assert.match(
            applied.at(-1) ?? "",
            /server web:10\.0\.0\.1:8080 10\.0\.0\.1:8080 weight 256/,
        );
        const { conditions, ...rest } = ingress("first") ?? {};
        assert.deepEqual(rest, {
            host: "first.test",
            routerName: "default",
            routerCanonicalHostname: "router-default.apps.example.com",
            wildcardPolicy: "None",
        });
        const [{ lastTransitionTime, ...condition } = {} as never] = conditions ?? [];
        assert.deepEqual(condition, { type: "Admitted", status: "True" });
        assert.match(String(lastTransitionTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it("writes nothing where all is said", async () => {
        const count = () => fake.requests.filter(each => each.startsWith("PATCH")).length;
        const before = count();
        fake.put(slices, slice("web", ["10.0.0.2"]));
        await eventually(() => applied.at(-1)?.includes("10.0.0.2:8080"), true);
        assert.equal(count(), before);
    });

    it("gives a route without a host one, and says that it did", async () => {
        add(route("web"));
        await eventually(() => admitted("web"), "True");
        assert.equal(stored("web")?.spec.host, "web-shop.apps.example.com");
        assert.deepEqual(stored("web")?.metadata.annotations, {
            "openshift.io/host.generated": "true",
        });
        assert.equal(ingress("web")?.host, "web-shop.apps.example.com");
    });

    it("refuses a host that is taken, and gives it on when it is free", async () => {
        add(route("second", { host: "first.test" }, "elsewhere"));
        await eventually(() => admitted("second", "elsewhere"), "HostAlreadyClaimed");
        assert.ok(!applied.at(-1)?.includes("be_http:elsewhere:second"));
        fake.remove(routes("shop"), "first");
        await eventually(() => admitted("second", "elsewhere"), "True");
        assert.ok(applied.at(-1)?.includes("be_http:elsewhere:second"));
        assert.ok(!applied.at(-1)?.includes("be_http:shop:first"));
    });

    it("keeps trying where the proxy refuses, says so once, and calls nothing admitted", async () => {
        refuses = true;
        add(route("late", { host: "late.test" }));
        await eventually(() => lines.some(line => line.includes("Error: it refuses")), true);
        await new Promise(resolve => setTimeout(resolve, 1_100));
        assert.equal(lines.filter(line => line.includes("it refuses")).length, 1);
        assert.equal(admitted("late"), undefined);
        refuses = false;
        await eventually(() => admitted("late"), "True");
    });

    it("leaves a route that has changed meanwhile to the next pass", async () => {
        let conflicts = 1;
        fake.fails = (method, path) => {
            if (method === "PATCH" && path.endsWith("/raced/status") && conflicts-- > 0) {
                const raced = stored("raced");
                add({ ...raced!, spec: { ...raced!.spec, host: "other.test" } });
            }
            return false;
        };
        add(route("raced", { host: "raced.test" }));
        await eventually(() => ingress("raced")?.host, "other.test");
        assert.deepEqual(
            lines.filter(line => line.includes("Error")),
            [],
        );
    });
});
