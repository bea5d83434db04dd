import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hidden, masker } from "../../../actions/src/diagnostics/mask";

/** What generators and programs make of secrets: letters, digits and what stands between them. */
const characters = [..."abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_.:/+=!@#$%&*?~ ,\"'\\äß臺"];
const secretOf = (minLength: number, maxLength: number) =>
    fc
        .string({ unit: fc.constantFrom(...characters), minLength, maxLength })
        .filter(text => text === text.trim() && text.length >= minLength)
        .filter(text => !hidden.includes(text) && !text.includes(hidden));
const ordinary = fc.string({ unit: fc.constantFrom(...characters, "\n"), maxLength: 40 });

/** The ways in which a secret gets into a log or an object. */
const encodings: [string, (secret: string) => string][] = [
    ["in clear", secret => secret],
    ["in base64", secret => Buffer.from(secret).toString("base64")],
    [
        "in base64 without padding",
        secret => Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    ],
    ["in base64 for URLs", secret => Buffer.from(secret).toString("base64url")],
    ["in a URL", secret => encodeURIComponent(secret)],
    ["in JSON", secret => JSON.stringify(secret).slice(1, -1)],
];

describe("masking", () => {
    for (const [how, encode] of encodings) {
        it(`hides a secret of 8 characters or more ${how}, wherever it stands`, () => {
            fc.assert(
                fc.property(secretOf(8, 40), ordinary, ordinary, (secret, before, after) => {
                    const masked = masker([secret]).text(`${before}${encode(secret)}${after}`);
                    assert.ok(!masked.includes(encode(secret)), masked);
                    assert.ok(masked.includes(hidden), masked);
                }),
            );
        });
    }

    it("hides a shorter one as a word of its own, and leaves longer words alone", () => {
        const { text } = masker(["shop1", "abc"]);
        assert.equal(
            text("shop1 (shop1) myshop1 shop12 x_shop1 abc"),
            `${hidden} (${hidden}) myshop1 shop12 x_shop1 abc`,
        );
    });

    it("hides several, also one that is part of another", () => {
        fc.assert(
            fc.property(secretOf(8, 20), secretOf(8, 20), ordinary, (a, b, between) => {
                const secrets = [a, b, `${a}${b}`];
                const masked = masker(secrets).text(`${a}${b}${between}${b}${between}${a}`);
                // Nothing of what was hidden may be left over, but for what masks themselves read like.
                const rest = masked.replaceAll(hidden, "\u0000");
                assert.ok(
                    secrets.every(each => !rest.includes(each)),
                    masked,
                );
            }),
        );
    });

    it("hides them in values, however deep, and in keys", () => {
        const deep = fc.letrec(tie => ({
            value: fc.oneof(
                { maxDepth: 4 },
                fc.constant("SECRET"),
                fc.integer(),
                fc.constant(null),
                fc.array(tie("value"), { maxLength: 3 }),
                fc.dictionary(fc.constantFrom("a", "b", "SECRET"), tie("value"), { maxKeys: 3 }),
            ),
        })).value;
        fc.assert(
            fc.property(secretOf(8, 30), deep, (secret, value) => {
                const put = (each: unknown): unknown =>
                    typeof each === "string"
                        ? each.replace("SECRET", `x ${secret} y`)
                        : Array.isArray(each)
                          ? each.map(put)
                          : typeof each === "object" && each !== null
                            ? Object.fromEntries(
                                  Object.entries(each).map(([key, v]) => [put(key), put(v)]),
                              )
                            : each;
                const masked = JSON.stringify(masker([secret]).value(put(value)));
                assert.ok(!masked.includes(JSON.stringify(secret).slice(1, -1)), masked);
            }),
        );
    });

    it("changes nothing where there is no secret", () => {
        fc.assert(
            fc.property(
                fc.array(fc.constantFrom("Pod", "web-1", "is", "Running", "10.0.0.1:443")),
                words => {
                    const text = words.join(" ");
                    assert.equal(masker(["hunter2-hunter2", "tiger"]).text(text), text);
                },
            ),
        );
    });

    it("hides a secret of several lines line by line: logs print it like that", () => {
        const { text } = masker(["first line of a key\nsecond line of a key\n"]);
        assert.equal(text("> second line of a key <"), `> ${hidden} <`);
    });

    it("does not take what hides a secret for one", () => {
        const { text } = masker(["secret", "hunter2-hunter2"]);
        assert.equal(text("hunter2-hunter2, a secret"), `${hidden}, a ${hidden}`);
    });

    it("keeps names that everybody knows, although a Secret holds them", () => {
        const { text } = masker(["kasten-io", "database"], ["kasten-io"]);
        assert.equal(text("kasten-io/database"), `kasten-io/${hidden}`);
    });

    const looks: [string, string, string][] = [
        ["a receive string", `x bIzAPpoanm${"Ab1+/".repeat(60)} y`, `x ${hidden} y`],
        ["a token", "x eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl y", `x ${hidden} y`],
        ["an access key of AWS", "x AKIAIOSFODNN7EXAMPLE y", `x ${hidden} y`],
        ["keys in a URL", "https://user:pass@host/x", `https://${hidden}@host/x`],
        ["a header", "Authorization: Bearer abc.def", `Authorization: Bearer ${hidden}`],
        [
            "a private key",
            "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nx",
            `${hidden}\nx`,
        ],
        ["a private key that was cut off", "-----BEGIN PRIVATE KEY-----\nMHc", hidden],
    ];
    for (const [what, given, expected] of looks) {
        it(`hides ${what} by its looks`, () => {
            assert.equal(masker([]).text(given), expected);
        });
    }

    it("hides by key what nobody may read, and leaves out what repeats an object", () => {
        assert.deepEqual(
            masker([]).value({
                metadata: {
                    managedFields: [1],
                    annotations: {
                        "kubectl.kubernetes.io/last-applied-configuration": "{}",
                        a: "b",
                    },
                },
                exportParameters: {
                    receiveString: "short",
                    migrationToken: { name: "t", namespace: "n" },
                    profile: { name: "crossing" },
                },
                importParameters: { receiveString: "" },
                automountServiceAccountToken: false,
                credential: { secretType: "AwsAccessKey", secret: { name: "s3" } },
                keys: { aws_access_key_id: "a", aws_secret_access_key: "b", password: "c" },
            }),
            {
                metadata: { annotations: { a: "b" } },
                exportParameters: {
                    receiveString: hidden,
                    migrationToken: hidden,
                    profile: { name: "crossing" },
                },
                importParameters: { receiveString: "" },
                automountServiceAccountToken: false,
                credential: { secretType: "AwsAccessKey", secret: { name: "s3" } },
                keys: {
                    aws_access_key_id: hidden,
                    aws_secret_access_key: hidden,
                    password: hidden,
                },
            },
        );
    });
});
