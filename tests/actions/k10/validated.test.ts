/** Waiting for what K10 validates, by kind. */
import assert from "node:assert/strict";
import { validated, ValidatedInputs } from "../../../actions/src/k10/validated";
import { storeLocation } from "../../../config";
import { FakeKubeApi } from "../../fake/kube-api";

const config = "/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io";
const plurals = {
    ...{ Profile: "profiles", Policy: "policies" },
    ...{ PolicyPreset: "policypresets", TransformSet: "transformsets" },
} as const;

describe("what K10 validates", function () {
    this.timeout(10_000);
    let api: FakeKubeApi;
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
    });
    afterEach(() => api.stop());

    const run = (kind: ValidatedInputs["kind"], name = "gold") =>
        validated.run(
            {
                ...{ kubeconfig: api.kubeconfig, kind, namespace: "kasten-io", name },
                ...{ version: "1", timeout: 1 },
            },
            () => undefined,
        );

    for (const [kind, plural] of Object.entries(plurals)) {
        it(`is a ${kind} that is Success, and no other`, async () => {
            const put = (validation: string) =>
                api.put(`${config}/${plural}`, {
                    metadata: { name: "gold", namespace: "kasten-io" },
                    status: { validation },
                });
            put("Success");
            assert.deepEqual(await run(kind as ValidatedInputs["kind"]), { validated: true });
            // Of a TransformSet, in a multi-cluster.
            put("Indeterminate");
            await assert.rejects(
                run(kind as ValidatedInputs["kind"]),
                new RegExp(
                    `^Error: Waited 1s in vain for ${kind} \`kasten-io/gold\` to be validated by K10; last seen: Indeterminate\\. Details: kubectl -n kasten-io get ${plural}\\.config`,
                ),
            );
        });
    }

    for (const [name, keys] of [
        [storeLocation, "`crossing:storeAccessKey` and `crossing:storeSecretKey`"],
        ["gold", "`crossing:locationSecrets.gold`"],
    ] as const) {
        it(`is refused with the keys of Profile ${name}`, async () => {
            api.put(`${config}/profiles`, {
                metadata: { name, namespace: "kasten-io" },
                status: { validation: "Failed", error: ["InvalidAccessKeyId: no"] },
            });
            const { message } = await run("Profile", name).then(
                () => assert.fail("it is valid"),
                (error: Error) => error,
            );
            assert.ok(message.includes(`Correct ${keys}, then run`), message);
        });
    }
});
