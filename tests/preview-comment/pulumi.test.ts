import assert from "node:assert/strict";
import { secretsOf } from "../../preview-comment/pulumi.ts";

/** As `pulumi config --json --show-secrets` prints it (Pulumi 3.259): with secret parts, the whole is secret. */
const k10 = { version: "9.0.4", values: { token: "t0ken", ports: [{ name: "web" }] }, count: 3 };
const entries = {
    "crossing:role": { value: "source", secret: false },
    "crossing:storeSecretKey": { value: "s3cr3t-key", secret: true },
    "crossing:locationSecrets": { value: '{"nfs":{"key":"leaf-1","port":20490}}', secret: true },
    "crossing:k10": { value: JSON.stringify(k10), objectValue: k10, secret: true },
};
const read = { status: 0, stdout: JSON.stringify(entries), stderr: "" };

const whole = ["s3cr3t-key", entries["crossing:locationSecrets"].value, "leaf-1", "20490"];

describe("what of the configuration is masked", () => {
    it("are the leaves that are secret, as the preview tells", () => {
        const blinded = {
            "crossing:role": "source",
            "crossing:storeSecretKey": "[secret]",
            "crossing:locationSecrets": "[secret]",
            "crossing:k10": JSON.stringify({
                ...k10,
                values: { token: "[secret]", ports: [{ name: "[secret]" }] },
            }),
        };
        const digest = JSON.stringify({ config: blinded, steps: [] });
        assert.deepEqual(secretsOf(read, digest), [...whole, "t0ken", "web"]);
    });

    it("are all leaves of what is secret in parts, where no preview tells which", () => {
        const all = [...whole, entries["crossing:k10"].value, "9.0.4", "t0ken", "web", "3"];
        for (const digest of ["", "{}", "error: it failed"]) {
            assert.deepEqual(secretsOf(read, digest), all);
        }
    });

    const failed = (reason: string) =>
        new Error(
            `No comment is written, since \`pulumi config --show-secrets\` does not tell what to mask in it (${reason}): give this job what \`pulumi up\` needs to read the stack's configuration.`,
        );
    const unread: [what: string, run: Parameters<typeof secretsOf>[0], reason: string][] = [
        [
            "Pulumi refuses",
            { status: 255, stdout: "{}", stderr: "warning: w\nerror: incorrect passphrase\n" },
            "error: incorrect passphrase",
        ],
        [
            "what it prints is none",
            { status: 0, stdout: "s3cr3t-key", stderr: "" },
            "it printed no JSON",
        ],
    ];
    for (const [what, run, reason] of unread) {
        it(`are unknown if ${what}`, () => {
            assert.throws(() => secretsOf(run, "{}"), failed(reason));
        });
    }
});
