/** What `locations`, and what refers to them, may say. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { isClusterAddress, liesInSource } from "../../config/location-rules";
import { readLocationSecrets } from "../../config/location-secrets";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;
type Secrets = Record<string, unknown>;

function mistakes(values: Values, secrets: Secrets = {}, secretsSet: string[] = []): string[] {
    try {
        parse(values, secretsSet, JSON.stringify(secrets));
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
}

const keys = { accessKey: "AKIA", secretKey: "hunter2" };
const s3 = { type: "s3", bucket: "backups" };
const vbr = {
    type: "vbr",
    server: "vbr.example.com",
    repository: "Default Backup Repository",
    metadataLocation: "crossing",
};
const both = ["source", "target"];

describe("a location", () => {
    const opened: Record<string, Secrets> = {
        s3: keys,
        rgw: keys,
        cos: keys,
        azure: { storageKey: "hunter2" },
        gcs: { serviceAccount: "{}" },
        vbr: { username: "backup", password: "hunter2" },
    };
    const everywhere = (url: string) => ({ source: url, target: url, program: url });
    /** What is written, and what is made of it. */
    const table: [Values, Values][] = [
        [s3, { ...s3, sides: both, region: "us-east-1" }],
        [
            { ...s3, region: "eu-central-1", endpoint: "https://minio:9000", sides: ["source"] },
            {
                ...{ ...s3, region: "eu-central-1", sides: ["source"] },
                endpoint: everywhere("https://minio:9000"),
            },
        ],
        [
            {
                ...{ type: "rgw", bucket: "backups", protectionPeriod: "10 days" },
                endpoint: { source: "http://rgw.rook-ceph.svc", target: "https://rgw" },
            },
            {
                ...{ type: "rgw", bucket: "backups", region: "default", sides: both },
                protectionPeriod: "240h",
                endpoint: {
                    source: "http://rgw.rook-ceph.svc",
                    target: "https://rgw",
                    program: "http://rgw.rook-ceph.svc",
                },
            },
        ],
        [
            {
                type: "rgw",
                bucket: "backups",
                endpoint: { ...everywhere("http://a"), program: "http://b" },
            },
            {
                ...{ type: "rgw", bucket: "backups", region: "default", sides: both },
                endpoint: { ...everywhere("http://a"), program: "http://b" },
            },
        ],
        [
            { type: "cos", bucket: "backups-1250000000", region: "ap-guangzhou" },
            { type: "cos", bucket: "backups-1250000000", region: "ap-guangzhou", sides: both },
        ],
        [
            { type: "azure", container: "backups", account: "shop1" },
            { type: "azure", container: "backups", account: "shop1", sides: both },
        ],
        [
            { type: "gcs", bucket: "backups_1", project: "shop" },
            { type: "gcs", bucket: "backups_1", project: "shop", sides: both },
        ],
        [
            { type: "nfs", claimName: "backups" },
            { type: "nfs", claimName: "backups", sides: both, external: false },
        ],
        [vbr, { ...vbr, port: 9419, sides: both }],
    ];
    for (const [written, expected] of table) {
        it(`${JSON.stringify(written)} is accepted`, () => {
            const secrets = opened[String(written["type"])];
            const text = JSON.stringify(secrets ? { a: secrets } : {});
            assert.deepEqual(parse({ locations: { a: written } }, [], text).locations, {
                a: expected,
            });
        });
    }

    const url = "write a URL without a path, such as `https://s3.example.com`";
    const wrong: [Values, string][] = [
        [
            { a: { type: "ftp" } },
            "a.type` is `ftp`: use `s3`, `rgw`, `cos`, `azure`, `gcs`, `nfs` or `vbr`",
        ],
        [{ a: {} }, "a.type` is missing: use `s3`, `rgw`, `cos`, `azure`, `gcs`, `nfs` or `vbr`"],
        [
            { My_s3: s3 },
            "My_s3` is `My_s3`: use lower-case letters, digits and dashes, beginning and ending with a letter or digit",
        ],
        [
            { a: { ...s3, skipSSLVerify: true } },
            "a.skipSSLVerify` is not a key: remove it, or correct its name",
        ],
        [{ a: { ...s3, sides: [] } }, "a.sides` is `[]`: name `source`, `target` or both"],
        [{ a: { ...s3, sides: ["lab"] } }, "a.sides.0` is `lab`: use `source` or `target`"],
        [
            { a: { ...s3, sides: "source" } },
            "a.sides` is `source`: give a list of `source` and `target`",
        ],
        [{ a: { type: "s3" } }, "a.bucket` is missing: give the name of a bucket that exists"],
        [{ a: { ...s3, endpoint: "minio:9000" } }, `a.endpoint\` is \`minio:9000\`: ${url}`],
        [
            { a: { ...s3, endpoint: { source: "https://a" } } },
            "a.endpoint.target` is missing: give the store's URL as this cluster reaches it",
        ],
        [
            { a: { ...s3, endpoint: { source: "https://a", target: "b" } } },
            `a.endpoint.target\` is \`b\`: ${url}`,
        ],
        [
            { a: { type: "rgw", bucket: "backups" } },
            "a.endpoint` is missing: give the store's URL for `source` and for `target`",
        ],
        ...["10 hours", "0 days", "91 days", "240h"].map((period): [Values, string] => [
            { a: { ...s3, protectionPeriod: period } },
            `a.protectionPeriod\` is \`${period}\`: write \`1 day\` to \`90 days\``,
        ]),
        ...["backups", "backups-12", "Backups-1250000000"].map((bucket): [Values, string] => [
            { a: { type: "cos", region: "ap-guangzhou", bucket } },
            `a.bucket\` is \`${bucket}\`: give the bucket's whole name, which ends with the APPID, such as \`backups-1250000000\``,
        ]),
        [
            { a: { type: "cos", bucket: "backups-1250000000" } },
            "a.region` is missing: give the region of the bucket",
        ],
        [
            { a: { type: "cos", bucket: "backups-1250000000", region: "Guangzhou" } },
            "a.region` is `Guangzhou`: give a region such as `ap-guangzhou`",
        ],
        [
            { a: { type: "azure", account: "shop1", container: "back--ups" } },
            "a.container` is `back--ups`: use 3 to 63 lower-case letters, digits and single dashes",
        ],
        [
            { a: { type: "azure", account: "shop-1", container: "backups" } },
            "a.account` is `shop-1`: use 3 to 24 lower-case letters and digits",
        ],
        [
            { a: { type: "azure", account: "shop1", container: "backups", environment: "Azure" } },
            "a.environment` is `Azure`: use `AzureCloud`, `AzureChinaCloud` or `AzureUSGovernment`",
        ],
        [
            { a: { type: "gcs", bucket: "backups" } },
            "a.project` is missing: give the Google Cloud project",
        ],
        [
            { a: { type: "nfs" } },
            "a.claimName` is missing: give the name of a PersistentVolumeClaim in `kasten-io`",
        ],
        [
            { a: { ...vbr, server: "https://vbr" } },
            "a.server` is `https://vbr`: give a host name or an address, without a port",
        ],
        [{ a: { ...vbr, port: 0 } }, "a.port` is `0`: give at least 1"],
        [
            { a: { ...vbr, metadataLocation: undefined } },
            "a.metadataLocation` is missing: name the location for all that is no volume, which VBR does not take: `crossing` is the store",
        ],
    ];
    for (const [locations, rest] of wrong) {
        it(`${JSON.stringify(locations)} is a mistake`, () => {
            assert.deepEqual(mistakes({ locations }), [`\`crossing:locations.${rest}.`]);
        });
    }
});

