import assert from "node:assert/strict";
import { explain, hint } from "../../../actions/src/explain";

const failure = {
    what: "Restore `shop/restore-shop-1-1` failed after 5s",
    wait: "restore" as const,
    names: { k10: "kasten-io", namespace: "shop" },
    then: "run `pulumi up` again",
    command: "kubectl -n shop get restoreactions.actions.kio.kasten.io restore-shop-1-1 -o yaml",
};
const image = 'Pod web-1: ImagePullBackOff: Back-off pulling image "shop/web:1"';
const around = (...lines: string[]) => ({ namespace: "shop", lines });
const pulled =
    "Probably nodes of this cluster cannot pull the image: it is in a private or unreachable registry, only on the source's nodes, or has no such tag. Copy the image into a registry that this cluster pulls from, or give the namespace a pull secret, then run `pulumi up` again. Details: kubectl -n shop describe pods";

describe("explain", () => {
    it("a known cause: what failed, the innermost cause, the reason, the fix, one command", () => {
        const messages = [
            "Job failed to be executed",
            "Failed to restore PVC data",
            'storageclasses.storage.k8s.io "fast" not found',
        ];
        assert.equal(
            explain({ ...failure, messages }),
            'Restore `shop/restore-shop-1-1` failed after 5s: storageclasses.storage.k8s.io "fast" not found. Probably this cluster does not have the StorageClass that the volume is of. Make a StorageClass of that name here, with a provisioner of this cluster, then run `pulumi up` again. Details: kubectl get storageclasses',
        );
    });

    it("a cause that an outer message tells: that one, and the innermost", () => {
        const messages = ["a", "No profile found", 'profiles.config.kio.kasten.io "x" not found'];
        assert.equal(
            explain({ ...failure, messages }),
            'Restore `shop/restore-shop-1-1` failed after 5s: No profile found: profiles.config.kio.kasten.io "x" not found. Probably the location profile was deleted, or the policy names another one. Run `pulumi refresh`, so that the profile is made again, then run `pulumi up` again. Details: kubectl -n kasten-io get profiles.config.kio.kasten.io',
        );
    });

    it("an unknown cause: whole, with all its levels", () => {
        assert.equal(
            explain({ ...failure, messages: ["Job failed", "Phase failed", "It rained."] }),
            "Restore `shop/restore-shop-1-1` failed after 5s: It rained (in full: Job failed > Phase failed > It rained.). Put that right and run `pulumi up` again. Details: kubectl -n shop get restoreactions.actions.kio.kasten.io restore-shop-1-1 -o yaml",
        );
    });

    it("an unknown cause of one level: as it is", () => {
        assert.equal(
            explain({ ...failure, messages: ["It rained"] }),
            "Restore `shop/restore-shop-1-1` failed after 5s: It rained. Put that right and run `pulumi up` again. Details: kubectl -n shop get restoreactions.actions.kio.kasten.io restore-shop-1-1 -o yaml",
        );
    });

    it("no cause at all: says so", () => {
        assert.equal(
            explain({ ...failure, messages: [] }),
            "Restore `shop/restore-shop-1-1` failed after 5s: K10 gives no cause. Put that right and run `pulumi up` again. Details: kubectl -n shop get restoreactions.actions.kio.kasten.io restore-shop-1-1 -o yaml",
        );
    });

    it("what is seen around explains what K10 does not", () => {
        assert.equal(
            explain({ ...failure, messages: ["not ready"], surroundings: around(image) }),
            `Restore \`shop/restore-shop-1-1\` failed after 5s: not ready. In namespace \`shop\`: ${image}. ${pulled}`,
        );
    });

    it("what K10 says itself counts more than what is seen around", () => {
        const messages = ["ExpiredToken: The provided token has expired."];
        assert.equal(
            explain({ ...failure, messages, surroundings: around(image) }),
            "Restore `shop/restore-shop-1-1` failed after 5s: ExpiredToken: The provided token has expired. Probably the store's keys are no longer valid. Set `crossing:storeAccessKey` and `crossing:storeSecretKey` to keys that are valid for as long as the backup is needed, then run `pulumi up` again. Details: kubectl -n kasten-io get profiles.config.kio.kasten.io -o yaml",
        );
    });

    const told = (location: string | undefined, ...messages: string[]) =>
        explain({ ...failure, names: { ...failure.names, location }, messages })
            .replace(/^.*?Probably .*?\. /, "")
            .replace(/, then run .*$/, "");
    const unknown =
        "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    const rows: [message: string, store: string, location: string][] = [
        [
            "InvalidAccessKeyId: no",
            "Correct `crossing:storeAccessKey` and `crossing:storeSecretKey`",
            "Correct `crossing:locationSecrets.gold`",
        ],
        [
            unknown,
            "Name a file with the authority's certificate by `crossing:store.caFile`, or give the store a certificate for the name in `crossing:store.endpoint`",
            "Name a file with the authority's certificate by `crossing:locations.gold.caFile`, or give the store a certificate for the name in the address in `crossing:locations.gold`",
        ],
        [
            'NoSuchBucket: bucket "backups" does not exist',
            "Make the bucket, or correct `crossing:store.bucket`",
            "Make the bucket, or correct `crossing:locations.gold.bucket`",
        ],
    ];
    for (const [message, store, location] of rows) {
        it(`the keys of the store, or of another location: ${message}`, () => {
            assert.equal(told(undefined, message), store);
            assert.equal(told("gold", message), location);
        });
    }

    it("but less where it only says where", () => {
        const messages = ["Mover pod shop/x does not start", "phase Pending"];
        assert.equal(
            explain({ ...failure, messages, surroundings: around("PVC a: b", image) }),
            `Restore \`shop/restore-shop-1-1\` failed after 5s: phase Pending. In namespace \`shop\`: PVC a: b; ${image}. ${pulled}`,
        );
    });

    it("shows three troubles at most, and the first that is known explains", () => {
        const surroundings = around("a", "b", image, "PVC c: no space left on device");
        assert.equal(
            explain({ ...failure, messages: ["not ready"], surroundings }),
            `Restore \`shop/restore-shop-1-1\` failed after 5s: not ready. In namespace \`shop\`: a; b; ${image}. ${pulled}`,
        );
    });

    it("shows what is seen around also where nothing is known", () => {
        assert.equal(
            explain({ ...failure, messages: ["not ready"], surroundings: around("Pod a: b.") }),
            "Restore `shop/restore-shop-1-1` failed after 5s: not ready. In namespace `shop`: Pod a: b. Put that right and run `pulumi up` again. Details: kubectl -n shop get restoreactions.actions.kio.kasten.io restore-shop-1-1 -o yaml",
        );
    });
});

describe("hint", () => {
    const { wait, names, then } = failure;
    it("of a known cause is its advice", () => {
        const surroundings = around(image);
        assert.equal(
            hint({ wait, names, then, messages: ["Running"], surroundings }, "Wait."),
            `In namespace \`shop\`: ${image}. ${pulled}`,
        );
    });

    it("of nothing known is what the wait itself has to say", () => {
        assert.equal(hint({ wait, names, then, messages: ["Running"] }, "Wait."), "Wait.");
        const surroundings = around("Pod a: b");
        assert.equal(
            hint({ wait, names, then, messages: ["Running"], surroundings }, "Wait."),
            "In namespace `shop`: Pod a: b. Wait.",
        );
    });
});
