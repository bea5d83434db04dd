/** The webhook's answers to the API server. */
import assert from "node:assert/strict";
import { shipped } from "../../rehearsal/src";
import { pod, podWith } from "./support/objects";
import { eventually, name, RunningWebhook, sccs } from "./support/webhook";

const subjectAnnotation = "security.openshift.io/validated-scc-subject-type";

describe("the webhook", () => {
    let webhook: RunningWebhook;

    beforeEach(async () => {
        webhook = new RunningWebhook();
        await webhook.start();
    });

    afterEach(() => webhook.stop());

    it("registers itself for all but the namespaces that it must not stop", () => {
        for (const kind of ["mutating", "validating"] as const) {
            const registered = webhook.configuration(kind);
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
        const first = (what: RegExp) =>
            webhook.fake.requests.findIndex(request => what.test(request));
        const registration = first(/^PATCH .*webhookconfigurations/);
        for (const before of [/^GET .*\/securitycontextconstraints$/, /^GET .*\/namespaces$/]) {
            const at = first(before);
            assert.ok(at >= 0 && at < registration, `${before}`);
        }
    });

    it("says whether it is ready", async () => {
        assert.equal((await webhook.call("/ready")).status, 200);
        assert.equal((await webhook.call("/elsewhere")).status, 404);
    });

    it("completes a pod, and passes it afterwards", async () => {
        const result = await webhook.mutated(pod());
        assert.deepEqual(result.metadata.annotations, {
            "openshift.io/scc": "restricted-v2",
            "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
            // A service account is asked for without system:authenticated: it is its maker's right that counts.
            [subjectAnnotation]: "user",
        });
        assert.equal(result.spec.containers?.[0]?.securityContext?.runAsUser, 1000000000);
        assert.deepEqual(await webhook.ask("validate", result), { uid: "u-1", allowed: true });
    });

    it("refuses in OpenShift's words, before and after", async () => {
        const answer = await webhook.ask("mutate", podWith({ runAsUser: 0 }));
        assert.equal(answer.allowed, false);
        assert.equal(answer.status?.code, 403);
        assert.match(
            answer.status?.message ?? "",
            /^pods "web" is forbidden: unable to validate against any security context constraint: \[provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: \.containers\[0\]\.runAsUser: Invalid value: 0: must be in the ranges: \[1000000000, 1000009999\], /,
        );
        assert.equal((await webhook.ask("validate", pod())).allowed, false);
    });

    it("counts a grant at once, to the service account or to whoever makes the pod", async () => {
        const root = podWith({ runAsUser: 0 });
        assert.equal((await webhook.ask("mutate", root)).allowed, false);
        const grant = (user: string) => {
            webhook.fake.allows = review => {
                assert.equal(review.resourceAttributes.verb, "use");
                assert.equal(review.resourceAttributes.resource, "securitycontextconstraints");
                assert.equal(review.resourceAttributes.namespace, "shop");
                return review.user === user && review.resourceAttributes.name === "anyuid";
            };
        };
        grant("system:serviceaccount:shop:default");
        assert.deepEqual((await webhook.mutated(root)).metadata.annotations, {
            "openshift.io/scc": "anyuid",
            [subjectAnnotation]: "serviceaccount",
        });
        grant("alice");
        assert.equal((await webhook.ask("mutate", root)).allowed, false);
        const { metadata } = await webhook.mutated(root, { user: "alice" });
        assert.equal(metadata.annotations?.[subjectAnnotation], "user");
    });

    it("counts a constraint that is made later, and whom it names itself", async () => {
        const root = podWith({ runAsUser: 0 });
        assert.equal((await webhook.ask("mutate", root)).allowed, false);
        const anyuid = shipped.find(({ metadata }) => metadata.name === "anyuid");
        webhook.fake.put(sccs, {
            ...structuredClone(anyuid),
            metadata: { name: "own" },
            groups: ["system:serviceaccounts:shop"],
        } as never);
        await eventually(async () => (await webhook.ask("mutate", root)).allowed, true);
        const { metadata } = await webhook.mutated(root);
        assert.equal(metadata.annotations?.["openshift.io/scc"], "own");
    });

    it("admits nothing while a shipped constraint is missing", async () => {
        webhook.fake.remove(sccs, "nonroot");
        await eventually(
            async () => (await webhook.ask("mutate", pod())).status?.message,
            'pods "web" is forbidden: securitycontextconstraints.security.openshift.io cache is missing nonroot',
        );
    });

    it("takes a failing answer of the API server for a no", async () => {
        webhook.fake.allows = () => {
            throw new Error("out of order");
        };
        const { status } = await webhook.ask("mutate", pod());
        assert.match(status?.message ?? "", /provider "restricted-v2": Forbidden: not usable/);
        assert.match(webhook.lines.join(""), /may .* use restricted-v2\? .*out of order/);
    });

    it("answers what it cannot read with an error, which is a refusal", async () => {
        assert.equal((await webhook.call("/mutate", { request: null })).status, 500);
    });
});
