import assert from "node:assert/strict";
import { sidecars, SidecarsInputs } from "../../../actions/src/k10/sidecars";
import { FakeKubeApi, FakeObject } from "../../fake/kube-api";
import * as given from "./support/claims";

const { forced, pod, podSpec, sidecar, workload } = given;
const shop = "/api/v1/namespaces/shop";
const deployments = "/apis/apps/v1/namespaces/shop/deployments";
const webhooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const slices = "/apis/discovery.k8s.io/v1/namespaces/kasten-io/endpointslices";
const withSidecar = podSpec(["data"], { sidecar: sidecar("data") });
const without = podSpec(["data"]);

describe("K10's sidecars of an application", () => {
    let api: FakeKubeApi;
    let lines: string[];

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        lines = [];
        put("/api/v1/namespaces", { metadata: { name: "shop", labels: { backup: "sidecar" } } });
        put(`${shop}/persistentvolumeclaims`, given.claim("web-data"));
        given.storageClasses.forEach(each => put("/apis/storage.k8s.io/v1/storageclasses", each));
        configure();
        put("/api/v1/namespaces/kasten-io/services", { metadata: { name: "injector" } });
        endpoints([{ conditions: { ready: true } }]);
    });
    afterEach(() => api.stop());

    const put = (path: string, object: object) =>
        api.put(path, structuredClone(object) as FakeObject);
    const web = (spec: object, metadata: object = {}, pods = [pod(spec)]) => {
        put(deployments, workload(spec, metadata));
        pods.forEach(each => put(`${shop}/pods`, each));
    };
    /** K10's webhook, beside somebody else's. */
    const configure = (caBundle = "Y2E=") => {
        const clientConfig = (namespace: string) => ({
            clientConfig: { caBundle, service: { namespace, name: "injector" } },
        });
        put(webhooks, { metadata: { name: "other" }, webhooks: [clientConfig("other")] });
        put(webhooks, {
            metadata: { name: "k10-sidecar-injector" },
            webhooks: [clientConfig("kasten-io")],
        });
    };
    const endpoints = (found: object[] | null) =>
        put(slices, {
            metadata: { name: "injector-1", labels: { "kubernetes.io/service-name": "injector" } },
            endpoints: found,
        });
    /** The webhook answers. */
    const inject = (object: FakeObject): FakeObject => ({
        ...object,
        metadata: { ...object.metadata, annotations: forced },
        spec: { ...object.spec, template: { spec: withSidecar } },
    });
    const run = (more: Partial<SidecarsInputs> = {}) =>
        sidecars.run(
            {
                ...{ kubeconfig: api.kubeconfig, clusterUid: "1", namespace: "shop", runId: "1" },
                ...{ namespaceLabels: { backup: "sidecar" }, sample: false, timeout: 0.2 },
                ...more,
            },
            line => lines.push(line),
        );
    const failure = (more: Partial<SidecarsInputs> = {}) =>
        run(more).then(
            () => "it did not fail",
            (error: Error) => error.message,
        );
    const writes = () => api.requests.filter(line => !line.startsWith("GET "));

    it("are found where they are, and nothing is written", async () => {
        web(withSidecar, { annotations: forced });
        const { dataModes } = await run();
        assert.deepEqual(dataModes, [
            {
                ...{ workload: "Deployment web", claims: ["web-data"], mode: "sidecar" },
                reason: "K10's selectors mean it, and its sidecar mounts each of them",
            },
        ]);
        assert.deepEqual(lines, [
            "web-data of Deployment web: sidecar (K10's selectors mean it, and its sidecar mounts each of them)",
        ]);
        assert.deepEqual(writes(), []);
    });

    it("are waited for", async () => {
        web(withSidecar, { annotations: forced }, [pod(withSidecar, { ready: false })]);
        let looks = 0;
        api.intercept = (_, path) => {
            if (path.endsWith("/pods") && ++looks === 3) {
                put(`${shop}/pods`, pod(withSidecar));
            }
            return undefined;
        };
        const { dataModes } = await run({ timeout: 20 });
        assert.equal(dataModes[0]?.mode, "sidecar");
        assert.equal(
            lines[0],
            "K10's sidecar or a snapshot for each claim of namespace `shop`: Deployment web has 0 of 1 pods ready with container `kanister-sidecar`",
        );
    });

    it("are a failure where the workload is older than the webhook, which a dry run shows", async () => {
        web(without, { labels: { tier: "db" } });
        let seen: FakeObject | undefined;
        api.admit = (_, object) => {
            seen = object;
            return inject(object);
        };
        assert.equal(
            await failure(),
            "Waited 0s in vain for K10's sidecar or a snapshot for each claim of namespace `shop`; last seen: Deployment web has no container `kanister-sidecar`. K10's webhook gives the sidecar to a copy of Deployment `web` that is made now (dry run). Probably the workload was made before K10's webhook, or while that was away. Restart it with the command below, or scale it to nothing and back where its volume lets no second pod in, so that the webhook is asked, then run `pulumi up` again. Details: kubectl -n shop rollout restart deployment/web",
        );
        assert.deepEqual(seen?.metadata.labels, { tier: "db" });
        assert.deepEqual(writes(), [`POST ${deployments}`]);
        assert.deepEqual(
            [...api.objects.keys()].filter(path => path.startsWith(deployments)),
            [`${deployments}/web`],
        );
    });

    const causes: [string, () => void, string][] = [
        [
            "there is no webhook",
            () => api.objects.delete(`${webhooks}/k10-sidecar-injector`),
            "No MutatingWebhookConfiguration leads to namespace `kasten-io`. Probably K10 is installed without the webhook",
        ],
        [
            "the webhook has no CA bundle",
            () => configure(""),
            "MutatingWebhookConfiguration `k10-sidecar-injector` has no `caBundle`. Probably the API server has nothing to know",
        ],
        [
            "the webhook's Service is gone",
            () => api.objects.delete("/api/v1/namespaces/kasten-io/services/injector"),
            "leads to Service `kasten-io/injector`, which does not exist. Probably nobody serves K10's webhook",
        ],
        [
            "the webhook's Service has no endpoint",
            () => endpoints(null),
            "leads to Service `kasten-io/injector`, which has no endpoint. Probably nobody serves K10's webhook",
        ],
        [
            "the webhook's endpoint is not ready",
            () => endpoints([{ conditions: { ready: false } }]),
            "which has no endpoint. Probably nobody serves K10's webhook",
        ],
        [
            "the webhook is not reached",
            () => undefined,
            "K10's webhook does not give the sidecar to a copy of Deployment `web` that is made now (dry run). Probably the API server does not reach",
        ],
        [
            "the dry run is refused",
            () => {
                const body = { kind: "Status", message: "no more deployments" };
                api.intercept = method => (method === "POST" ? { code: 403, body } : undefined);
            },
            "The cluster refuses a copy of Deployment `web` that is made now (dry run): no more deployments. Put that right and run `pulumi up` again. Details: kubectl -n shop get deployment/web -o yaml",
        ],
    ];
    for (const [what, arrange, expected] of causes) {
        it(`are a failure where ${what}`, async () => {
            web(without);
            arrange();
            const message = await failure();
            assert.ok(message.includes(expected), message);
        });
    }

    it("of a workload that asks for one by itself: the labels are named", async () => {
        web(without, { annotations: forced });
        assert.match(
            await failure({ workloadLabels: { tier: "db" } }),
            /`kanister-sidecar`\. K10's selectors do not mean Deployment web: it lacks the label `tier=db` of K10's `objectSelector`\. Probably `crossing:k10\.sidecar` selects by labels that nobody gave/,
        );
    });

    it("that do not start: what is seen around says why", async () => {
        web(withSidecar, { annotations: forced }, []);
        put(`${shop}/events`, {
            ...{ metadata: { name: "e" }, type: "Warning", reason: "FailedCreate" },
            involvedObject: { kind: "ReplicaSet", name: "web-1" },
            message:
                'Error creating: pods "web-1-" is forbidden: unable to validate against any security context constraint: [provider restricted-v2: .containers[1].capabilities.add: Invalid value: "CHOWN": capability may not be added]',
        });
        assert.match(
            await failure(),
            /In namespace `shop`: ReplicaSet web-1: .* Probably the pod asks for the capabilities that K10's sidecar needs \(CHOWN, DAC_OVERRIDE, FOWNER\)/,
        );
    });

    it("are a failure where nothing covers a claim, unless the policy leaves something out", async () => {
        web(without);
        const other = { namespaceLabels: { backup: "no" } };
        assert.match(
            await failure(other),
            /has PVC `web-data`, which cannot be snapshotted, and no sidecar: namespace `shop` lacks the label `backup=no` .* Probably `crossing:k10\.sidecar` selects by labels/,
        );
        const { dataModes } = await run({ ...other, filtered: true });
        assert.equal(dataModes[0]?.mode, "none");
        // What is meant to have a sidecar has to have it, whatever the policy says.
        assert.match(await failure({ filtered: true }), /has no container `kanister-sidecar`/);
    });

    it("a namespace that is not there is a mistake", async () => {
        assert.equal(
            await failure({ namespace: "gone" }),
            "Namespace `gone` on the source does not exist: correct `crossing:applications`.",
        );
    });

    it("a cluster without the snapshot API makes no snapshots", async () => {
        web(without);
        const body = "404 page not found";
        api.intercept = (_, path) =>
            path.includes("volumesnapshotclasses") ? { code: 404, body } : undefined;
        put(`${shop}/persistentvolumeclaims`, given.claim("web-data", "fast"));
        assert.match(
            await failure({ namespaceLabels: { backup: "no" } }),
            /There is no VolumeSnapshotClass for driver `csi\.x`/,
        );
    });

    describe("of a sample", () => {
        const patches = () => writes().filter(line => line.startsWith("PATCH "));

        it("come by a restart where it is older than the webhook", async () => {
            web(without);
            api.intercept = method => {
                if (method === "PATCH") {
                    web(withSidecar, { annotations: forced });
                    return { code: 200, body: {} };
                }
                return undefined;
            };
            const { dataModes } = await run({ sample: true, timeout: 10 });
            assert.equal(dataModes[0]?.mode, "sidecar");
            assert.deepEqual(patches(), [`PATCH ${deployments}/web`]);
            assert.equal(lines[0], "restarting Deployment web, which has no sidecar");
        });

        it("are tried once, and not where the selectors mean something else", async () => {
            web(without);
            await failure({ sample: true, timeout: 0.6 });
            assert.deepEqual(patches(), [`PATCH ${deployments}/web`]);
            api.requests.splice(0);
            await failure({ sample: true, namespaceLabels: { backup: "no" } });
            assert.deepEqual(patches(), []);
        });
    });

    it("a warning is told once", async () => {
        web({ ...withSidecar, hostPID: true }, { annotations: forced }, [
            pod({ ...withSidecar, hostPID: true }, { ready: false }),
        ]);
        await failure({ timeout: 0.6 });
        assert.deepEqual(
            lines.filter(line => line.startsWith("warning: ")),
            [
                "warning: Deployment web: its pods see the processes of their node (`hostPID`), and so does the sidecar.",
            ],
        );
    });
});
