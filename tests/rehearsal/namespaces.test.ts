/** The webhook gives namespaces their ids. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { pod } from "./support/objects";
import { eventually, namespaces, RunningWebhook } from "./support/webhook";

const uidRange = "openshift.io/sa.scc.uid-range";

describe("the webhook and namespaces", () => {
    let webhook: RunningWebhook;
    const rangeOf = (namespace: string) => webhook.annotationsOf(namespace)[uidRange];
    const hasRange = (namespace: string) =>
        eventually(() => rangeOf(namespace) !== undefined, true);

    beforeEach(async () => {
        webhook = new RunningWebhook();
        await webhook.start();
    });

    afterEach(() => webhook.stop());

    it("each gets a range of its own, and one that brings one keeps it", async () => {
        webhook.addNamespace("brought", { [uidRange]: "1000010000/10000" });
        const fresh = ["one", "two", "three"];
        fresh.forEach(each => webhook.addNamespace(each));
        await Promise.all(fresh.map(hasRange));
        assert.equal(rangeOf("brought"), "1000010000/10000");
        const all = ["shop", "brought", ...fresh].map(rangeOf);
        assert.equal(new Set(all).size, all.length, all.join(" "));
    });

    it("that are older than the webhook get one, too", async () => {
        await hasRange("shop");
        assert.deepEqual(webhook.annotationsOf("shop"), {
            [uidRange]: "1000000000/10000",
            "openshift.io/sa.scc.supplemental-groups": "1000000000/10000",
            "openshift.io/sa.scc.mcs": "s0:c1,c0",
        });
    });

    it("that are being made keep their pods waiting for it", async () => {
        const answer = webhook.mutated(pod(), { namespace: "soon" });
        await sleep(50);
        webhook.addNamespace("soon");
        const { spec } = await answer;
        assert.equal(spec.containers?.[0]?.securityContext?.runAsUser, 1000010000);
    });

    it("that get one from somebody else in the meantime keep that", async () => {
        webhook.addNamespace("raced");
        webhook.addNamespace("raced", { [uidRange]: "1500000000/10000" });
        await sleep(100);
        assert.equal(rangeOf("raced"), "1500000000/10000");
    });

    it("are seen, though a watch ends", async () => {
        await eventually(() => webhook.fake.watched(namespaces), true);
        webhook.fake.endWatches(namespaces);
        webhook.fake.objects.set(`${namespaces}/unseen`, { metadata: { name: "unseen" } });
        await hasRange("unseen");
    });

    it("are tried again where the API server fails", async () => {
        let failures = 1;
        webhook.fake.fails = (method, path) =>
            method === "PATCH" && path.endsWith("/again") && failures-- > 0;
        webhook.addNamespace("again");
        await hasRange("again");
        assert.match(webhook.lines.join(""), /namespace again gets no ids: .*; again in a second/);
    });
});
