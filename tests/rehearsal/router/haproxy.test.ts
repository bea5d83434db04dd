/** HAProxy's configuration, as a whole and rule by rule. That HAProxy does by it what is meant: the lab suite. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf } from "../../../rehearsal/src/router/files";
import { haproxyConfig } from "../../../rehearsal/src/router/haproxy";
import type { EndpointSlice, Route, Tls } from "../../../rehearsal/src/router/types";
import { selfSigned } from "../../../rehearsal/src/server/certificate";
import { route, slice } from "./support/routes";

const folder = "/router";
const served = (routes: Route[]) =>
    routes.map(each => ({ route: each, host: each.spec.host ?? "x.test" }));
const config = (routes: Route[], slices: EndpointSlice[] = []) =>
    haproxyConfig(served(routes), slices, folder);

/** The lines of one section that name a route. */
const rules = (text: string, section: string) => {
    const [, rest = ""] = text.split(`\n${section}\n`);
    return (rest.split("\n\n")[0] ?? "")
        .split("\n")
        .filter(line => /str\((be_|redirect)|use_backend be_/.test(line))
        .map(line => line.trim().replace("http-request set-var(txn.to) ", ""));
};

/** `UPDATE_PLANS=1` writes the file. */
function equalsFile(name: string, actual: string): void {
    const file = join(__dirname, "golden", name);
    if (process.env["UPDATE_PLANS"]) {
        writeFileSync(file, actual);
    }
    assert.equal(actual, existsSync(file) ? readFileSync(file, "utf8") : "");
}

describe("HAProxy's configuration", () => {
    it("without routes answers that there are none", () => equalsFile("empty.cfg", config([])));

    it("with routes of all kinds", () => {
        const routes = [
            route("web", {
                host: "shop.test",
                tls: { termination: "edge", insecureEdgeTerminationPolicy: "Redirect" },
                port: { targetPort: 8080 },
            }),
            route("api", { host: "shop.test", path: "/api", to: { kind: "Service", name: "api" } }),
            route("plain", {
                host: "plain.test",
                alternateBackends: [{ kind: "Service", name: "api", weight: 50 }],
            }),
            route("secure", {
                host: "secure.test",
                tls: { termination: "reencrypt", insecureEdgeTerminationPolicy: "Allow" },
            }),
            route("through", { host: "through.test", tls: { termination: "passthrough" } }),
            route("nothing", { host: "nothing.test", to: { kind: "Service", name: "gone" } }),
        ];
        const slices = [slice("web", ["10.244.0.7", "10.244.0.8"]), slice("api", ["10.244.0.9"])];
        equalsFile("routes.cfg", config(routes, slices));
    });

    it("is the same for the same routes in another order", () => {
        const routes = ["a", "b", "c"].map(name => route(name, { path: `/${name}` }));
        assert.equal(config(routes), config(routes.toReversed()));
    });

    /** What happens on port 80 and on port 443, by termination and policy: route/v1/types.go. */
    const cases: [tls: Tls | undefined, open: string, terminated: string, passed: boolean][] = [
        [undefined, "be_http", "", false],
        [{ termination: "edge" }, "", "be_edge_http", false],
        [
            { termination: "edge", insecureEdgeTerminationPolicy: "None" },
            ...(["", "be_edge_http", false] as const),
        ],
        [
            { termination: "edge", insecureEdgeTerminationPolicy: "Allow" },
            ...(["be_edge_http", "be_edge_http", false] as const),
        ],
        [
            { termination: "edge", insecureEdgeTerminationPolicy: "Redirect" },
            ...(["redirect", "be_edge_http", false] as const),
        ],
        [
            { termination: "reencrypt", insecureEdgeTerminationPolicy: "Redirect" },
            ...(["redirect", "be_secure", false] as const),
        ],
        [{ termination: "passthrough" }, "", "", true],
        [
            { termination: "passthrough", insecureEdgeTerminationPolicy: "Redirect" },
            ...(["redirect", "", true] as const),
        ],
    ];
    for (const [tls, open, terminated, passed] of cases) {
        const policy = tls?.insecureEdgeTerminationPolicy ?? "no policy";
        it(`for ${tls?.termination ?? "no TLS"} with ${policy}`, () => {
            const text = config([route("web", { tls })]);
            const rule = (backend: string) => {
                const to = backend === "redirect" ? backend : `${backend}:shop:web`;
                return backend ? [`str(${to}) if { var(txn.host) -m str x.test }`] : [];
            };
            assert.deepEqual(rules(text, "frontend public"), rule(open));
            assert.deepEqual(rules(text, "frontend fe_sni"), rule(terminated));
            assert.deepEqual(
                rules(text, "frontend public_ssl"),
                passed
                    ? ["use_backend be_tcp:shop:web if { req.ssl_sni,lower -m str x.test }"]
                    : [],
            );
        });
    }

    it("takes the longest path that fits, since the last rule that fits counts", () => {
        const paths = ["/api/v1", "", "/api/", "/api"];
        const routes = paths.map((path, i) => route(`r${i}`, { path: path || undefined }));
        const host = "{ var(txn.host) -m str x.test }";
        assert.deepEqual(rules(config(routes), "frontend public"), [
            `str(be_http:shop:r1) if ${host}`,
            `str(be_http:shop:r3) if ${host} { path -m str '/api' } or ${host} { path_beg '/api/' }`,
            `str(be_http:shop:r2) if ${host} { path_beg '/api/' }`,
            `str(be_http:shop:r0) if ${host} { path -m str '/api/v1' } or ${host} { path_beg '/api/v1/' }`,
        ]);
    });
});

describe("HAProxy's files", () => {
    it("are the router's certificate first, and those of routes for their names", async () => {
        const [own, cert, authority] = await Promise.all(
            ["*.apps.example.com", "x.test", "inside"].map(selfSigned),
        );
        assert.ok(own && cert && authority);
        const routes = [
            route("plain"),
            route("web", {
                host: "x.test",
                tls: {
                    termination: "reencrypt",
                    certificate: `words before\n${cert.cert}`,
                    key: cert.key,
                    caCertificate: own.cert,
                    destinationCACertificate: authority.cert,
                },
            }),
        ];
        const files = filesOf(served(routes), own, folder);
        const certificate = (text = "") => new X509Certificate(text).fingerprint256;
        assert.deepEqual(
            [...files.keys()],
            [
                ...["certificates/default.pem", "certificates/shop_web.pem"],
                ...["authorities/shop_web.pem", "certificates.list"],
            ],
        );
        assert.equal(
            files.get("certificates.list"),
            "/router/certificates/default.pem\n/router/certificates/shop_web.pem x.test\n",
        );
        const kinds = (file: string) =>
            (files.get(file) ?? "").match(/(?<=-----BEGIN ).*(?=-----)/g);
        assert.deepEqual(kinds("certificates/default.pem"), ["CERTIFICATE", "PRIVATE KEY"]);
        assert.deepEqual(kinds("certificates/shop_web.pem"), [
            ...["CERTIFICATE", "CERTIFICATE", "PRIVATE KEY"],
        ]);
        assert.equal(certificate(files.get("certificates/shop_web.pem")), certificate(cert.cert));
        assert.equal(
            certificate(files.get("authorities/shop_web.pem")),
            certificate(authority.cert),
        );
        assert.ok(!files.get("certificates/shop_web.pem")?.includes("words"));
    });
});
