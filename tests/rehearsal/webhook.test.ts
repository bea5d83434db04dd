/** The webhook against a stand-in for an API server, asked over real HTTPS with its own certificate. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { applyPatch, Operation } from "rfc6902";
import { Pod, shipped } from "../../rehearsal/src";
import { keptCertificate } from "../../rehearsal/src/server/certificate";
import { KubeApi } from "../../rehearsal/src/server/kube";
import { sink } from "../../rehearsal/src/server/log";
import type { AdmissionResponse } from "../../rehearsal/src/server/review";
import { Running, start } from "../../rehearsal/src/server/webhook";
import { FakeObject } from "../fake/kube-api";
import { WatchedKubeApi } from "../fake/watched-kube-api";
import { pod, podWith } from "./support/objects";

const name = "openshift-rehearsal";
const host = `${name}.${name}.svc`;
const sccs = "/apis/security.openshift.io/v1/securitycontextconstraints";
const namespaces = "/api/v1/namespaces";
const secret = `${namespaces}/${name}/secrets/${name}`;
const configurations = "/apis/admissionregistration.k8s.io/v1";
const uidRange = "openshift.io/sa.scc.uid-range";

interface Configuration {
    webhooks?: {
        failurePolicy: string;
        clientConfig: { caBundle: string; service: object };
        namespaceSelector: { matchExpressions: { values: string[] }[] };
    }[];
}

describe("the webhook", () => {
    let fake: WatchedKubeApi;
    let webhook: Running | undefined;
    let lines: string[] = [];
    const { write } = sink;

    const api = () =>
        new KubeApi({ server: `http://127.0.0.1:${fake.port}`, token: () => "secret-token" });
    const settings = { name, namespace: name, excluded: ["kube-system"], port: 0 };
    const configuration = (kind: string) =>
        fake.objects.get(`${configurations}/${kind}/${name}`) as Configuration | undefined;
    const annotationsOf = (namespace: string) =>
        fake.objects.get(`${namespaces}/${namespace}`)?.metadata.annotations ?? {};
    const addNamespace = (namespace: string, annotations?: Record<string, string>) =>
        fake.put(namespaces, { metadata: { name: namespace, annotations } });

    async function until(what: string, holds: () => boolean): Promise<void> {
        for (let end = Date.now() + 5_000; !holds(); await sleep(10)) {
            assert.ok(Date.now() < end, `never happened: ${what}`);
        }
    }

    /** Asks as the API server does: by the Service's name, and trusting only the registered certificate. */
    async function call(path: string, body?: object): Promise<{ status: number; text: string }> {
        const ca = configuration("mutatingwebhookconfigurations")?.webhooks?.[0]?.clientConfig
            .caBundle;
        return new Promise((resolve, reject) => {
            const sent = httpsRequest(
                {
                    ...{ host: "127.0.0.1", port: webhook?.port, path, servername: host },
                    method: body ? "POST" : "GET",
                    ca: Buffer.from(ca ?? "", "base64"),
                },
                answer => {
                    let text = "";
                    answer.on("data", chunk => (text += String(chunk)));
                    answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
                },
            );
            sent.on("error", reject);
            sent.end(body && JSON.stringify(body));
        });
    }

    async function ask(
        step: "mutate" | "validate",
        object: Pod,
        {
            namespace = "shop",
            user = "system:serviceaccount:kube-system:replicaset-controller",
        } = {},
    ): Promise<AdmissionResponse> {
        const { status, text } = await call(`/${step}`, {
            apiVersion: "admission.k8s.io/v1",
            kind: "AdmissionReview",
            request: {
                ...{ uid: "u-1", namespace, operation: "CREATE", object, oldObject: null },
                userInfo: { username: user, groups: ["system:authenticated"] },
            },
        });
        assert.equal(status, 200, text);
        const answer = JSON.parse(text) as { kind: string; response: AdmissionResponse };
        assert.equal(answer.kind, "AdmissionReview");
        assert.equal(answer.response.uid, "u-1");
        return answer.response;
    }

    function patched(object: Pod, { patch = "", patchType }: AdmissionResponse): Pod {
        assert.equal(patchType, "JSONPatch");
        const result = structuredClone(object);
        const operations = JSON.parse(Buffer.from(patch, "base64").toString()) as Operation[];
        assert.deepEqual(
            applyPatch(result, operations).filter(error => error !== null),
            [],
        );
        return result;
    }

    beforeEach(async () => {
        lines = [];
        sink.write = line => lines.push(line);
        fake = new WatchedKubeApi();
        await fake.start();
        for (const constraint of shipped) {
            fake.put(sccs, structuredClone(constraint));
        }
        for (const kind of ["mutating", "validating"]) {
            fake.put(`${configurations}/${kind}webhookconfigurations`, { metadata: { name } });
        }
        // Every authenticated user may use restricted-v2, as on OpenShift.
        fake.allows = ({ groups, resourceAttributes }) =>
            resourceAttributes.name === "restricted-v2" &&
            groups?.includes("system:authenticated") === true;
        addNamespace("shop");
        webhook = await start(api(), settings);
    });

    afterEach(async () => {
        await webhook?.stop();
        await fake.stop();
        sink.write = write;
    });

    it("registers itself for all but the namespaces that it must not stop", () => {
        for (const kind of ["mutating", "validating"]) {
            const [registered] = configuration(`${kind}webhookconfigurations`)?.webhooks ?? [];
            assert.equal(registered?.failurePolicy, "Fail");
            assert.deepEqual(registered.namespaceSelector.matchExpressions[0]?.values, [
                "kube-system",
                name,
            ]);
            assert.deepEqual(registered.clientConfig.service, {
                ...{ name, namespace: name, port: 443 },
                path: kind === "mutating" ? "/mutate" : "/validate",
            });
        }
    });

    it("registers itself last: until then the cluster does without it", () => {
        const first = (what: RegExp) => fake.requests.findIndex(each => what.test(each));
        const registration = first(/^PATCH .*webhookconfigurations/);
        for (const before of [/^GET .*\/securitycontextconstraints$/, /^GET .*\/namespaces$/]) {
            const at = first(before);
            assert.ok(at >= 0 && at < registration, `${before}`);
        }
    });

    it("says whether it is ready", async () => {
        assert.equal((await call("/ready")).status, 200);
        assert.equal((await call("/elsewhere")).status, 404);
    });

    it("completes a pod, and passes it afterwards", async () => {
        const asked = pod();
        const answer = await ask("mutate", asked);
        const result = patched(asked, answer);
        assert.deepEqual(result.metadata.annotations, {
            "openshift.io/scc": "restricted-v2",
            "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
            // A service account's groups lack system:authenticated there: it is its maker's right that counts.
            "security.openshift.io/validated-scc-subject-type": "user",
        });
        assert.equal(result.spec.containers?.[0]?.securityContext?.runAsUser, 1000000000);
        assert.deepEqual(await ask("validate", result), { uid: "u-1", allowed: true });
    });

    it("refuses in OpenShift's words, before and after", async () => {
        const answer = await ask("mutate", podWith({ runAsUser: 0 }));
        assert.equal(answer.allowed, false);
        assert.equal(answer.status?.code, 403);
        assert.match(
            answer.status?.message ?? "",
            /^pods "web" is forbidden: unable to validate against any security context constraint: \[provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: \.containers\[0\]\.runAsUser: Invalid value: 0: must be in the ranges: \[1000000000, 1000009999\], /,
        );
        assert.equal((await ask("validate", pod())).allowed, false);
    });

    it("counts a grant at once, to the service account or to whoever makes the pod", async () => {
        const root = podWith({ runAsUser: 0 });
        assert.equal((await ask("mutate", root)).allowed, false);
        const grant = (user: string) => {
            fake.allows = review => {
                assert.equal(review.resourceAttributes.verb, "use");
                assert.equal(review.resourceAttributes.resource, "securitycontextconstraints");
                assert.equal(review.resourceAttributes.namespace, "shop");
                return review.user === user && review.resourceAttributes.name === "anyuid";
            };
        };
        grant("system:serviceaccount:shop:default");
        const annotations = async (options = {}) =>
            patched(root, await ask("mutate", root, options)).metadata.annotations;
        const subject = "security.openshift.io/validated-scc-subject-type";
        assert.deepEqual(await annotations(), {
            "openshift.io/scc": "anyuid",
            [subject]: "serviceaccount",
        });
        grant("alice");
        assert.equal((await ask("mutate", root)).allowed, false);
        assert.equal((await annotations({ user: "alice" }))?.[subject], "user");
    });

    it("counts users and groups that a constraint itself names", async () => {
        const root = podWith({ runAsUser: 0 });
        fake.put(sccs, {
            ...structuredClone(shipped.find(({ metadata }) => metadata.name === "anyuid")),
            metadata: { name: "own" },
            groups: ["system:serviceaccounts:shop"],
        } as FakeObject);
        await until("own constraint counts", () => fake.watched(sccs));
        let answer = await ask("mutate", root);
        for (let i = 0; !answer.allowed && i < 50; i++) {
            await sleep(10);
            answer = await ask("mutate", root);
        }
        assert.equal(patched(root, answer).metadata.annotations?.["openshift.io/scc"], "own");
    });

    it("admits nothing while a shipped constraint is missing", async () => {
        fake.remove(sccs, "nonroot");
        const message = async () => (await ask("mutate", pod())).status?.message ?? "";
        let last = await message();
        for (let i = 0; last === "" && i < 50; i++) {
            await sleep(10);
            last = await message();
        }
        assert.equal(
            last,
            'pods "web" is forbidden: securitycontextconstraints.security.openshift.io cache is missing nonroot',
        );
    });

    it("gives each namespace a range of its own, and leaves those that bring one", async () => {
        addNamespace("brought", { [uidRange]: "1000010000/10000" });
        ["one", "two", "three"].forEach(each => addNamespace(each));
        await until("all have ranges", () =>
            ["shop", "one", "two", "three"].every(each => annotationsOf(each)[uidRange]),
        );
        assert.equal(annotationsOf("brought")[uidRange], "1000010000/10000");
        const all = ["shop", "brought", "one", "two", "three"].map(
            each => annotationsOf(each)[uidRange],
        );
        assert.equal(new Set(all).size, all.length, all.join(" "));
        assert.deepEqual(annotationsOf("shop"), {
            [uidRange]: "1000000000/10000",
            "openshift.io/sa.scc.supplemental-groups": "1000000000/10000",
            "openshift.io/sa.scc.mcs": "s0:c1,c0",
        });
    });

    it("waits for the ids of a namespace that is being made", async () => {
        const asked = pod();
        const answer = ask("mutate", asked, { namespace: "soon" });
        await sleep(50);
        addNamespace("soon");
        const { spec } = patched(asked, await answer);
        assert.equal(spec.containers?.[0]?.securityContext?.runAsUser, 1000010000);
    });

    it("goes on where a watch ends, and misses nothing", async () => {
        await until("watched", () => fake.watched(namespaces));
        fake.endWatches(namespaces);
        fake.objects.set(`${namespaces}/unseen`, { metadata: { name: "unseen" } });
        await until("range", () => annotationsOf("unseen")[uidRange] !== undefined);
    });

    it("takes a failing answer of the API server for a no", async () => {
        fake.allows = () => {
            throw new Error("out of order");
        };
        const { status } = await ask("mutate", pod());
        assert.match(status?.message ?? "", /provider "restricted-v2": Forbidden: not usable/);
        assert.match(lines.join(""), /may .* use restricted-v2\? .*out of order/);
    });

    it("answers what it cannot read with an error, which is a refusal", async () => {
        assert.equal((await call("/mutate", { request: null })).status, 500);
    });

    it("gives no range to a namespace that gets one in the meantime", async () => {
        addNamespace("raced");
        addNamespace("raced", { [uidRange]: "1500000000/10000" });
        await until("seen", () => annotationsOf("raced")[uidRange] !== undefined);
        await sleep(50);
        assert.equal(annotationsOf("raced")[uidRange], "1500000000/10000");
    });

    describe("its certificate", () => {
        const stored = () =>
            Buffer.from(
                (fake.objects.get(secret) as { data?: Record<string, string> } | undefined)?.data?.[
                    "tls.crt"
                ] ?? "",
                "base64",
            ).toString();

        it("is for the Service, for years, and stays", async () => {
            const certificate = new X509Certificate(stored());
            assert.equal(certificate.checkHost(host), host);
            assert.equal(certificate.checkHost("example.com"), undefined);
            assert.ok(Date.parse(certificate.validTo) > Date.now() + 9 * 365 * 24 * 3_600_000);
            const kept = await keptCertificate(api(), { namespace: name, name, host });
            assert.equal(kept.cert, stored());
        });

        it("is made anew where the Secret's is of no use", async () => {
            const before = stored();
            const kept = await keptCertificate(api(), { namespace: name, name, host: "other.svc" });
            assert.notEqual(kept.cert, before);
            assert.equal(kept.cert, stored());
            fake.put(`${namespaces}/${name}/secrets`, { metadata: { name } });
            await keptCertificate(api(), { namespace: name, name, host });
            assert.match(stored(), /BEGIN CERTIFICATE/);
        });
    });
});
