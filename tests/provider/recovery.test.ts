/** The recovery of K10 as Pulumi drives it, also when its process is killed. The whole of it: tests/lab/k10/recovery.test.ts. */
import assert from "node:assert/strict";
import { choose, DrPoint } from "../../actions/src/k10/recovery";
import { FakeKubeApi } from "../fake/kube-api";
import { Props, ProviderProcess, rejected } from "./harness";

const dr = "/apis/dr.kio.kasten.io/v1alpha1/namespaces/kasten-io";
const reviews = `${dr}/kastendrreviews`;
const restores = `${dr}/kastendrrestores`;
const name = "crossing-285e6abb";
const points = [
    { id: "old", version: "v2", creationTime: "2026-11-01T00:00:00Z" },
    { id: "new", version: "v3", createdTime: "2026-11-03T00:00:00Z" },
];
const result = { id: "new", created: "2026-11-03T00:00:00Z", version: "v3" };

describe("the recovery of K10 in Pulumi's provider process", function () {
    this.timeout(60_000);

    let process: ProviderProcess;
    let api: FakeKubeApi;
    before(async () => {
        process = await ProviderProcess.start();
    });
    after(() => process.stop());
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        api.onCreate = (_, object) => (object.status = { state: "running", phase: "Looking" });
    });
    afterEach(() => api.stop());

    const status = (state: string) => ({ state, restorePoints: { restorePointList: points } });
    /** Ends each with the second look at it. */
    const ends = (states: Record<string, object>) => {
        let looks = 0;
        api.onGet = path => {
            if (++looks % 2 === 0) {
                const object = api.objects.get(`${path}/${name}`);
                if (object?.status?.["state"] === "running") {
                    object.status = { ...(states[path.split("/").at(-1) ?? ""] ?? {}) };
                }
            }
        };
    };
    const success = { kastendrreviews: status("success"), kastendrrestores: { state: "success" } };
    const put = (path: string, object: string, state: string, more: object = {}) =>
        api.put(path, {
            metadata: { name: object, namespace: "kasten-io" },
            status: { ...status(state), ...more },
        });
    const inputs = (more: Props = {}): Props => ({
        ...{ kubeconfig: api.kubeconfig, clusterUid: "1", namespace: "kasten-io", timeout: 10 },
        ...{ profile: "tape", clusterId: "lost", skip: ["secrets", "profiles"], ...more },
    });
    const posts = () => api.requests.filter(line => line.startsWith("POST "));
    const failure = (more: Props = {}) => rejected(process.create("recovery", inputs(more)));

    it("reviews, restores the newest point once, and takes away those two alone", async () => {
        ends(success);
        const { id, outs } = await process.create("recovery", inputs());
        assert.equal(id, `kasten-io/${name}`);
        assert.deepEqual(outs["result"], result);
        assert.deepEqual(api.objects.get(`${reviews}/${name}`)?.spec, {
            sourceClusterInfo: { profileName: "tape", sourceClusterID: "lost" },
        });
        assert.deepEqual(api.objects.get(`${restores}/${name}`)?.spec, {
            kastenDRReviewDetails: {
                kastenDRReviewRef: { name, namespace: "kasten-io" },
                id: "new",
            },
            skipResources: "secrets,profiles",
        });
        assert.deepEqual(posts(), [`POST ${reviews}`, `POST ${restores}`]);
        assert.deepEqual(await process.diff("recovery", outs, inputs()), {
            changes: false,
            replaces: [],
        });
        assert.deepEqual(await process.diff("recovery", outs, inputs({ point: "old" })), {
            changes: true,
            replaces: ["point"],
        });
        // What K10 has forgotten is not done again.
        api.objects.clear();
        const kept = await process.update("recovery", outs, inputs({ timeout: 20 }));
        assert.deepEqual(kept["result"], result);
        put(restores, "other", "success");
        put(restores, name, "success");
        await process.delete("recovery", id, kept);
        assert.deepEqual([...api.objects.keys()], [`${restores}/other`]);
    });

    for (const at of [reviews, restores]) {
        it(`that is killed goes on by itself: ${at === reviews ? "review" : "restore"}`, async () => {
            if (at === restores) {
                put(reviews, name, "success");
            }
            const killed = await ProviderProcess.start();
            const lost = killed.create("recovery", inputs()).catch(() => "killed");
            while (!api.objects.has(`${at}/${name}`)) {
                await new Promise(resolve => setTimeout(resolve, 20));
            }
            killed.stop();
            assert.equal(await lost, "killed");
            ends(success);
            assert.deepEqual((await process.create("recovery", inputs())).outs["result"], result);
            assert.deepEqual(posts(), [
                ...(at === reviews ? [`POST ${reviews}`] : []),
                `POST ${restores}`,
            ]);
        });
    }

    it("that fails says K10's innermost cause, and is made anew by the next `up`", async () => {
        const cause = JSON.stringify({ message: "invalid repository password" });
        ends({ kastendrreviews: { state: "failed", error: "Failed to look", cause } });
        const { message, id, properties } = await failure();
        assert.match(
            message,
            /^KastenDRReview `kasten-io\/crossing-285e6abb` failed after \d+s: invalid repository password\. Probably K10's backup of itself was sealed with another passphrase than the one that is given here\. Set the secret `crossing:disasterRecoveryPassphrase` to that of the lost cluster, output `disasterRecoveryPassphrase` of its stack, then run `pulumi up` again, which makes it anew\. Details: kubectl -n kasten-io get secret k10-dr-secret$/,
        );
        assert.equal(id, `kasten-io/${name}`);
        ends(success);
        const outs = await process.update("recovery", properties, inputs());
        assert.deepEqual(outs["result"], result);
        assert.equal(posts().filter(line => line === `POST ${reviews}`).length, 2);
    });

    it("leaves alone what somebody else made, and says what to do", async () => {
        put(reviews, "other", "success");
        assert.equal(
            (await failure()).message,
            "KastenDRReview `kasten-io/other`, which somebody else made, is in the way: K10 allows one at a time. Delete it, which takes nothing back, and run `pulumi up` again: kubectl -n kasten-io delete kastendrreviews.dr.kio.kasten.io other",
        );
        assert.deepEqual([...api.objects.keys()], [`${reviews}/other`]);
    });

    it("waits for what somebody else runs", async () => {
        put(reviews, "other", "running");
        const waiting = process.create("recovery", inputs());
        await new Promise(resolve => setTimeout(resolve, 1_000));
        assert.deepEqual(posts(), []);
        api.objects.delete(`${reviews}/other`);
        ends(success);
        assert.deepEqual((await waiting).outs["result"], result);
    });

    it("does not begin again what somebody deletes meanwhile, and says what it is refused for", async () => {
        api.onGet = () => posts().length > 0 && api.objects.clear();
        assert.equal(
            (await failure()).message,
            `KastenDRReview \`kasten-io/${name}\` was deleted while it was waited for. Run \`pulumi up\` again to start it anew.`,
        );
        api.intercept = method =>
            method === "POST" ? { code: 422, body: { message: "no such profile" } } : undefined;
        assert.match(
            (await failure()).message,
            /^KastenDRReview `kasten-io\/crossing-285e6abb` was refused: .*no such profile/,
        );
    });
});

describe("the point that K10 is recovered from", () => {
    const of = (list: DrPoint[], point?: string) =>
        choose(list, { profile: "tape", clusterId: "lost", point });
    const refusal = (list: DrPoint[], point?: string) => {
        try {
            of(list, point);
        } catch (error) {
            return (error as Error).message;
        }
        return "none";
    };

    it("is the newest, or the one that is named", () => {
        assert.deepEqual(of(points), result);
        assert.deepEqual(of(points, "old"), {
            ...{ id: "old", created: "2026-11-01T00:00:00Z", version: "v2" },
        });
        assert.deepEqual(of([{ id: "a" }]), { id: "a", created: "" });
    });

    it("has to be there", () => {
        assert.equal(
            refusal(points, "other"),
            "`crossing:k10.recovery.point` is `other`, which K10 does not list: name one of `new` of 2026-11-03T00:00:00Z, `old` of 2026-11-01T00:00:00Z, or remove it for the newest.",
        );
        assert.equal(
            refusal([{}]),
            "Profile `tape` leads to no backup that K10 made of itself on cluster `lost`: correct `crossing:k10.recovery`. Its `clusterId` is the UID of namespace `default` of the lost cluster, output `disasterRecoveryClusterId` of its stack.",
        );
    });
});
