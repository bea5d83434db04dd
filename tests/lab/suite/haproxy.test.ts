/** A real HAProxy does by the router's configuration what is meant by it. Without a cluster: servers are on this machine. */
import assert from "node:assert/strict";
import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer as plainServer, request as plainRequest, type Server } from "node:http";
import { createServer as tlsServer, request as tlsRequest, type RequestOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { filesOf } from "crossing-openshift-rehearsal/dist/router/files.js";
import { haproxyConfig } from "crossing-openshift-rehearsal/dist/router/haproxy.js";
import { Proxy } from "crossing-openshift-rehearsal/dist/router/proxy.js";
import type { Route, Tls } from "crossing-openshift-rehearsal/dist/router/types.js";
import {
    type Certificate,
    selfSigned,
} from "crossing-openshift-rehearsal/dist/server/certificate.js";
import { local, prefix } from "../../../lab/paths.ts";
import { labConfig } from "../../../lab/stack.ts";
import { docker } from "./support.ts";

describe("HAProxy by the configuration of the router", function () {
    this.timeout("2m");

    const name = prefix("lab-haproxy");
    const folder = join(local, "haproxy");
    const proxy = new Proxy(folder);
    const servers: Server[] = [];
    let own: Certificate;
    let shop: Certificate;
    let inside: Certificate;
    let address: string;
    let ports: { plain: number; tls: number };
    let gateway: string;

    before(async () => {
        [own, shop, inside] = await Promise.all(
            ["*.apps.test", "shop.test", "inside.test"].map(host => selfSigned(host)),
        );
        const answer: Parameters<typeof plainServer>[1] = (asked, response) =>
            void response.end(`${asked.url} ${asked.headers["x-forwarded-proto"] ?? "untouched"}`);
        const start = async (server: Server) => {
            servers.push(server);
            await new Promise<void>(resolve => server.listen(0, resolve));
            return (server.address() as AddressInfo).port;
        };
        ports = {
            plain: await start(plainServer(answer)),
            tls: await start(tlsServer({ cert: inside.cert, key: inside.key }, answer)),
        };
        await mkdir(folder, { recursive: true });
        // For any user: as on OpenShift the proxy's is one that nothing knows.
        await chmod(folder, 0o777);
        await docker("network", "create", name);
        gateway = await docker(
            ...["network", "inspect", name, "--format", "{{(index .IPAM.Config 0).Gateway}}"],
        );
        const { images } = (await labConfig()) as { images: { haproxy: string } };
        await docker(
            ...["run", "--detach", "--name", name, "--network", name, "--volume"],
            ...[`${folder}:/router`, "--user", "1000700000:0", "--cap-drop", "ALL"],
            ...["--security-opt", "no-new-privileges", images.haproxy, "sh", "-c"],
            "until [ -s /router/haproxy.cfg ]; do sleep 0.1; done; exec haproxy -W -db -S /router/master.sock,mode,666 -f /router/haproxy.cfg",
        );
        address = await docker(
            ...["inspect", name, "--format"],
            "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
        );
        await apply();
    });
    after(async () => {
        await docker("rm", "--force", "--volumes", name);
        await docker("network", "rm", name);
        await rm(folder, { recursive: true });
        servers.forEach(server => server.close());
    });

    const route = (host: string, behind: "plain" | "tls", tls?: Tls, path?: string): Route => ({
        metadata: { name: `${host}${(path ?? "").replaceAll("/", "-")}`, namespace: "shop" },
        spec: { host, path, tls, to: { kind: "Service", name: behind } },
    });
    const slice = (service: "plain" | "tls") => ({
        metadata: {
            ...{ name: service, namespace: "shop" },
            labels: { "kubernetes.io/service-name": service },
        },
        addressType: "IPv4",
        ports: [{ name: "web", port: ports[service], protocol: "TCP" }],
        endpoints: [{ addresses: [gateway] }],
    });

    /** Sets the configuration, with further lines. The proxy may not run yet. */
    async function apply(more = ""): Promise<void> {
        const redirect = { insecureEdgeTerminationPolicy: "Redirect" } as const;
        const allow = { insecureEdgeTerminationPolicy: "Allow" } as const;
        const edge = { termination: "edge" } as const;
        const served = [
            route("shop.test", "plain", {
                ...{ ...edge, ...redirect, certificate: shop.cert, key: shop.key },
            }),
            route("shop.test", "plain", undefined, "/open"),
            route("paths.apps.test", "plain", edge, "/a/"),
            route("secure.apps.test", "tls", {
                ...{ termination: "reencrypt", ...allow },
                destinationCACertificate: inside.cert,
            }),
            route("distrusted.apps.test", "tls", {
                ...{ termination: "reencrypt", destinationCACertificate: own.cert },
            }),
            route("inside.test", "tls", { termination: "passthrough", ...redirect }),
        ].map(each => ({ route: each, host: each.spec.host ?? "" }));
        const config = haproxyConfig(served, [slice("plain"), slice("tls")], "/router") + more;
        for (let i = 0; ; i++) {
            try {
                return await proxy.apply(config, filesOf(served, own, "/router"));
            } catch (error) {
                if (more || i === 100) {
                    throw error;
                }
                await sleep(100);
            }
        }
    }

    /** Status, then where it leads or what it says. */
    const get = (address_: string, trusted: Certificate = own) => {
        const { protocol, hostname, pathname } = new URL(address_);
        const options: RequestOptions = {
            ...{ host: address, path: pathname, headers: { Host: hostname }, agent: false },
            ...{ ca: trusted.cert, servername: hostname },
        };
        const request = protocol === "https:" ? tlsRequest : plainRequest;
        return new Promise<string>((resolve, reject) => {
            const sent = request(options, answer => {
                let body = "";
                answer.on("data", chunk => (body += String(chunk)));
                answer.on("end", () =>
                    resolve(
                        `${answer.statusCode} ${answer.headers.location ?? body.split("\n")[0]}`,
                    ),
                );
            });
            sent.on("error", reject);
            sent.end();
        });
    };
    const nothing =
        "503 Application is not available: no route of this name and path is admitted here.";

    it("edge: terminates TLS with the route's certificate, and leads HTTP there", async () => {
        assert.equal(await get("https://shop.test/x", shop), "200 /x https");
        assert.equal(await get("http://shop.test/x"), "302 https://shop.test/x");
    });

    it("the longest path that fits counts", async () => {
        assert.equal(await get("http://shop.test/open"), "200 /open http");
        assert.equal(await get("http://shop.test/open/x"), "200 /open/x http");
        assert.equal(await get("http://shop.test/opened"), "302 https://shop.test/opened");
        assert.equal(await get("https://paths.apps.test/a/x"), "200 /a/x https");
        assert.equal(await get("https://paths.apps.test/a"), nothing);
        assert.equal(await get("http://paths.apps.test/a/x"), nothing);
    });

    it("reencrypt: speaks TLS with whom the route trusts, and with nobody else", async () => {
        assert.equal(await get("https://secure.apps.test/x"), "200 /x https");
        assert.equal(await get("http://secure.apps.test/x"), "200 /x http");
        assert.match(await get("https://distrusted.apps.test/x"), /^503 /);
    });

    it("passthrough: the application itself answers, unseen", async () => {
        assert.equal(await get("https://inside.test/x", inside), "200 /x untouched");
        assert.equal(await get("http://inside.test/x"), "302 https://inside.test/x");
    });

    it("a name without a route gets the router's certificate, and hears that there is none", async () => {
        assert.equal(await get("https://other.apps.test/"), nothing);
        assert.equal(await get("http://other.apps.test/"), nothing);
    });

    it("a configuration that HAProxy refuses changes nothing, and the next one counts", async () => {
        await assert.rejects(
            apply("nonsense\n"),
            new Error("HAProxy refuses its configuration, and goes on with the last one"),
        );
        assert.equal(await get("https://shop.test/x", shop), "200 /x https");
        await apply("\nfrontend more\n    bind :81\n    http-request return status 200\n");
        assert.equal(await get("https://shop.test/x", shop), "200 /x https");
    });
});
