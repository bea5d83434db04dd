/**
 * K10's backup of itself and its recovery on another cluster: the program's own action against the stand-in's server.
 * It shows nothing of how a real K10 keeps its backup.
 */
import assert from "node:assert/strict";
import { recovery, type RecoveryInputs } from "crossing-actions/dist/k10/recovery.js";
import { endInterrupted } from "../../../lab/k10/server/work/recovery.ts";
import { textAt, type KubeObject } from "../../../lab/k10/server/json.ts";
import { kindOf } from "../../../lab/k10/server/kinds.ts";
import { front, type Front } from "./support/front.ts";
import { OWN, ownBackup, passphrase, SECRET } from "./support/own-backup.ts";
import { failureOf } from "./support/program.ts";
import { FakeS3 } from "./support/s3.ts";
import { APPS, Side } from "./support/side.ts";

const DR = "/apis/dr.kio.kasten.io/v1alpha1/namespaces/kasten-io";

describe("K10 stand-in: recovery of K10", function () {
    this.timeout(120_000);

    let s3: FakeS3;
    let lost: Side;
    let side: Side;
    let entry: Front;
    let lines: string[];

    const backUp = (name: string) => lost.run(OWN, name);
    const recover = (more: Partial<RecoveryInputs> = {}) =>
        recovery.run(inputs(more), line => void lines.push(line));
    const inputs = (more: Partial<RecoveryInputs> = {}): RecoveryInputs => ({
        ...{ kubeconfig: entry.kubeconfig, clusterUid: "c", namespace: "kasten-io" },
        ...{ profile: "minio", clusterId: "uid-of-lost", timeout: 60 },
        ...{ skip: ["secrets", "profiles"], ...more },
    });
    const create = (kind: string, name: string, spec: object) =>
        side.call("POST", `${DR}/${kind.toLowerCase()}s`, {
            ...{ apiVersion: "dr.kio.kasten.io/v1alpha1", kind, metadata: { name }, spec },
        });
    const contents = async () => {
        const { items } = (await side.call("GET", `${APPS}/restorepointcontents`)) as unknown as {
            items: KubeObject[];
        };
        return items.map(({ metadata, status }) => [metadata.name, status?.["state"]]);
    };
    const source = { sourceClusterInfo: { profileName: "minio", sourceClusterID: "uid-of-lost" } };

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        lost = await Side.start("uid-of-lost", s3);
        await lost.application();
        lost.exportPolicy("shop-export");
        await lost.validated("policies", "shop-export");
        assert.equal(textAt(await lost.run("shop-export", "run-1"), "status", "state"), "Complete");
        passphrase(lost, "hunter2");
        await ownBackup(lost);
        side = await Side.start("uid-of-new", s3);
        entry = await front(side.lab.kube, side.api);
        passphrase(side, "hunter2");
        lines = [];
    });
    afterEach(async () => {
        entry.stop();
        await lost.stop();
        await side.stop();
        s3.stop();
    });

    it("brings back exported restore points and policies, and leaves what is there", async () => {
        assert.equal(textAt(await backUp("own-1"), "status", "state"), "Complete");
        side.policy("own", { frequency: "@daily" });
        const { result } = await recover();
        assert.match(result.id, /^[a-z0-9]{16}$/);
        assert.equal(result.version, "v3");
        const [[name, state], ...others] = await contents();
        // The other one is that of the backup, whose snapshots are gone with the cluster.
        assert.deepEqual([state, others], ["Unbound", []]);
        assert.match(String(name), /^shop-scheduled-/);
        const { items } = await side.lab.world.cluster.list(
            "/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io/policies",
        );
        assert.deepEqual(items.map(({ metadata }) => metadata.name).sort(), ["own", "shop-export"]);
        // No copy of the data was made, and what lies in the bucket opens with the passphrase alone.
        const own = [...s3.objects.keys()].filter(key => key.endsWith(".catalog"));
        assert.equal(own.length, 1);
        assert.match(own[0], /k10\/uid-of-lost\/migration\/uid-of-lost\/k10\/repo\/2/);
        assert.deepEqual((await recover()).result, result);
        const posts = entry.requests.filter(line => /^POST .*dr\.kio/.test(line));
        assert.equal(posts.length, 2);
    });

    it("restores the newest point, or the one that is chosen", async () => {
        await backUp("own-1");
        await lost.run("shop-export", "run-2");
        await backUp("own-2");
        const { result } = await recover();
        assert.equal((await contents()).length, 2);
        await recovery.remove!(inputs(), () => undefined);
        assert.deepEqual(
            ["KastenDRReview", "KastenDRRestore"].flatMap(kind => side.actions(kind)),
            [],
        );
        const message = await failureOf(recover({ point: "other" }));
        const [, first = ""] =
            /name one of `\w+` of \S+, `(\w+)` of [^,]+, or remove it/.exec(message) ?? [];
        assert.notEqual(first, result.id);
        await recovery.remove!(inputs({ point: "other" }), () => undefined);
        assert.equal((await recover({ point: first })).result.id, first);
    });

    it("fails with the passphrase of another, without it, and for a cluster that nobody knows", async () => {
        await backUp("own-1");
        passphrase(side, "hunter3");
        assert.match(
            await failureOf(recover()),
            /failed after \d+s: invalid repository password\. Probably K10's backup of itself was sealed with another passphrase.*crossing:disasterRecoveryPassphrase/,
        );
        side.lab.kube.objects.delete(SECRET);
        assert.match(await failureOf(recover()), /secrets "k10-dr-secret" not found.*Probably/);
        passphrase(side, "hunter2");
        // What failed before is made anew once the reason is gone.
        await recover();
        await recovery.remove!(inputs(), () => undefined);
        assert.match(
            await failureOf(recover({ clusterId: "another" })),
            /repository not initialized in the provided storage.*crossing:k10\.recovery/,
        );
    });

    it("is in the way of another one of its kind, and its table shows the phase", async () => {
        await backUp("own-1");
        await create("KastenDRReview", "one", source);
        await assert.rejects(create("KastenDRReview", "two", source), {
            code: 409,
            message:
                'Operation cannot be fulfilled on kastendrreviews.dr.kio.kasten.io "two": one exists, and only one may',
        });
        const { body } = await side.api.handle({
            ...{ method: "GET", path: `${DR}/kastendrreviews`, query: new URLSearchParams() },
            ...{ accept: "application/json;as=Table;v=v1", body: undefined },
        });
        const { columnDefinitions } = body as { columnDefinitions: { name: string }[] };
        assert.deepEqual(
            columnDefinitions.map(({ name }) => name),
            ["Name", "Created At", "State", "Phase", "Served By"],
        );
        await assert.rejects(create("KastenDRRestore", "one", {}), {
            code: 422,
            message: /spec\.sourceClusterInfo\.profileName: Required value/,
        });
    });

    it("takes the latest point without a review, and profiles where they are not skipped", async () => {
        lost.profile("tape", s3, "backups");
        await lost.validated("profiles", "tape");
        await backUp("own-1");
        await create("KastenDRRestore", "one", source);
        await side.validated("profiles", "tape");
        assert.equal((await contents()).length, 1);
    });

    it("that a server did not finish is failed at its next start", async () => {
        const { world } = side.lab;
        const status = { state: "running" };
        world.catalog.create(kindOf("KastenDRRestore"), {
            ...{ namespace: "kasten-io", name: "one", status },
        });
        await endInterrupted(world);
        const [one] = side.actions("KastenDRRestore");
        assert.equal(textAt(one, "status", "state"), "failed");
        assert.equal(
            textAt(one, "status", "error"),
            "The server of the K10 stand-in was restarted",
        );
    });
});
