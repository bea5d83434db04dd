/** A MinIO in a cluster: which one, and what goes with it. */
import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;

const mistakes = (values: Values, secrets: string[] = []): string[] => {
    try {
        parse(values, secrets);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
};
const store = (more: Values = {}) => ({ type: "minio-in-cluster", cluster: "target", ...more });
const other = store({ cluster: "other", kubeconfig: "third.yaml" });

describe("a MinIO in a cluster", () => {
    it("has the image and the bucket of a container's, and a volume", () => {
        const { image, bucket } = parse({}, []).store as unknown as Record<string, string>;
        assert.deepEqual(parse({ store: store() }, []).store, {
            type: "minio-in-cluster",
            cluster: "target",
            ...{ image, bucket, storage: "10Gi", service: "NodePort", endpoint: {} },
            allowSource: false,
        });
    });

    it("may be in the target, in another cluster, and between two clusters that are there", () => {
        const there = { type: "existing", kubeconfig: "x" };
        assert.deepEqual(mistakes({ store: store(), source: there, target: there }), []);
        assert.deepEqual(mistakes({ store: other }), []);
        assert.deepEqual(
            mistakes({ store: { ...other, context: "c", platform: "openshift" } }),
            [],
        );
        assert.deepEqual(mistakes({ role: "store", store: other }), []);
    });

    it("may be in the source only if that is said: a copy has to outlive what it is of", () => {
        assert.deepEqual(mistakes({ store: store({ cluster: "source" }) }), [
            "`crossing:store.cluster` is `source`, and a copy that goes with the source is no backup: use `target` or `other`, or set `crossing:store.allowSource: true`.",
        ]);
        assert.deepEqual(mistakes({ store: store({ cluster: "source", allowSource: true }) }), []);
    });

    /** What is set of the store, and the part of the sentence after `crossing:store`. */
    const table: [Values, string][] = [
        [store({ cluster: undefined }), ".cluster` is missing: use `target`, `source` or `other`"],
        [store({ cluster: "third" }), ".cluster` is `third`: use `target`, `source` or `other`"],
        [
            store({ allowSource: true }),
            ".allowSource` is of no use with `crossing:store.cluster: target`: remove it",
        ],
        [store({ allowSource: "no" }), ".allowSource` is `no`: use `true` or `false`"],
        [
            store({ cluster: "other" }),
            ".kubeconfig` is missing, which `cluster: other` needs: give the path of a kubeconfig, or its contents by `pulumi config set --secret crossing:storeKubeconfig`",
        ],
        ...["kubeconfig", "context", "platform"].map((key): [Values, string] => [
            store({ [key]: "openshift" }),
            `.${key}\` is of no use with \`crossing:store.cluster: target\`, whose own counts: remove it, or use \`other\``,
        ]),
        [store({ service: "Ingress" }), ".service` is `Ingress`: use `NodePort` or `LoadBalancer`"],
        [store({ storage: "" }), ".storage` is ``: give a text that is not empty"],
        [store({ port: 9000 }), ".port` is not a key: remove it, or correct its name"],
        [
            store({ endpoint: { program: "minio:9000" } }),
            ".endpoint.program` is `minio:9000`: write a URL without a path, such as `https://s3.example.com`",
        ],
        [store({ onDestroy: "keep" }), ".onDestroy` is `keep`: use `refuse` or `delete`"],
    ];
    for (const [values, rest] of table) {
        it(`${JSON.stringify(values)} is one sentence, and says what to do`, () => {
            assert.deepEqual(mistakes({ store: values }), [`\`crossing:store${rest}.`]);
        });
    }

    it("takes the contents of a kubeconfig in place of its path, where it has a use for one", () => {
        const contents = ["storeKubeconfig"];
        assert.deepEqual(mistakes({ store: store({ cluster: "other" }) }, contents), []);
        assert.deepEqual(mistakes({ store: other }, contents), [
            "`crossing:storeKubeconfig` and `crossing:store.kubeconfig` both say how the store's cluster is reached: remove one of them.",
        ]);
        for (const values of [{ store: store() }, {}]) {
            assert.deepEqual(mistakes(values, contents), [
                "`crossing:storeKubeconfig` is of no use without a store of `type: minio-in-cluster` with `cluster: other`: remove it.",
            ]);
        }
    });

    it("belongs to the stack that holds its cluster", () => {
        assert.deepEqual(mistakes({ role: "store", store: store() }), [
            "`crossing:store.cluster` is `target`, which `role: store` does not hold: use `other` and give its kubeconfig.",
        ]);
        assert.deepEqual(mistakes({ role: "source", store: store() }), [
            "`crossing:store` is a MinIO of the stack itself, which would go with `role: source`: set it to an existing store, or to the stack with `role: store`.",
        ]);
    });

    it("has keys of its own", () => {
        assert.deepEqual(mistakes({ store: store() }, ["storeSecretKey"]), [
            "`crossing:storeSecretKey` is set, but the stack makes its own MinIO and its keys: remove it, or set `crossing:store` to an existing store.",
        ]);
    });
});