describe("the certificates of an authority of one's own", () => {
    let folder: string;
    const file = (content: string) => {
        const path = join(folder, "ca.pem");
        writeFileSync(path, content);
        return path;
    };
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "crossing-test-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const [one = "", two = ""] = rootCertificates;
    const locations = (path: string) => ({ locations: { a: { ...s3, caFile: path } } });

    it("are all those of the file, and nothing else that is in it", () => {
        const path = file(`# ours\n${one}\n-----BEGIN PRIVATE KEY-----\nhunter2\n${two}\n`);
        const { a } = parse(locations(path), [], JSON.stringify({ a: keys })).locations;
        assert.ok(a?.type === "s3");
        assert.equal(a.caFile, `${one}\n${two}\n`);
    });

    it("belong to an existing store, too", () => {
        const endpoint = { source: "https://s3", target: "https://s3" };
        const store = { type: "existing", bucket: "backups", endpoint, caFile: file(one) };
        const found = parse({ store }, ["storeAccessKey", "storeSecretKey"]).store;
        assert.ok(found.type === "existing");
        assert.equal(found.caFile, `${one}\n`);
    });

    it("have to be there", () => {
        const of = (path: string, rest: string) =>
            assert.deepEqual(mistakes(locations(path), { a: keys }), [
                `\`crossing:locations.a.caFile\` is \`${path}\`: ${rest}.`,
            ]);
        of(
            join(folder, "none.pem"),
            "the file does not exist, give the path of a PEM file, relative to the folder of Pulumi.yaml",
        );
        of(
            folder,
            "the file cannot be read (EISDIR), give the path of a PEM file, relative to the folder of Pulumi.yaml",
        );
        of(file("hunter2"), "the file holds no certificate, give one in PEM form");
        of(
            file(`${one}\n-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n`),
            "certificate 2 of the file cannot be read, give a PEM file of certificates",
        );
    });

    it("do not go with those that K10 is given by hand", () => {
        const values = { ...locations(file(one)), k10: { values: { cacertconfigmap: {} } } };
        assert.deepEqual(mistakes(values, { a: keys }), [
            "`crossing:k10.values.cacertconfigmap` takes the place of the certificates in `caFile`: put its certificates into one of those files, and remove it.",
        ]);
        assert.deepEqual(mistakes({ k10: { values: { cacertconfigmap: {} } } }), []);
    });
});

