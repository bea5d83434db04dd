/** What the webhook makes of workloads. That an API server asks it, and about what, is shown by the lab suite. */
import assert from "node:assert/strict";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { causeOf } from "crossing-actions/dist/explain/index.js";
import { admit, shipped } from "crossing-openshift-rehearsal";
import { applyPatch, type Operation } from "rfc6902";
import type { Faults } from "../../../lab/k10/server/faults/faults.ts";
import { at, type KubeObject } from "../../../lab/k10/server/json.ts";
import { logTo } from "../../../lab/k10/server/log.ts";
import { securityContextOf, sidecarMounts, withSidecar } from "../../../lab/k10/server/sidecar.ts";
import { review, webhookServer } from "../../../lab/k10/server/webhook.ts";
import { authority, certificate } from "./support/certificates.ts";

logTo(() => undefined);

const add = ["CHOWN", "DAC_OVERRIDE", "FOWNER"];
const image = { image: "stand-in:1", imagePullPolicy: "IfNotPresent" };
const host = "aggregatedapis-svc.kasten-io.svc";

const volume = (name: string, claimName: string) => ({
    name,
    persistentVolumeClaim: { claimName },
});
const mount = (name: string, mountPath: string) => ({ name, mountPath });
const workload = (spec: object, more: object = {}, kind = "Deployment"): KubeObject => ({
    ...{ apiVersion: "apps/v1", kind, metadata: { name: "db", annotations: { team: "a" } } },
    spec: { template: { spec }, ...more },
});
const containers = (found: KubeObject | undefined) =>
    at(found, "spec", "template", "spec", "containers") as object[];

