/**
 * No secret of a stack stands in clear in what it leaves behind or shows: its state with history and backups, what
 * Pulumi prints, previews, diagnostics, arguments and environment of processes, temporary files. Of the environment the
 * passphrase is left out, which the user sets.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lab/exec.ts";
import { local, prefix, repository } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import {
    filesBelow,
    findSecrets,
    needlesOf,
    secretsOfKubeconfig,
    Watch,
    type Place,
    type Secrets,
} from "./secrets.ts";
import { changes, env, inEngine } from "./support.ts";

/** Secrets of the configuration, by names of their own: made up, so that nothing else is equal to them. */
const planted = Object.fromEntries(
    [
        ...["key of a location", "passphrase of K10", "password of a registry"],
        ...["disasterRecoveryPassphrase", "value of K10's chart"],
    ].map(each => [each, randomBytes(18).toString("hex")]),
);

/** By keys of the configuration, in the form that each wants. */
const configured = {
    locationSecrets: JSON.stringify({ azure: { storageKey: planted["key of a location"] } }),
    k10EncryptionPassphrase: planted["passphrase of K10"],
    k10ImagePullSecret: JSON.stringify({
        auths: {
            "registry.example.com": {
                auth: Buffer.from(`crossing:${planted["password of a registry"]}`).toString(
                    "base64",
                ),
            },
        },
    }),
    disasterRecoveryPassphrase: planted["disasterRecoveryPassphrase"],
    "k10.values.genericStorageBackup.token": planted["value of K10's chart"],
};