describe("the secrets of locations", () => {
    const locations = parse(
        { locations: { a: s3, g: { type: "gcs", bucket: "backups", project: "p" } } },
        [],
        JSON.stringify({ a: keys, g: { serviceAccount: "{}" } }),
    ).locations;
    const set = (path: string) =>
        `set it by \`pulumi config set --secret --path crossing:locationSecrets${path}\`.`;
    const key = (path: string) => `\`crossing:locationSecrets.${path}\``;
    const good = { a: keys, g: { serviceAccount: "{}" } };

    it("are those that the types need", () => {
        assert.deepEqual(readLocationSecrets(locations, JSON.stringify(good)), {
            secrets: good,
            mistakes: [],
        });
        assert.deepEqual(readLocationSecrets({}, undefined), { secrets: {}, mistakes: [] });
    });

    const whole = `\`crossing:locationSecrets\` is no JSON object with a key for each location: ${set(".<location>.<field>")}`;
    const table: [string, string | undefined, string[]][] = [
        ["no JSON", "hunter2", [whole]],
        ["a list", '["hunter2"]', [whole]],
        [
            "not set",
            undefined,
            [
                `${key("a.accessKey")} is missing, which a location of type \`s3\` needs: ${set(".a.accessKey")}`,
                `${key("a.secretKey")} is missing, which a location of type \`s3\` needs: ${set(".a.secretKey")}`,
                `${key("g.serviceAccount")} is missing, which a location of type \`gcs\` needs: ${set(".g.serviceAccount")}`,
            ],
        ],
        [
            "of a location that is not there",
            JSON.stringify({ ...good, b: { accessKey: "hunter2" } }),
            [
                `${key("b")} belongs to no location: remove it, or add \`b\` to \`crossing:locations\`.`,
            ],
        ],
        [
            "no fields",
            JSON.stringify({ ...good, a: "hunter2" }),
            [`${key("a")} has no keys with values: ${set(".a.<field>")}`],
        ],
        [
            "a field too many",
            JSON.stringify({ ...good, a: { ...keys, token: "hunter2" } }),
            [`${key("a.token")} is no secret of a location of type \`s3\`: remove it.`],
        ],
        [
            "a field that is no text",
            JSON.stringify({ ...good, a: { ...keys, secretKey: ["hunter2"] } }),
            [`${key("a.secretKey")} is no text: ${set(".a.secretKey")}`],
        ],
        [
            "a service account that is none",
            JSON.stringify({ ...good, g: { serviceAccount: "hunter2" } }),
            [
                `${key("g.serviceAccount")} is no JSON object: give the contents of the service account's key file.`,
            ],
        ],
    ];
    for (const [what, text, expected] of table) {
        it(`are told what is wrong without a value: ${what}`, () => {
            const found = readLocationSecrets(locations, text);
            assert.deepEqual(found.mistakes, expected);
            assert.doesNotMatch(found.mistakes.join(), /hunter2/);
        });
    }
});

