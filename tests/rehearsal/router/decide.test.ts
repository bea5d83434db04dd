/** Which routes are admitted, under which names, and what is said of the others. */
import assert from "node:assert/strict";
import { decide } from "../../../rehearsal/src/router/decide";
import { hostOf, isDnsName, needsHost } from "../../../rehearsal/src/router/host";
import type { Route } from "../../../rehearsal/src/router/types";
import { route } from "./support/routes";

const domain = "apps.example.com";
const edge = { termination: "edge" } as const;
const passthrough = { termination: "passthrough" } as const;

/** By name: the host, or the reason and the message. */
const verdicts = (...routes: Route[]) =>
    Object.fromEntries(
        decide(routes, domain).map(({ route: { metadata }, host, refused }) => [
            `${metadata.namespace}/${metadata.name}`,
            refused ? `${refused.reason}: ${refused.message}` : host,
        ]),
    );

describe("the host of a route", () => {
    const cases: [what: string, route: Route, host: string, needed: boolean][] = [
        ["is the one that it names", route("web", { host: "Shop.Test" }), "shop.test", false],
        [
            "is made of its name, its namespace and the domain",
            route("web"),
            "web-shop.apps.example.com",
            true,
        ],
        [
            "has no more labels for a name with dots",
            route("web.v2"),
            "web-v2-shop.apps.example.com",
            true,
        ],
        [
            "is in the subdomain that it asks for",
            route("web", { subdomain: "a.b" }),
            "a.b.apps.example.com",
            false,
        ],
        [
            "is its own before a subdomain",
            route("web", { host: "x.test", subdomain: "a" }),
            "x.test",
            false,
        ],
    ];
    for (const [what, given, host, needed] of cases) {
        it(what, () => {
            assert.equal(hostOf(given, domain), host);
            assert.equal(needsHost(given), needed);
        });
    }

    it("is a DNS name", () => {
        for (const good of ["a", "a.b", "1.2", "a-b.c", `${"a".repeat(63)}.b`]) {
            assert.ok(isDnsName(good), good);
        }
        const long = `${"a".repeat(60)}.`.repeat(5);
        for (const bad of [
            "",
            ".",
            "a.",
            "a..b",
            "-a",
            "a-",
            "a_b",
            "a b",
            "*.a",
            "a\n",
            "a".repeat(64),
            `${long}a`,
        ]) {
            assert.ok(!isDnsName(bad), bad);
        }
    });
});

describe("a route", () => {
    it("is admitted with a host of its own", () => {
        assert.deepEqual(verdicts(route("web"), route("api", { host: "api.test" })), {
            "shop/web": "web-shop.apps.example.com",
            "shop/api": "api.test",
        });
    });

    it("has its host from the oldest route on, whatever the order of the list", () => {
        const first = route("first", { host: "x.test" });
        const second = route("second", { host: "x.test" });
        const expected = {
            "shop/first": "x.test",
            "shop/second": "HostAlreadyClaimed: route first already exposes x.test and is older",
        };
        assert.deepEqual(verdicts(first, second), expected);
        assert.deepEqual(verdicts(second, first), expected);
    });

    it("of the same second has it by the lower UID", () => {
        const [a, b] = [route("a", { host: "x.test" }), route("b", { host: "x.test" })];
        b.metadata.creationTimestamp = a.metadata.creationTimestamp;
        a.metadata.uid = "2";
        b.metadata.uid = "1";
        assert.deepEqual(verdicts(a, b), {
            "shop/b": "x.test",
            "shop/a": "HostAlreadyClaimed: route b already exposes x.test and is older",
        });
    });

    it("of another namespace does not get it, not even with another path", () => {
        assert.deepEqual(
            verdicts(
                route("web", { host: "x.test", path: "/web" }),
                route("other", { host: "X.test", path: "/other" }, "elsewhere"),
            ),
            {
                "shop/web": "x.test",
                "elsewhere/other":
                    "HostAlreadyClaimed: a route in another namespace holds x.test and is older than other",
            },
        );
    });

    it("of the same namespace shares it by path", () => {
        assert.deepEqual(
            verdicts(
                route("web", { host: "x.test" }),
                route("api", { host: "x.test", path: "/api" }),
                route("second", { host: "x.test", path: "/api" }),
            ),
            {
                "shop/web": "x.test",
                "shop/api": "x.test",
                "shop/second": "HostAlreadyClaimed: route web already exposes x.test and is older",
            },
        );
    });

    it("with TLS shares it with no older route that passes TLS through", () => {
        const through = route("through", { host: "x.test", tls: passthrough });
        assert.deepEqual(
            verdicts(
                through,
                route("edge", { host: "x.test", path: "/a", tls: edge }),
                route("plain", { host: "x.test", path: "/b" }),
            ),
            {
                "shop/through": "x.test",
                "shop/edge":
                    "HostAlreadyClaimed: route through already exposes x.test and is older",
                "shop/plain": "x.test",
            },
        );
    });

    it("that is refused because of its contents keeps its host from others all the same", () => {
        const invalid = { ...edge, certificate: "nonsense", key: "nonsense" };
        const second = verdicts(
            route("web", { host: "x.test", tls: invalid }),
            route("new", { host: "x.test" }),
        );
        assert.match(second["shop/web"] ?? "", /^ExtendedValidationFailed: /);
        assert.equal(
            second["shop/new"],
            "HostAlreadyClaimed: route web already exposes x.test and is older",
        );
    });

    it("for all names of a domain is refused, and takes no host from others", () => {
        assert.deepEqual(
            verdicts(
                route("all", { host: "x.test", wildcardPolicy: "Subdomain" }),
                route("one", { host: "x.test" }),
            ),
            {
                "shop/all": "RouteNotAdmitted: wildcard routes are not allowed",
                "shop/one": "x.test",
            },
        );
    });

    it("with a host that is too long for DNS is refused", () => {
        const name = "a".repeat(60);
        assert.deepEqual(verdicts(route(name)), {
            [`shop/${name}`]: `InvalidHost: host name validation errors: spec.host: Invalid value: "${name}-shop.apps.example.com": host must conform to DNS 1123 naming`,
        });
    });
});
