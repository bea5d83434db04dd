import assert from "node:assert/strict";
import { createServer, Server } from "node:http";
import { AddressInfo } from "node:net";
import { lookAtDashboard, Route, urlOf } from "../../../actions/src/k10/dashboard";
import { Cluster } from "../../../actions/src/kube/client";
import { FakeKubeApi, status } from "../../fake/kube-api";

const ingress = (host: string | undefined, service: string, more: object = {}) => ({
    metadata: { name: "k10-ingress", namespace: "kasten-io" },
    spec: {
        rules: [
            {
                ...(host ? { host } : {}),
                http: {
                    paths: [
                        {
                            path: "/k10/",
                            pathType: "Prefix",
                            backend: { service: { name: service } },
                        },
                    ],
                },
            },
        ],
        ...more,
    },
});
const route = (more: object, host?: string): Route => ({
    metadata: { name: "k10-route" },
    spec: { to: { name: "gateway" }, path: "/k10/", ...more },
    ...(host ? { status: { ingress: [{ host }] } } : {}),
});

describe("the URL of K10's dashboard", () => {
    const table: [string, Parameters<typeof urlOf>, string | undefined][] = [
        ["nothing leads there", [[], []], undefined],
        ["an Ingress", [[ingress("k10.test", "gateway")], []], "http://k10.test/k10/#/"],
        [
            "an Ingress with TLS for all its hosts",
            [[ingress("k10.test", "gateway", { tls: [{ secretName: "t" }] })], []],
            "https://k10.test/k10/#/",
        ],
        [
            "an Ingress with TLS for another host",
            [[ingress("k10.test", "gateway", { tls: [{ hosts: ["other.test"] }] })], []],
            "http://k10.test/k10/#/",
        ],
        ["an Ingress of another Service", [[ingress("k10.test", "web")], []], undefined],
        ["an Ingress without a host", [[ingress(undefined, "gateway")], []], undefined],
        [
            "a Route with TLS, by the host that a router admits",
            [[], [route({ tls: { termination: "edge" } }, "k10.apps.test")]],
            "https://k10.apps.test/k10/#/",
        ],
        ["a Route by its host", [[], [route({ host: "k10.test" })]], "http://k10.test/k10/#/"],
        ["a Route of another path", [[], [route({ host: "k", path: "/b" })]], "http://k/b/#/"],
        ["a Route that no router has looked at", [[], [route({})]], undefined],
        ["a Route to something else", [[], [route({ to: { name: "web" }, host: "w" })]], undefined],
    ];
    for (const [what, [ofIngresses, ofRoutes], expected] of table) {
        it(`of ${what}`, () => assert.equal(urlOf(ofIngresses, ofRoutes), expected));
    }
});

describe("K10's dashboard", () => {
    const ingresses = "/apis/networking.k8s.io/v1/namespaces/kasten-io/ingresses";
    const tokenCommand = "kubectl --context fake -n kasten-io create token k10-k10 --duration=24h";
    let api: FakeKubeApi;
    let page: Server;
    let answers: number[];
    let now: number;

    const clock = {
        now: () => now,
        sleep: (ms: number) => {
            now += ms;
            return Promise.resolve();
        },
    };
    const look = async (wait = 3) =>
        lookAtDashboard(await Cluster.connect(api.kubeconfig), "kasten-io", clock, wait);
    const host = () => `127.0.0.1:${(page.address() as AddressInfo).port}`;

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        answers = [];
        now = 0;
        page = createServer((_, response) => {
            response.statusCode = answers.shift() ?? 200;
            response.end();
        });
        await new Promise<void>(resolve => page.listen(0, "127.0.0.1", resolve));
    });
    afterEach(async () => {
        await api.stop();
        page.closeAllConnections();
        await new Promise(resolve => page.close(resolve));
    });

    it("is reached by a command where nothing leads to it, also without any Routes in the cluster", async () => {
        api.intercept = (_, path) =>
            path.includes("route.openshift.io")
                ? status(404, "the server could not find the requested resource")
                : undefined;
        assert.deepEqual(await look(), {
            url: "http://127.0.0.1:8080/k10/#/",
            portForward: "kubectl --context fake -n kasten-io port-forward service/gateway 8080:80",
            tokenCommand,
        });
    });

    it("is forwarded from the gateway's own port", async () => {
        api.put("/api/v1/namespaces/kasten-io/services", {
            metadata: { name: "gateway", namespace: "kasten-io" },
            spec: { ports: [{ port: 8000 }] },
        });
        assert.equal(
            (await look()).portForward,
            "kubectl --context fake -n kasten-io port-forward service/gateway 8080:8000",
        );
    });

    it("is asked where something leads to it, until what is before it has found it", async () => {
        api.put(ingresses, ingress(host(), "gateway"));
        answers = [503, 404, 302];
        assert.deepEqual(await look(), {
            ...{ url: `http://${host()}/k10/#/`, answer: "HTTP 302", tokenCommand },
        });
        // At the pace of every wait: four times a second at first.
        assert.equal(now, 500);
    });

    it("is told as it is when the time is over: that is no failure", async () => {
        api.put(ingresses, ingress(host(), "gateway"));
        answers = Array<number>(20).fill(503);
        assert.equal((await look()).answer, "HTTP 503");
        assert.equal(now, 3_000);
        const closed = host();
        await new Promise(resolve => page.close(resolve));
        const { url, answer } = await look(0);
        assert.deepEqual([url, answer], [`http://${closed}/k10/#/`, "ECONNREFUSED"]);
        page = createServer().listen(0);
    });

    it("has commands that a shell takes as they are meant, whatever the context is called", async () => {
        const quoted = api.kubeconfig.replaceAll('"fake"', '"it\'s; fake"');
        const { tokenCommand: command } = await lookAtDashboard(
            await Cluster.connect(quoted),
            "kasten-io",
            clock,
        );
        assert.equal(
            command,
            "kubectl --context 'it'\\''s; fake' -n kasten-io create token k10-k10 --duration=24h",
        );
    });

    it("is not told of by a cluster that refuses to say", async () => {
        api.intercept = (_, path) =>
            path.includes("ingresses") ? status(403, "ingresses is forbidden") : undefined;
        await assert.rejects(look(), { message: "ingresses is forbidden", code: 403 });
    });
});
