/** The lab suite's scan for secrets finds what is planted, wherever it is, and nothing where there is nothing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { filesBelow, findSecrets, needlesOf, secretsOfKubeconfig, Watch } from "./suite/secrets.ts";

const password = 'hunter2+"ö/?&';
const key = [
    "-----BEGIN EC PRIVATE KEY-----",
    "MHcCAQEEIPlantedPlantedPlantedPlantedPlantedPlantedPlantedPlant1",
    "oAoGCCqGSM49PlantedPlantedPlantedPlantedPlantedPlantedPlantedPl2",
    "-----END EC PRIVATE KEY-----",
    "",
].join("\n");
const needles = needlesOf({ password, key });
const bytes = (text: string) => Buffer.from(text).toString("latin1");
const found = (text: string) => findSecrets(needles, [{ place: "here", text: bytes(text) }]);
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a scan for secrets", () => {
    it("finds one in clear, as JSON has it, and in a URL", () => {
        assert.deepEqual(found(`it is ${password}.`), ["here: password in clear"]);
        assert.deepEqual(found(JSON.stringify({ password })), ["here: password as JSON"]);
        assert.deepEqual(found(`http://u:${encodeURIComponent(password)}@host`), [
            "here: password in a URL",
        ]);
    });

    it("finds one in base64, wherever in the encoded text it begins and ends", () => {
        for (let before = 0; before < 6; before++) {
            for (let after = 0; after < 4; after++) {
                const text = base64(`${"x".repeat(before)}${password}${"y".repeat(after)}`);
                assert.deepEqual(found(text), ["here: password in base64"], `${before} ${after}`);
            }
        }
        const url = Buffer.from(`>>>${password}???`).toString("base64url");
        assert.deepEqual(found(url), ["here: password in base64"]);
    });

    it("finds a key by any line of it, but for those that all keys have", () => {
        const [begin, first, second, end] = key.split("\n");
        assert.deepEqual(found(`  ${first}`), ["here: key in clear"]);
        assert.deepEqual(found(`${second}\n`), ["here: key in clear"]);
        assert.deepEqual(found(base64(`x${second}`)), ["here: key in base64"]);
        assert.deepEqual(found(`${begin}\n${end}`), []);
    });

    it("finds nothing where there is nothing, and no part of a secret", () => {
        assert.deepEqual(found(""), []);
        assert.deepEqual(found("hunter hunter2 [secret]"), []);
        assert.deepEqual(found(base64("hunter2")), []);
    });

    it("says each place and form once, sorted, and never the secret", () => {
        const places = [
            { place: "b", text: `${key} ${key}` },
            { place: "a", text: bytes(password) },
        ];
        const sentences = findSecrets(needles, [...places, ...places]);
        assert.deepEqual(sentences, ["a: password in clear", "b: key in clear"]);
        assert.doesNotMatch(sentences.join(), /hunter2|Planted/);
    });

    it("does not pass for a secret that it cannot look for", () => {
        for (const secret of ["", "  short ", "1234567"]) {
            assert.throws(() => needlesOf({ ok: password, pin: secret }), {
                message: "secret pin has fewer than 8 characters",
            });
        }
    });

    it("takes from a kubeconfig what is secret of it: keys in both forms, tokens and passwords", () => {
        const kubeconfig = JSON.stringify({
            clusters: [{ name: "c", cluster: { "certificate-authority-data": "public" } }],
            users: [
                { name: "a", user: { "client-key-data": base64(key), token: "t0ken-of-a" } },
                { name: "b", user: { username: "b", password } },
            ],
        });
        assert.deepEqual(secretsOfKubeconfig("source", kubeconfig), {
            "source client-key-data": base64(key),
            "source token": "t0ken-of-a",
            "source password": password,
            "source client-key": key,
        });
    });
});

describe("a scan of files", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "crossing-scan-"));
        mkdirSync(join(folder, "deep", "er"), { recursive: true });
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("reads all of them, packed ones and the ends of links too", async () => {
        writeFileSync(join(folder, "state.json"), JSON.stringify({ password }));
        writeFileSync(join(folder, "deep", "er", "history.json.gz"), gzipSync(password));
        writeFileSync(join(folder, "deep", "clean"), "nothing");
        symlinkSync(`/nowhere/${password.replaceAll("/", "")}`, join(folder, "link"));
        const files = await filesBelow(folder);
        assert.deepEqual(
            files.map(({ place }) => place),
            ["deep/clean", "deep/er/history.json.gz", "link", "state.json"],
        );
        assert.deepEqual(findSecrets(needles, files), [
            "deep/er/history.json.gz: password in clear",
            "state.json: password as JSON",
        ]);
        const linked = needlesOf({ link: password.replaceAll("/", "") });
        assert.deepEqual(
            findSecrets(linked, [{ place: "link", text: bytes(files[2].text) }]).length,
            1,
        );
    });

    it("leaves out what it is told to, with all below it", async () => {
        writeFileSync(join(folder, "deep", "er", "a"), password);
        writeFileSync(join(folder, "b"), password);
        const files = await filesBelow(folder, path => path === "deep");
        assert.deepEqual(
            files.map(({ place }) => place),
            ["b"],
        );
    });

    it("finds nothing in a folder that is not there", async () => {
        assert.deepEqual(await filesBelow(join(folder, "gone")), []);
    });
});

describe("a watch", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "crossing-watch-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** Runs a program below another one while a watch looks, and gives what is found in what it saw. */
    async function watched(args: string[], env: Record<string, string>, meanwhile = () => {}) {
        const watch = new Watch(folder, ["PASSPHRASE"], 10);
        const script = 'sleep 30 & trap "kill $!" TERM; wait';
        const child = spawn(
            "sh",
            ["-c", `sh -c '${script}' "$@" & trap "kill $!" TERM; wait`, ...args],
            {
                env: { PATH: process.env["PATH"], ...env },
            },
        );
        const ended = new Promise(resolve => child.once("close", resolve));
        try {
            const before = watch.looks;
            while (watch.looks < before + 5) {
                await sleep(20);
            }
            meanwhile();
            const then = watch.looks;
            while (watch.looks < then + 3) {
                await sleep(20);
            }
        } finally {
            child.kill("SIGTERM");
            await ended;
        }
        return findSecrets(needles, await watch.stop());
    }

    it("sees the arguments of processes, at any depth", async () => {
        assert.deepEqual(await watched(["name", password], {}), [
            "arguments of sh: password in clear",
        ]);
    });

    it("sees their environment, but for what is secret by its nature", async () => {
        const found = await watched([], { PASSPHRASE: password, OTHER: base64(password) });
        assert.deepEqual(
            found.filter(each => !each.includes("sleep")),
            ["environment of sh: OTHER: password in base64"],
        );
    });

    it("sees temporary files that are gone by its end, and what becomes of one", async () => {
        const file = join(folder, "kubeconfig");
        writeFileSync(file, "nothing yet");
        const found = await watched([], {}, () => writeFileSync(file, key));
        assert.deepEqual(found, ["temporary file kubeconfig: key in clear"]);
    });

    it("sees nothing where there is nothing", async () => {
        writeFileSync(join(folder, "clean"), "nothing");
        assert.deepEqual(await watched(["clean"], { OTHER: "clean" }), []);
    });
});
