/** probe.sh itself, with a stand-in for curl, in this machine's shell. In the Job's own shell: the lab suite. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ProbeWorld } from "./support/probe";

const object = "http://store:9000/backups/crossing-probe-source-store-x7k2p";
const error = (code: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>x</Message></Error>`;

describe("probe.sh", () => {
    let world: ProbeWorld;
    beforeEach(() => {
        world = new ProbeWorld();
    });
    afterEach(() => world.remove());

    it("looks for the store, then puts, gets and deletes an object", async () => {
        assert.deepEqual(await world.run(), {
            status: 0,
            stdout: "put, got and deleted an object in bucket backups at http://store:9000\n",
            stderr: "",
        });
        assert.deepEqual(world.lines("requests"), [
            "GET http://store:9000/",
            `PUT ${object}`,
            `GET ${object}`,
            `DELETE ${object}`,
        ]);
        assert.equal(world.read(world.log), "");
    });

    it("asks curl to sign, and gives it the keys where no other process sees them", async () => {
        await world.run();
        const content = "crossing probe source-store-x7k2p";
        const hash = createHash("sha256").update(content).digest("hex");
        assert.deepEqual(world.lines("arguments-2"), [
            ...["--config", "-", "--silent", "--show-error", "--max-time", "10"],
            ...["--request", "PUT", "--data-raw", content],
            ...["--aws-sigv4", "aws:amz:eu-central-1:s3"],
            ...["--header", `x-amz-content-sha256: ${hash}`],
            ...["--output", world.path("tmp", "answer"), "--write-out", "%{http_code}"],
            object,
        ]);
        for (const number of [1, 2, 3, 4]) {
            // A bucket with a default retention takes no object without the hash.
            const md5 = createHash("md5").update(content).digest("base64");
            const header = number === 2 ? `header = "Content-MD5: ${md5}"\n` : "";
            assert.equal(world.read(`input-${number}`), `user = "AKIA:hunter2"\n${header}`);
            assert.doesNotMatch(world.read(`arguments-${number}`), /AKIA|hunter2/);
        }
    });

    it("gives curl keys of any characters", async () => {
        await world.run({ ACCESS_KEY: `a"b`, SECRET_KEY: "c\\d%s $e `f` 'g'" });
        assert.equal(world.read("input-1"), `user = "a\\"b:c\\\\d%s $e \`f\` 'g'"\n`);
    });

    it("trusts the certificates that it is given beside the known ones", async () => {
        world.write("known.pem", "known\n");
        const env = { CERTIFICATES: "own 1\nown 2\n", CURL_CA_BUNDLE: world.path("known.pem") };
        assert.equal((await world.run(env)).status, 0);
        const line = `cacert = "${world.path("tmp", "ca.pem")}"`;
        for (const number of [1, 2, 3, 4]) {
            assert.deepEqual(world.lines(`input-${number}`).slice(0, 2), [
                ...['user = "AKIA:hunter2"', line],
            ]);
        }
        assert.deepEqual(world.lines("tmp/ca.pem").filter(Boolean), ["known", "own 1", "own 2"]);
    });

    it("trusts them alone where there are no known ones", async () => {
        const env = { CERTIFICATES: "own\n", CURL_CA_BUNDLE: world.path("none.pem") };
        assert.equal((await world.run(env)).status, 0);
        assert.deepEqual(world.lines("tmp/ca.pem").filter(Boolean), ["own"]);
    });

    it("shows the keys nowhere", async () => {
        world.answer(2, 403, error("SignatureDoesNotMatch"));
        const { stdout, stderr } = await world.run();
        const everywhere = [stdout, stderr, world.read(world.log)].join();
        assert.match(everywhere, /refuses the keys/);
        assert.doesNotMatch(everywhere, /AKIA|hunter2/);
    });

    const keys = "correct crossing:storeAccessKey and crossing:storeSecretKey.";
    const store = "The store at http://store:9000";
    const refused = "curl: (7) Failed to connect to store port 9000: Connection refused";
    /** The number of the request, the answer to it, and what is made of it. */
    const table: [string, number, [number, string?], string][] = [
        [
            "an access key that it does not know",
            2,
            [403, error("InvalidAccessKeyId")],
            `${store} refuses the keys (InvalidAccessKeyId): ${keys}`,
        ],
        [
            "a secret key that is wrong",
            2,
            [403, error("SignatureDoesNotMatch")],
            `${store} refuses the keys (SignatureDoesNotMatch): ${keys}`,
        ],
        [
            "a user who may not write",
            2,
            [403, error("AccessDenied")],
            `${store} does not allow to put an object in bucket backups (AccessDenied): give its user the right to.`,
        ],
        [
            "a user who may not read",
            3,
            [403, error("AccessDenied")],
            `${store} does not allow to get an object in bucket backups (AccessDenied): give its user the right to.`,
        ],
        [
            "a user who may not delete",
            4,
            [403, error("AccessDenied")],
            `${store} does not allow to delete an object in bucket backups (AccessDenied): give its user the right to.`,
        ],
        [
            "no such bucket",
            2,
            [404, error("NoSuchBucket")],
            `${store} has no bucket backups: make it, or correct crossing:store.bucket.`,
        ],
        [
            "an error of S3 that is rare",
            2,
            [507, error("XMinioStorageFull")],
            `${store} answers HTTP 507 XMinioStorageFull to the attempt to put an object in bucket backups.`,
        ],
        [
            "what is no S3 at all",
            2,
            [404, "<html>Not Found</html>"],
            `${store} answers HTTP 404 to the attempt to put an object in bucket backups.`,
        ],
        [
            "another object than was put",
            3,
            [200, "something else"],
            `${store} gives back another object than was put into bucket backups.`,
        ],
        [
            "a success that is none: an object that is still there",
            4,
            [200],
            `${store} answers HTTP 200 to the attempt to delete an object in bucket backups.`,
        ],
    ];
    for (const [what, number, [status, body], sentence] of table) {
        it(`explains a store that answers with ${what}`, async () => {
            world.answer(number, status, body);
            assert.deepEqual(await world.run(), {
                status: 1,
                stdout: `${sentence}\n`,
                stderr: "",
            });
            assert.equal(world.read(world.log), `${sentence}\n`);
            assert.equal(world.lines("requests").length, number);
        });
    }

    it("explains a store that goes away in the middle, whatever it answered before", async () => {
        world.answer(2, "000", refused);
        const { status, stdout } = await world.run();
        assert.equal(status, 1);
        assert.equal(
            stdout,
            `${store} stopped answering at the attempt to put an object in bucket backups (${refused}): look why, and try again.\n`,
        );
        assert.equal(world.read(world.log), stdout);
    });

    it("gives a store that has just been started a moment", async () => {
        world.answer(1, "000", refused);
        world.answer(2, 503, error("XMinioServerNotInitialized"));
        const { status, stdout } = await world.run();
        assert.equal(status, 0);
        assert.equal(
            stdout,
            [
                `waiting for the store: ${refused}`,
                "waiting for the store: HTTP 503",
                "put, got and deleted an object in bucket backups at http://store:9000",
                "",
            ].join("\n"),
        );
        assert.deepEqual(world.lines("sleeps"), ["1", "1"]);
    });

    for (const [what, answer, why] of [
        ["that is not there", "000", refused],
        ["that does not get ready", "503", "HTTP 503"],
    ] as const) {
        it(`gives up a store ${what} after 30 tries, and says where to look`, async () => {
            for (let number = 1; number <= 31; number++) {
                world.answer(number, answer, answer === "000" ? refused : "");
            }
            const { status, stdout } = await world.run();
            const sentence = `${store} cannot be reached from inside this cluster (${why}): start it, or correct crossing:store.endpoint.`;
            assert.equal(status, 1);
            assert.deepEqual(stdout.trimEnd().split("\n"), [
                ...Array.from({ length: 29 }, () => `waiting for the store: ${why}`),
                sentence,
            ]);
            assert.equal(world.read(world.log), `${sentence}\n`);
            assert.equal(world.lines("requests").length, 30);
            assert.equal(world.lines("sleeps").length, 29);
        });
    }

    it("writes its message and two scratch files, and nothing else", async () => {
        world.answer(2, 404, error("NoSuchBucket"));
        await world.run();
        const noted = /^(requests|count|answer-\d+|input-\d+|arguments-\d+|probe\.sh|bin|bin\/.*)$/;
        assert.deepEqual(
            world.files(".").filter(file => !noted.test(file)),
            ["home", world.log, "tmp", "tmp/answer", "tmp/error"].sort(),
        );
    });
});
