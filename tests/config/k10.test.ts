import assert from "node:assert/strict";
import { k10Of } from "../../config/k10";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;

function mistakes(k10: Values, more: Values = {}): string[] {
    try {
        parse({ k10, ...more }, []);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
}

const matchLabels = { backup: "sidecar" };
const openshift = {
    type: "openshift",
    dashboardUrl: "https://k10.example.com/k10/",
    openshiftUrl: "https://api.example.com:6443",
};
const kind = (platform: string) => ({ type: "kind", platform });

describe("crossing:k10", () => {
    it("takes all that the chart is told, for both clusters or for one", () => {
        const site = {
            storageClass: "fast",
            ...{ adminUsers: ["ann"], adminGroups: ["backup"] },
            ingress: { host: "k10.example.com", class: "nginx", tlsSecret: "tls" },
            sidecar: { namespaceSelector: { matchLabels }, objectSelector: { matchLabels } },
            profile: "lean",
            imageRegistry: "mirror.example.com/k10",
            limiter: { executorReplicas: 1, executorThreads: 4 },
        };
        const k10 = {
            ...site,
            version: "9.0.11",
            eula: { accept: true, company: "Example", email: "you@example.com" },
            proxy: { http: "http://proxy:3128", https: "https://proxy/", no: [".svc"] },
            source: { ...site, auth: { type: "token" }, values: { a: 1 } },
            target: { auth: openshift, storageClass: "gold" },
        };
        assert.deepEqual(mistakes(k10), []);
        const route = { target: { route: {} } };
        assert.deepEqual(parse({ k10: route }, []).k10.target?.route, { tls: true });
    });

    const notOnSource =
        "needs OpenShift, which the source is not: set it below `crossing:k10.target` alone, or";
    /** What is set, what else is configured, and what is wrong. */
    const table: [Values, Values, string[]][] = [
        [
            { eula: {} },
            {},
            [
                "`crossing:k10.eula.accept` is missing: say whether Kasten's licence agreement is accepted, `true` or `false`.",
                "`crossing:k10.eula.company` is missing: give the company that accepts Kasten's licence agreement.",
                "`crossing:k10.eula.email` is missing: give the address of whom accepts Kasten's licence agreement.",
            ],
        ],
        [
            { storageClass: "" },
            {},
            ["`crossing:k10.storageClass` is ``: give a text that is not empty."],
        ],
        [
            { auth: { type: "basic" } },
            {},
            ["`crossing:k10.auth.type` is `basic`: use `token` or `openshift`."],
        ],
        [
            {
                access: [
                    { role: "admin", groups: [] },
                    { role: "admin", groups: ["a"], namespaces: ["shop"] },
                    { role: "basic", users: ["ann"] },
                    { role: "view", serviceAccounts: ["ci"] },
                ],
            },
            {},
            [
                '`crossing:k10.access.0` is `{"role":"admin","groups":[]}`: name at least one of `users`, `groups` or `serviceAccounts`.',
                '`crossing:k10.access.1` is `{"role":"admin","groups":["a"],"namespaces":["shop"]}`: give `namespaces` for `basic`, which is a role within them, and for nothing else.',
                '`crossing:k10.access.2` is `{"role":"basic","users":["ann"]}`: give `namespaces` for `basic`, which is a role within them, and for nothing else.',
                "`crossing:k10.access.3.role` is `view`: use `admin` or `basic`.",
                "`crossing:k10.access.3.serviceAccounts.0` is `ci`: write `namespace/name`.",
            ],
        ],
        [
            { dashboardToken: { for: "9 minutes", serviceAccount: "K10" } },
            {},
            [
                "`crossing:k10.dashboardToken.for` is `9 minutes`: give `10 minutes` or more, which Kubernetes wants at least.",
                "`crossing:k10.dashboardToken.serviceAccount` is `K10`: give the name of a ServiceAccount.",
            ],
        ],
        [
            { target: { auth: { ...openshift, dashboardUrl: "k10.example.com" } } },
            {},
            [
                "`crossing:k10.target.auth.dashboardUrl` is `k10.example.com`: write a URL such as `https://k10.example.com/k10/`.",
            ],
        ],
        [
            { ingress: {} },
            {},
            ["`crossing:k10.ingress.host` is missing: give the name under which it answers."],
        ],
        [{ profile: "tiny" }, {}, ["`crossing:k10.profile` is `tiny`: use `default` or `lean`."]],
        [
            { limiter: { executorReplicas: 0 } },
            {},
            ["`crossing:k10.limiter.executorReplicas` is `0`: give at least 1."],
        ],
        [
            { limiter: { csiSnapshots: 3 } },
            {},
            ["`crossing:k10.limiter.csiSnapshots` is not a key: remove it, or correct its name."],
        ],
        [
            { source: { version: "9.0.0" } },
            {},
            ["`crossing:k10.source.version` is not a key: remove it, or correct its name."],
        ],
        // Credentials of a proxy would stand in Helm's values in clear, and are not repeated.
        [
            { version: "9.0.11", proxy: { http: "http://ann:hunter2@proxy:3128" } },
            {},
            [
                "`crossing:k10.proxy.http` is `http://[secret]@proxy:3128`: write a URL such as `http://proxy.example.com:3128`.",
            ],
        ],
        [
            { proxy: { http: "http://proxy:3128" } },
            {},
            [
                "`crossing:k10.proxy` needs K10 9.0.11, and the chart of `9.0.4` would not heed it: set `crossing:k10.version` to `9.0.11` or newer.",
            ],
        ],
        [
            { sidecar: {} },
            {},
            [
                "`crossing:k10.sidecar` has no selector, so that K10 would put its sidecar into every new workload: give `namespaceSelector` or `objectSelector` with `matchLabels`.",
            ],
        ],
        [
            { target: { sidecar: { objectSelector: { matchLabels: {} } } } },
            {},
            [
                "`crossing:k10.target.sidecar` has no selector, so that K10 would put its sidecar into every new workload: give `namespaceSelector` or `objectSelector` with `matchLabels`.",
            ],
        ],
        [{ sidecar: { enabled: false } }, {}, []],
        // What only OpenShift has: the target is one by default, the source is not.
        [{ route: {} }, {}, [`\`crossing:k10.route\` ${notOnSource} use \`ingress\`.`]],
        [{ route: {} }, { source: kind("openshift") }, []],
        [{ target: { route: {} } }, {}, []],
        [
            { source: { route: {} } },
            {},
            [
                "`crossing:k10.source.route` needs OpenShift, which the source is not: use `ingress`.",
            ],
        ],
        [
            { target: { auth: openshift } },
            { target: kind("kubernetes") },
            [
                "`crossing:k10.target.auth` needs OpenShift, which the target is not: use `type: token`.",
            ],
        ],
        [
            { ingress: { host: "k10.example.com" }, target: { route: {} } },
            {},
            [
                "`crossing:k10.ingress` and `crossing:k10.target.route` both lead to the dashboard of the target: remove one of them.",
            ],
        ],
    ];
    for (const [k10, more, expected] of table) {
        it(`${JSON.stringify({ k10, ...more })} has ${expected.length} mistakes`, () => {
            assert.deepEqual(mistakes(k10, more), expected);
        });
    }

    it("is not looked at on the side that a stack does not hold", () => {
        const store = { type: "stack", stack: "organization/crossing/store" };
        const k10 = { source: { route: {} } };
        const sourceStack = "organization/crossing/source";
        assert.deepEqual(mistakes(k10, { role: "target", store, sourceStack }), []);
        assert.deepEqual(mistakes(k10, { role: "store" }), []);
        assert.equal(mistakes(k10, { role: "source", store }).length, 1);
    });

    it("is, for one cluster, its own keys before those of both, with the values of each", () => {
        const { k10 } = parse(
            {
                k10: {
                    ...{ storageClass: "fast", profile: "lean", values: { a: 1 } },
                    target: { storageClass: "gold", values: { b: 2 } },
                },
            },
            [],
        );
        const both = {
            ...{ chart: "k10", version: "9.0.4", repository: "https://charts.kasten.io/" },
            profile: "lean",
        };
        assert.deepEqual(k10Of(k10, "source"), {
            ...{ ...both, storageClass: "fast", values: { a: 1 }, ownValues: {} },
        });
        assert.deepEqual(k10Of(k10, "target"), {
            ...{ ...both, storageClass: "gold", values: { a: 1 }, ownValues: { b: 2 } },
        });
    });
});