describe("locations and what refers to them", () => {
    const secrets = { a: keys, v: { username: "backup", password: "hunter2" } };
    const of = (values: Values, given: Secrets, ...expected: string[]) =>
        assert.deepEqual(mistakes(values, given), expected);

    it("have other names than the store's profile", () => {
        of(
            { locations: { crossing: { type: "nfs", claimName: "c" } } },
            {},
            "`crossing:locations.crossing` has the name of the store's profile: choose another name.",
        );
    });

    it("keep the metadata of VBR where metadata can be", () => {
        const { v } = secrets;
        const wrong = (name: string, allowed: string) =>
            `\`crossing:locations.v.metadataLocation\` is \`${name}\`, which is no location that takes metadata: name one of ${allowed}.`;
        const named = (metadataLocation: string) => ({ ...vbr, metadataLocation });
        of({ locations: { v: vbr } }, { v });
        of({ locations: { v: named("a"), a: s3 } }, secrets);
        of({ locations: { v: named("v") } }, { v }, wrong("v", "`crossing`"));
        of({ locations: { v: named("b"), a: s3 } }, secrets, wrong("b", "`crossing`, `a`"));
        of(
            { locations: { v: named("a"), a: { ...s3, sides: ["source"] } } },
            secrets,
            "`crossing:locations.v.metadataLocation` is `a`, which has no profile on the target: add `target` to `crossing:locations.a.sides`.",
        );
    });

    it("are exported to by a name that both sides know", () => {
        const { a } = secrets;
        of({ exportLocation: "crossing" }, {});
        of({ exportLocation: "a", locations: { a: s3 } }, { a });
        of({ exportLocation: "v", locations: { v: vbr } }, { v: secrets.v });
        of(
            { exportLocation: "b", locations: { v: vbr } },
            { v: secrets.v },
            "`crossing:exportLocation` is `b`, which is no location: name one of `crossing`, `v`.",
        );
        of(
            { exportLocation: "a", locations: { a: { ...s3, sides: ["target"] } } },
            { a },
            "`crossing:exportLocation` is `a`, which has no profile on the source: add `source` to `crossing:locations.a.sides`.",
        );
    });

    it("hold K10's own backup only where it outlives the source cluster", () => {
        const key = "`crossing:k10.disasterRecovery.location`";
        const k10 = (location?: string) => ({ k10: { disasterRecovery: { location } } });
        assert.deepEqual(parse({ k10: { disasterRecovery: {} } }, []).k10.disasterRecovery, {
            location: "crossing",
            frequency: "@daily",
            catalogSnapshot: false,
        });
        const nfs = { type: "nfs", claimName: "c" };
        of({ ...k10("n"), locations: { n: { ...nfs, external: true } } }, {});
        of(
            { ...k10("n"), locations: { n: nfs } },
            {},
            `${key} is \`n\`, which goes with the source cluster that it is to save: set \`crossing:locations.n.external: true\` if its share lies outside, or name another location.`,
        );
        of(
            { ...k10("a"), locations: { a: { ...s3, endpoint: "http://minio.minio.svc:9000" } } },
            { a: keys },
            `${key} is \`a\`, which goes with the source cluster that it is to save: name a location outside.`,
        );
        of(
            { ...k10("a"), locations: { a: { ...s3, sides: ["target"] } } },
            { a: keys },
            `${key} is \`a\`, which has no profile on the source: add \`source\` to \`crossing:locations.a.sides\`.`,
        );
        of(
            { ...k10("v"), locations: { v: vbr } },
            { v: secrets.v },
            `${key} is \`v\`, which is no location that takes K10's own data: name one of \`crossing\`.`,
        );
        of(
            { k10: { disasterRecovery: { frequency: "@onDemand" } } },
            {},
            "`crossing:k10.disasterRecovery.frequency` is `@onDemand`: use `@hourly`, `@daily`, `@weekly`, `@monthly` or `@yearly`.",
        );
        assert.deepEqual(mistakes({}, {}, ["disasterRecoveryPassphrase"]), [
            "`crossing:disasterRecoveryPassphrase` is of no use without `crossing:k10.disasterRecovery` or `crossing:k10.recovery`: add one of them, or remove it.",
        ]);
    });

    it("bring K10 back from the backup of a lost cluster, with what that was sealed with", () => {
        const clusterId = "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0";
        const recovery = { location: "crossing", clusterId };
        const passphrase = ["disasterRecoveryPassphrase"];
        const key = "`crossing:k10.recovery.location`";
        const told = (values: Values, ...more: string[]) =>
            mistakes({ k10: { recovery: { ...recovery, ...values } } }, {}, [
                ...(more.length > 0 ? more : passphrase),
            ]);
        assert.deepEqual(parse({ k10: { recovery } }, passphrase).k10.recovery, {
            ...recovery,
            skip: ["secrets", "profiles"],
        });
        assert.deepEqual(told({ point: "p", skip: [] }), []);
        const needed =
            "`crossing:k10.recovery` needs what the backup was sealed with: set the secret `crossing:disasterRecoveryPassphrase` to output `disasterRecoveryPassphrase` of the lost cluster's stack.";
        assert.deepEqual(told({ location: "b" }, "receiveString"), [
            `${key} is \`b\`, which is no location that takes K10's own data: name one of \`crossing\`.`,
            needed,
        ]);
        const at = (location: string, of: Values) =>
            mistakes(
                { k10: { recovery: { ...recovery, location } }, locations: { [location]: of } },
                { a: keys, v: secrets.v },
                passphrase,
            ).filter(each => each.includes("recovery"));
        assert.deepEqual(at("v", vbr), [
            `${key} is \`v\`, which is no location that takes K10's own data: name one of \`crossing\`.`,
        ]);
        assert.deepEqual(at("a", { ...s3, sides: ["target"] }), [
            `${key} is \`a\`, which has no profile on the source: add \`source\` to \`crossing:locations.a.sides\`.`,
        ]);
        assert.deepEqual(told({ clusterId: "lost" }), [
            "`crossing:k10.recovery.clusterId` is `lost`: give the UID of namespace `default` of the lost cluster.",
        ]);
        assert.deepEqual(told({ skip: ["policies"] }), [
            "`crossing:k10.recovery.skip.0` is `policies`: use `secrets` or `profiles`.",
        ]);
        // A target has no use for it.
        assert.deepEqual(
            mistakes({ role: "target", sourceStack: "o/p/s", k10: { recovery } }).filter(each =>
                each.includes("recovery"),
            ),
            [],
        );
    });

    it("protect only what is in a bucket with object lock", () => {
        const minio = { type: "minio", protectionPeriod: "3 days" };
        of(
            { store: minio },
            {},
            "`crossing:store.protectionPeriod` needs a bucket with object lock: add `crossing:store.objectLock: true`.",
        );
        of({ store: { ...minio, objectLock: true } }, {});
    });

    it("lie in the source cluster if only that one knows their address", () => {
        for (const [url, inside] of [
            ["http://minio.minio.svc:9000", true],
            ["http://minio.minio.svc.cluster.local", true],
            ["https://localhost:9000", true],
            ["https://s3.example.com", false],
            ["http://172.30.77.200:9000", false],
            ["https://minio.svc.example.com", false],
        ] as const) {
            assert.equal(isClusterAddress(url), inside, url);
        }
        const endpoint = { source: "http://minio.minio.svc:9000", target: "https://minio" };
        const settings = parse({ store: { type: "existing", bucket: "backups", endpoint } }, [
            "storeAccessKey",
            "storeSecretKey",
        ]);
        assert.equal(liesInSource(settings, "crossing"), true);
        assert.equal(liesInSource(parse({}, []), "crossing"), false);
    });

    it("lie in the source cluster if their MinIO runs there", () => {
        const minio = (cluster: string, more = {}) => ({
            store: { type: "minio-in-cluster", cluster, ...more },
        });
        const inSource = minio("source", { allowSource: true });
        assert.equal(liesInSource(parse(inSource, []), "crossing"), true);
        assert.equal(liesInSource(parse(minio("target"), []), "crossing"), false);
        const k10 = { disasterRecovery: {} };
        of(
            { ...inSource, k10 },
            {},
            "`crossing:k10.disasterRecovery.location` is `crossing`, which goes with the source cluster that it is to save: name a location outside.",
        );
        of({ ...minio("target"), k10 }, {});
    });
});
