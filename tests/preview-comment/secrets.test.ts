import assert from "node:assert/strict";
import { Secrets, secretsOf } from "../../preview-comment/secrets.ts";

const known = new Secrets(["correct horse", "correct horse battery", "short", "  "]);

describe("masking", () => {
    const texts: [what: string, text: string, masked: string][] = [
        ["a known secret", "key is correct horse.", "key is [secret]."],
        ["the longer of two that overlap", "correct horse battery!", "[secret]!"],
        ["a known secret in base64", "Y29ycmVjdCBob3JzZQ==", "[secret]"],
        ["nothing of what is too short to be told from words", "shorten", "shorten"],
        ["ordinary text", "K10 9.0.4 in kasten-io", "K10 9.0.4 in kasten-io"],
        [
            "a private key",
            "x -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- y",
            "x [secret] y",
        ],
        ["a private key that is cut off", "-----BEGIN PRIVATE KEY-----\nabc", "[secret]"],
        ["a JSON Web Token", "got eyJhbGciOiJI.eyJzdWIiOiIx.sig-_1 here", "got [secret] here"],
        ["a token of GitHub", `ghs_${"a".repeat(36)}`, "[secret]"],
        ["a token of Pulumi", `pul-${"0".repeat(40)}`, "[secret]"],
        ["an access key of AWS", "AKIAIOSFODNN7EXAMPLE", "[secret]"],
        [
            "credentials in a URL",
            "https://me:pw@s3.example.com/a",
            "https://[secret]@s3.example.com/a",
        ],
        [
            "a kubeconfig's key",
            "client-key-data: TUlJRXBB\nname: a",
            "client-key-data: [secret]\nname: a",
        ],
        [
            "an assignment",
            '"MINIO_ROOT_PASSWORD=abc","A=b"',
            '"MINIO_ROOT_PASSWORD=[secret]","A=b"',
        ],
    ];
    for (const [what, text, masked] of texts) {
        it(`hides ${what}`, () => assert.equal(known.maskText(text), masked));
    }

    const paths: [path: string, hidden: boolean][] = [
        ["values.genericStorageBackup.token", true],
        ["PASSWORD", true],
        ["env.POSTGRES_PASSWORD", true],
        ["storeSecretKey", true],
        ["kubeconfig", true],
        ['data["api-key"]', true],
        ["receiveString", true],
        ["receiveStringGiven", false],
        ["values.auth.tokenAuth", false],
        ["spec.secretName", false],
        ["timeout", false],
        ["key", false],
    ];
    for (const [path, hidden] of paths) {
        it(`${hidden ? "hides" : "shows"} what stands at ${path}`, () => {
            assert.equal(new Secrets().mask("value", path), hidden ? "[secret]" : "value");
        });
    }

    it("looks into lists and objects, and leaves all that is no text", () => {
        const value = { auth: { password: "abc", enabled: true }, list: [{ token: "a" }, 3, null] };
        assert.deepEqual(new Secrets().mask(value, "values"), {
            auth: { password: "[secret]", enabled: true },
            list: [{ token: "[secret]" }, 3, null],
        });
    });

    it("knows the secrets of the environment by their names", () => {
        const environment = {
            GITHUB_TOKEN: "1",
            PULUMI_CONFIG_PASSPHRASE: "2",
            AWS_SECRET_ACCESS_KEY: "3",
            AWS_ACCESS_KEY_ID: "no",
            PULUMI_CONFIG_PASSPHRASE_FILE: "no",
            HOME: "no",
        };
        assert.deepEqual(secretsOf(environment), ["1", "2", "3"]);
    });
});