describe("K10 stand-in: sidecar", () => {
    const database = {
        containers: [
            {
                name: "db",
                volumeMounts: [mount("data", "/var/lib/db"), mount("scripts", "/scripts")],
            },
            {
                name: "log",
                securityContext: { runAsUser: 7 },
                volumeMounts: [mount("data", "/read"), mount("logs", "/logs")],
            },
        ],
        volumes: [
            volume("data", "db-data"),
            volume("logs", "db-logs"),
            { name: "scripts", configMap: { name: "scripts" } },
        ],
    };
    const sidecar = {
        ...{ name: "kanister-sidecar", image: "stand-in:1", imagePullPolicy: "IfNotPresent" },
        args: ["sidecar"],
        securityContext: { runAsUser: 7, capabilities: { add } },
        volumeMounts: [mount("data", "/data/var/lib/db"), mount("logs", "/logs/logs")],
    };

    it("mounts each claim once, beside the application, with its security context", () => {
        const before = workload(database);
        const found = withSidecar(before, image);
        assert.deepEqual(containers(found), [...database.containers, sidecar]);
        assert.deepEqual(found?.metadata.annotations, {
            ...{ team: "a", "k10.kasten.io/forcegenericbackup": "true" },
        });
        assert.deepEqual(before, workload(database));
    });

    it("is not injected twice, and mounts what has come since", () => {
        const once = withSidecar(workload(database), image)!;
        assert.deepEqual(withSidecar(once, { ...image, image: "stand-in:2" }), once);
        const spec = once.spec?.["template"] as { spec: typeof database };
        spec.spec.volumes.push(volume("more", "db-more"));
        spec.spec.containers[0]?.volumeMounts.push(mount("more", "/more"));
        assert.deepEqual(
            ["db-data", "db-logs", "db-more"].map(claim => sidecarMounts(once, claim)),
            [true, true, false],
        );
        assert.equal(sidecarMounts(withSidecar(once, image)!, "db-more"), true);
    });

    it("has the most restrictive security context of the application, and K10's capabilities", () => {
        const found = securityContextOf([
            { securityContext: { runAsUser: 7, privileged: true, capabilities: { drop: ["A"] } } },
            { name: "without" },
            {
                securityContext: {
                    ...{ runAsUser: 8, runAsNonRoot: true, privileged: false },
                    ...{ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
                    capabilities: { drop: ["ALL", "A"], add: ["B"] },
                },
            },
        ]);
        assert.deepEqual(found, {
            ...{ runAsUser: 7, runAsNonRoot: true, privileged: false },
            ...{ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
            capabilities: { drop: ["A", "ALL"], add },
        });
    });

    it("has none of its own security context where the application has none", () => {
        const spec = {
            containers: [{ name: "db", volumeMounts: [mount("data", "/d")] }],
            volumes: [volume("data", "db-data")],
        };
        const { securityContext: _, ...plain } = sidecar;
        assert.deepEqual(containers(withSidecar(workload(spec), image))[1], {
            ...{ ...plain, volumeMounts: [mount("data", "/data/d")] },
        });
    });

    it("mounts what a StatefulSet makes for each pod", () => {
        const set = workload(
            { containers: [{ name: "db", volumeMounts: [mount("data", "/d")] }] },
            { volumeClaimTemplates: [{ metadata: { name: "data" } }] },
            "StatefulSet",
        );
        const found = withSidecar(set, image)!;
        assert.deepEqual(at(containers(found)[1], "volumeMounts"), [mount("data", "/data/d")]);
        const mounted = ["data-db-0", "data-db-12", "data-other-0", "data", "data-db-x"];
        assert.deepEqual(
            mounted.map(claim => sidecarMounts(found, claim)),
            [true, true, false, true, false],
        );
    });

    for (const [what, spec] of [
        ["no volumes", { containers: [{ name: "web" }] }],
        [
            "a claim that no container mounts",
            { containers: [{ name: "web" }], volumes: [volume("data", "db-data")] },
        ],
        [
            "a mount of something else",
            {
                containers: [{ name: "web", volumeMounts: [mount("www", "/www")] }],
                volumes: [{ name: "www", emptyDir: {} }],
            },
        ],
    ] as const) {
        it(`leaves a workload alone that has ${what}`, () => {
            assert.equal(withSidecar(workload(spec), image), undefined);
            const answer = review({ request: { uid: "1", object: workload(spec) } }, image);
            assert.deepEqual(at(answer, "response"), { uid: "1", allowed: true });
        });
    }

    describe("under OpenShift's restricted-v2, as it is restored", () => {
        const namespace = {
            metadata: {
                name: "shop",
                annotations: {
                    "openshift.io/sa.scc.uid-range": "1000660000/10000",
                    "openshift.io/sa.scc.supplemental-groups": "1000660000/10000",
                    "openshift.io/sa.scc.mcs": "s0:c26,c5",
                },
            },
        };
        /** What becomes of a pod of a workload that was injected. */
        const verdict = async (securityContext?: object) => {
            const spec = {
                containers: [
                    {
                        name: "db",
                        volumeMounts: [mount("data", "/d")],
                        ...(securityContext && { securityContext }),
                    },
                ],
                volumes: [volume("data", "db-data")],
            };
            const injected = withSidecar(workload(spec), image);
            const podSpec = at(injected, "spec", "template", "spec") as object;
            const pod = {
                metadata: { name: "db-1", namespace: "shop" },
                spec: { serviceAccountName: "default", securityContext: {}, ...podSpec },
            };
            return await admit({
                ...{ pod, namespace, sccs: shipped },
                mayUse: ({ metadata }) =>
                    Promise.resolve(
                        metadata.name === "restricted-v2" ? "serviceaccount" : undefined,
                    ),
            });
        };

        it("gets the user of the namespace and no capabilities, where the application asks for nothing", async () => {
            const found = await verdict();
            assert.ok(found.allowed);
            assert.equal(found.scc, "restricted-v2");
            const [own, other] = at(found.pod, "spec", "containers") as object[];
            assert.deepEqual(at(other, "securityContext"), {
                ...{ allowPrivilegeEscalation: false, runAsNonRoot: true, runAsUser: 1000660000 },
                capabilities: { drop: ["ALL"] },
            });
            assert.deepEqual(at(own, "securityContext"), at(other, "securityContext"));
        });

        it("is refused for K10's capabilities, where the application has a security context, which the program explains", async () => {
            const found = await verdict({ allowPrivilegeEscalation: false });
            assert.ok(!found.allowed);
            assert.equal(causeOf("sidecar", [found.message])?.id, "sidecar-capabilities");
        });
    });

    describe("over HTTPS", () => {
        const own = authority("k10-stand-in");
        let unreachable: string;
        const server = webhookServer({
            image,
            faults: {
                strikes: (knob: string, name: string) =>
                    Promise.resolve(`${knob} ${name}` === unreachable),
            } as unknown as Faults,
            certificate: certificate(host, own, host),
        });
        before(() => new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve)));
        after(() => server.close());
        beforeEach(() => {
            unreachable = "";
        });

        const ask = (body: string) =>
            new Promise<[number | undefined, unknown]>((resolve, reject) => {
                const sent = request(
                    {
                        ...{ host: "127.0.0.1", port: (server.address() as AddressInfo).port },
                        ...{ method: "POST", path: "/k10/sidecar?timeout=5s", agent: false },
                        ...{ servername: host, ca: own.cert },
                    },
                    answer => {
                        let text = "";
                        answer.on("data", chunk => (text += chunk));
                        answer.on("end", () => resolve([answer.statusCode, text]));
                    },
                );
                sent.on("error", reject);
                sent.end(body);
            });
        const asked = JSON.stringify({
            request: {
                ...{ uid: "uid-1", namespace: "shop", name: "db", kind: { kind: "Deployment" } },
                object: workload(database),
            },
        });

        it("answers with a patch that makes of the workload what it should be", async () => {
            const [code, text] = await ask(asked);
            const { response } = JSON.parse(String(text)) as {
                response: { uid: string; allowed: boolean; patchType: string; patch: string };
            };
            assert.deepEqual(
                [code, response.uid, response.allowed, response.patchType],
                [200, "uid-1", true, "JSONPatch"],
            );
            const patch = JSON.parse(
                Buffer.from(response.patch, "base64").toString(),
            ) as Operation[];
            const changed = workload(database);
            assert.deepEqual(applyPatch(changed, patch).filter(Boolean), []);
            assert.deepEqual(changed, withSidecar(workload(database), image));
        });

        it("refuses what is no review", async () => {
            assert.equal((await ask("{"))[0], 400);
        });

        it("is not reached for the namespaces that the fault names", async () => {
            unreachable = "webhookUnreachable shop";
            await assert.rejects(ask(asked), { code: "ECONNRESET" });
            unreachable = "webhookUnreachable other";
            assert.equal((await ask(asked))[0], 200);
        });
    });
});