describe("secrets of a crossing", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-secrets");
    const stack = new LabStack("lab-secrets");
    const ofStack = ["--stack", stack.name];
    const temporary = process.env["TMPDIR"];
    let folder: string;
    let config: Config;
    let needles: ReturnType<typeof needlesOf>;
    let seen: Place[];

    const pulumi = (...args: string[]) => run("pulumi", args, { cwd: repository, env });
    const found = (places: Place[]) => findSecrets(needles, places);

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "crossing-secrets-"));
        await mkdir(join(folder, "tmp"));
        // Of Pulumi, and of all that it starts.
        process.env["TMPDIR"] = env["TMPDIR"] = join(folder, "tmp");
        const lab = await labConfig();
        config = {
            ...lab,
            name,
            network: { subnet: await subnet(1) },
            diagnostics: { folder: join(folder, "diagnostics") },
            // The stand-in looks at its shape and asks nobody.
            locations: { azure: { type: "azure", container: "backups", account: "crossing" } },
            k10: { ...(lab["k10"] as object), disasterRecovery: {} },
        };
        await configure();
    });
    after(async () => {
        await stack.remove();
        assert.deepEqual(await inEngine(name), []);
        delete env["TMPDIR"];
        delete process.env["TMPDIR"];
        Object.assign(process.env, temporary === undefined ? {} : { TMPDIR: temporary });
        await rm(folder, { recursive: true });
    });

    async function configure(more: Config = {}): Promise<void> {
        await stack.configure({ ...config, ...more });
        for (const [key, value] of Object.entries(configured)) {
            await stack.secret(key, value);
        }
    }

    /** All that is secret of the stack: what its outputs hold, and what its clusters and this checkout hold besides. */
    async function secrets(): Promise<Secrets> {
        // The receive strings of all applications are here the one of the only one; the record of K10's own backup holds
        // its passphrase.
        const all = (await stack.secretOutputs()) as Record<string, string>;
        const { receiveStrings: _, disasterRecovery: __, ...outputs } = all;
        const { sourceKubeconfig, targetKubeconfig } = outputs;
        const database = await new TestCluster(sourceKubeconfig).core.readNamespacedSecret({
            ...{ name: "database", namespace: "shop" },
        });
        const password = Buffer.from(database.data?.["PASSWORD"] ?? "", "base64").toString();
        return {
            ...outputs,
            ...secretsOfKubeconfig("source", sourceKubeconfig),
            ...secretsOfKubeconfig("target", targetKubeconfig),
            ...planted,
            "database password": password,
            passphrase: await readFile(join(local, "passphrase"), "utf8"),
        };
    }

    it("are known, and found where they are to be seen", async () => {
        // Pulumi itself is given the one by whoever runs it, and gives the other to the program, with the secrets in it.
        const own = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG"];
        const watch = new Watch(join(folder, "tmp"), own);
        try {
            await stack.up();
            assert.deepEqual(changes(await stack.refresh()), {});
        } finally {
            seen = await watch.stop();
        }
        const known = await secrets();
        assert.deepEqual(Object.keys(known).sort(), [
            "database password",
            "disasterRecoveryPassphrase",
            "key of a location",
            "passphrase",
            "passphrase of K10",
            "password of a registry",
            "receiveString",
            "source client-key",
            "source client-key-data",
            "sourceKubeconfig",
            "storeAccessKey",
            "storeSecretKey",
            "target client-key",
            "target client-key-data",
            "targetKubeconfig",
            "value of K10's chart",
        ]);
        needles = needlesOf(known);
        // A scan that is blind would find none here, either.
        const shown = await pulumi("stack", "output", "--json", "--show-secrets", ...ofStack);
        const names = new Set(
            found([{ place: "shown", text: shown }]).map(each =>
                each.replace(/^shown: | (in|as) \S+( \S+)?$/g, ""),
            ),
        );
        assert.deepEqual(
            [...names].filter(each => each in (known as object)).sort(),
            Object.keys(known)
                .filter(each => !/ password$|^passphrase$| of /.test(each))
                .sort(),
        );
    });

    it("stand in no state, nor in its history and backups, after a refresh too", async () => {
        const files = await filesBelow(join(local, "state"));
        const ours = files.filter(({ place }) => place.includes(stack.name));
        for (const kind of ["stacks", "history", "backups"]) {
            assert.ok(
                ours.some(({ place }) => place.startsWith(join(".pulumi", kind))),
                `no file of ${kind}`,
            );
        }
        assert.deepEqual(found(files), []);
    });

    it("stand in nothing that Pulumi printed, and in nothing that it keeps of a run", async () => {
        assert.ok(stack.log.join("").includes("verification"));
        assert.deepEqual(found([{ place: "log", text: stack.log.join("") }]), []);
        // Programs of plugins are not ours to read.
        const skip = (path: string) => ["plugins", "bin"].includes(path);
        assert.deepEqual(found(await filesBelow(join(local, "pulumi"), skip)), []);
        const files = await filesBelow(repository, path => !/^Pulumi\.[^/]*yaml$/.test(path));
        assert.ok(files.some(({ place }) => place === `Pulumi.${stack.name}.yaml`));
        assert.deepEqual(found(files), []);
    });

    it("stood in no argument, no environment and no temporary file of what ran meanwhile", () => {
        const places = seen.map(({ place }) => place);
        for (const place of ["arguments of pulumi", "arguments of node", "arguments of kind"]) {
            assert.ok(places.includes(place), `${place} have not been seen`);
        }
        assert.ok(places.some(place => place.startsWith("environment of kind: OWNER")));
        assert.ok(places.some(place => place.startsWith("temporary file ")));
        // Pulumi's Kubernetes provider gives Helm its kubeconfig by a file that it does not take away, for its owner alone.
        const ofProvider = /^temporary file kubeconfig\d+$/;
        const ours = seen.filter(({ place }) => !ofProvider.test(place));
        assert.deepEqual(found(ours), []);
    });

    it("stand in no preview, of nothing and of another run, as text, with differences and as JSON", async () => {
        for (const runId of ["1", "2"]) {
            await configure({ runId });
            for (const more of [[], ["--diff"], ["--json"]]) {
                const text = await pulumi("preview", "--non-interactive", ...more, ...ofStack);
                assert.ok(text.length > 100, text);
                assert.deepEqual(found([{ place: `preview ${more.join()}`, text }]), []);
            }
        }
        for (const command of [["output"], ["output", "--json"], ["export"]]) {
            const text = await pulumi("stack", ...command, ...ofStack);
            assert.deepEqual(found([{ place: command.join(" "), text }]), []);
        }
    });

    it("stand neither in what a failure says nor in its diagnostics", async () => {
        const message = await stack.failingUp();
        assert.match(message, /Namespace `shop` exists on the target/);
        assert.match(message, / Diagnostics: /);
        const bundle = await filesBelow(join(folder, "diagnostics"));
        const paths = bundle.map(({ place }) => place);
        for (const part of [/failure\.txt$/, /\/k10\/.*json$/i, /\/logs\//, /\/namespaces\//]) {
            assert.ok(
                paths.some(path => part.test(path)),
                `no ${part.source} in\n${paths.join("\n")}`,
            );
        }
        assert.deepEqual(found([{ place: "message", text: message }, ...bundle]), []);
        // The exports of this run have hand-offs of their own.
        const { receiveString } = (await stack.secretOutputs()) as Record<string, string>;
        const newest = needlesOf({ receiveString });
        const state = await stack.state();
        assert.deepEqual(findSecrets(newest, [{ place: "state", text: state }, ...bundle]), []);
    });

    it("stand in no diagnostics that are asked for", async () => {
        const asked = join(folder, "asked");
        const text = await run(
            process.execPath,
            ["actions/dist/diagnostics/main.js", ...ofStack, "--folder", asked],
            { cwd: repository, env },
        );
        const bundle = await filesBelow(asked);
        assert.ok(bundle.length > 20, `${bundle.length} files`);
        assert.deepEqual(found([{ place: "output", text }, ...bundle]), []);
    });
});
