/** Leave to use security context constraints: given before a restore, taken away again, and never anybody else's. */
import assert from "node:assert/strict";
import { provider } from "../../../actions/src/action";
import { grants, GrantsInputs } from "../../../actions/src/openshift/grants";
import { FakeKubeApi } from "../../fake/kube-api";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const bindings = `${rbac}/namespaces/shop/rolebindings`;
const anyuid = { serviceAccount: "default", scc: "anyuid" };
const nonroot = { serviceAccount: "web", scc: "nonroot-v2" };
const [anyuidName, nonrootName] = ["crossing:scc:anyuid:default", "crossing:scc:nonroot-v2:web"];

describe("grants", () => {
    let api: FakeKubeApi;
    let lines: string[];
    const report = (line: string) => lines.push(line);

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        lines = [];
        for (const scc of ["anyuid", "nonroot-v2"]) {
            api.put(`${rbac}/clusterroles`, { metadata: { name: `system:openshift:scc:${scc}` } });
        }
    });
    afterEach(() => api.stop());

    const inputs = (more: Partial<GrantsInputs> = {}): GrantsInputs => ({
        ...{ kubeconfig: api.kubeconfig, clusterUid: "c", runId: "1", runToken: "token-1" },
        ...{ targetNamespace: "shop", onConflict: "fail", grants: [anyuid], timeout: 2, ...more },
    });
    const run = (more: Partial<GrantsInputs> = {}) => grants.run(inputs(more), report);
    const there = () =>
        [...api.objects]
            .filter(([path]) => path.includes("/rolebindings/"))
            .map(([path, { metadata }]) => [
                path.split("/rolebindings/")[1],
                metadata.annotations?.["crossing/granted-for"],
            ])
            .sort();

    it("are RoleBindings of ours, in a namespace that is made as the restore makes it", async () => {
        assert.deepEqual(await run(), {
            granted: {
                namespace: "shop",
                grants: [{ ...anyuid, roleBinding: anyuidName }],
            },
        });
        const namespace = api.objects.get("/api/v1/namespaces/shop");
        assert.deepEqual(namespace?.metadata.annotations, {
            "crossing/restored-by-run": "token-1",
        });
        const { metadata, ...binding } = api.objects.get(`${bindings}/${anyuidName}`) ?? {};
        assert.deepEqual(
            { ...metadata, uid: "" },
            {
                ...{ name: anyuidName, namespace: "shop", uid: "" },
                labels: { "app.kubernetes.io/managed-by": "crossing" },
                annotations: { "crossing/granted-for": "token-1" },
            },
        );
        assert.deepEqual(binding, {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "RoleBinding",
            roleRef: {
                ...{ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole" },
                name: "system:openshift:scc:anyuid",
            },
            subjects: [{ kind: "ServiceAccount", name: "default", namespace: "shop" }],
        });
        assert.deepEqual(lines, [
            "creating namespace shop",
            "ServiceAccount shop/default may use SecurityContextConstraints anyuid",
        ]);
    });

    it("are the same when they are made again, and once where they are named twice", async () => {
        const first = await run({ grants: [anyuid, nonroot, anyuid] });
        api.requests.length = 0;
        assert.deepEqual(await run({ grants: [anyuid, nonroot] }), first);
        assert.deepEqual(
            api.requests.filter(each => /^(POST|DELETE)/.test(each)),
            [],
        );
        assert.equal(there().length, 2);
    });

    it("follow a namespace that has to have another name", async () => {
        api.put("/api/v1/namespaces", { metadata: { name: "shop" } });
        const { granted } = await run({ onConflict: "newName" });
        assert.equal(granted.namespace, "shop-1");
        assert.ok(api.objects.has(`${rbac}/namespaces/shop-1/rolebindings/${anyuidName}`));
    });

    it("are not made in a namespace that the restore would not take", async () => {
        api.put("/api/v1/namespaces", { metadata: { name: "shop" } });
        await assert.rejects(
            run(),
            /^Error: Namespace `shop` exists on the target, and a restore would overwrite/,
        );
        assert.deepEqual(there(), []);
    });

    it("need a ClusterRole, or they would give nothing", async () => {
        await assert.rejects(run({ grants: [{ serviceAccount: "default", scc: "anyuidd" }] }), {
            message:
                "The cluster has no ClusterRole `system:openshift:scc:anyuidd`, by which `crossing:grants` gives leave to use SecurityContextConstraints `anyuidd`: correct its name, or make that ClusterRole for one of your own.",
        });
        assert.equal(api.objects.has("/api/v1/namespaces/shop"), false);
    });

    it("leave a RoleBinding of somebody else alone", async () => {
        const theirs = api.put(bindings, { metadata: { name: anyuidName } });
        await assert.rejects(run(), {
            message: `RoleBinding \`shop/${anyuidName}\` is not of this program: delete it, or take ServiceAccount \`default\` out of \`crossing:grants\`.`,
        });
        await grants.remove!(inputs(), report);
        assert.equal(api.objects.get(`${bindings}/${anyuidName}`), theirs);
    });

    it("that are no longer wanted go, and no others", async () => {
        api.put(bindings, { metadata: { name: "theirs" } });
        await run({ grants: [anyuid, nonroot] });
        await run({ grants: [nonroot] });
        assert.deepEqual(there(), [
            [nonrootName, "token-1"],
            ["theirs", undefined],
        ]);
        assert.equal(lines.at(-1), `removing RoleBinding shop/${anyuidName}`);
    });

    it("go with their resource, and the namespace stays", async () => {
        const outs = await run({ grants: [anyuid, nonroot] });
        api.put(bindings, { metadata: { name: "theirs" } });
        await grants.remove!({ ...inputs(), ...outs }, report);
        assert.deepEqual(there(), [["theirs", undefined]]);
        assert.ok(api.objects.has("/api/v1/namespaces/shop"));
    });

    it("go also where making them has failed half-way, and are looked for nowhere else", async () => {
        api.intercept = (method, path) =>
            method === "GET" && decodeURIComponent(path).endsWith(nonrootName)
                ? { code: 403, body: { kind: "Status", code: 403, message: "no" } }
                : undefined;
        await assert.rejects(run({ grants: [anyuid, nonroot] }));
        assert.equal(there().length, 1);
        await grants.remove!(inputs({ grants: [anyuid, nonroot] }), report);
        assert.deepEqual(there(), []);
        api.objects.delete("/api/v1/namespaces/shop");
        await grants.remove!(inputs(), report);
    });

    it("of a later run outlive those of the earlier one that they took over", async () => {
        const first = await run({ grants: [anyuid, nonroot] });
        const later = { runId: "2", runToken: "token-2", onConflict: "replace" } as const;
        await run({ ...later, grants: [anyuid] });
        await grants.remove!({ ...inputs(), ...first }, report);
        assert.deepEqual(there(), [[anyuidName, "token-2"]]);
    });

    it("are made anew for other grants, and for nothing else", async () => {
        const resource = provider(grants);
        const outs = { ...inputs(), ...(await run()) };
        api.requests.length = 0;
        const same = await resource.update("x", outs, inputs({ timeout: 3 }));
        assert.deepEqual(same.outs, { ...outs, timeout: 3 });
        assert.deepEqual(api.requests, []);
        const { log } = console;
        console.log = () => undefined;
        try {
            await resource.update("x", outs, inputs({ grants: [nonroot] }));
        } finally {
            console.log = log;
        }
        assert.deepEqual(there(), [[nonrootName, "token-1"]]);
        const diff = await resource.diff("x", outs, inputs({ runId: "2" }));
        assert.deepEqual(diff, { changes: true, replaces: ["runId"] });
    });
});
