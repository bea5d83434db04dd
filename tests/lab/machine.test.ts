/** Nothing is built that exists: the lab's own plan, on machines that are made of stand-ins for programs. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../lab/paths.ts";
import type { Planned } from "../../lab/steps.ts";
import { kubernetesVersions, minorOf, versions } from "../../lab/versions.ts";

const run = promisify(execFile);

describe("up --dry-run", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "machine-"));
        await mkdir(join(folder, "bin"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const path = (name: string) => join(folder, "bin", name);
    const program = (name: string, script: string) =>
        writeFile(path(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    /** Docker, kind, Pulumi and kubectl as they tell their versions; an engine with these images. */
    const laptop = async (tools: Record<string, string>, images: string[] = []) => {
        const inspected = images.map(image => `"image inspect"*" ${image}") ;;`);
        await program(
            "docker",
            [
                `case "$1 $2 $3 $4 $5" in`,
                `"version --format"*) echo 28.5.1 ;;`,
                ...inspected,
                `*) exit 1 ;;`,
                `esac`,
            ].join("\n"),
        );
        await program("go", "echo go1.26.8");
        for (const [name, version] of Object.entries(tools)) {
            await program(name, `echo "${version}"`);
        }
    };
    const plugin = async (name: string, version: string) => {
        const home = join(folder, ".pulumi", "plugins", `resource-${name}-v${version}`);
        await mkdir(home, { recursive: true });
        await writeFile(join(home, `pulumi-resource-${name}`), "");
        return join(home, `pulumi-resource-${name}`);
    };
    /** The whole plan but for the kernel's limit, which is this machine's. */
    const plan = async (...more: string[]): Promise<Planned[]> => {
        const { stdout } = await run(
            process.execPath,
            ["lab/main.ts", "up", "--dry-run", "--json", "--kubernetes", "1.36", ...more],
            {
                cwd: repository,
                env: {
                    PATH: join(folder, "bin"),
                    HOME: folder,
                    CROSSING_LAB_CACHE: join(folder, "cache"),
                },
            },
        );
        const planned = JSON.parse(stdout) as Planned[];
        return planned.filter(({ step }) => step !== "inotify instances");
    };
    const todo = (planned: Planned[]) => planned.filter(each => each.todo).map(each => each.step);
    const why = (planned: Planned[]) =>
        Object.fromEntries(planned.map(each => [each.step, each.why]));

    const fitting = {
        pulumi: "v3.259.0",
        kind: "0.32.0",
        kubectl: "Client Version: v1.35.1\nKustomize Version: v5.7.1",
        "pulumi-language-nodejs": "",
    };
    /** What every machine needs that has no images of the lab yet. */
    const always = [
        "the lab's small programs (container runtime wrapper, pause)",
        "Kubernetes v1.36.2",
        "etcd, CoreDNS, storage sidecars, snapshot-controller",
        "local-path-provisioner",
        "CRDs of snapshots",
    ];
    const images = [
        "Debian package mmdebstrap",
        "Debian root of the containers (PostgreSQL, MariaDB, nginx, HAProxy, curl)",
        "Debian root of the nodes",
    ];
    const node = "node image of Kubernetes v1.36.2 with all images of the crossing";

    it("a machine with everything builds none of it", async () => {
        await laptop(fitting, [versions.minioImage]);
        const paths = {
            provider: await plugin("kubernetes", "4.25.0"),
            random: await plugin("random", "4.21.1"),
            command: await plugin("command", "1.2.1"),
            docker: await plugin("docker", "5.2.0"),
        };
        const planned = await plan();
        assert.deepEqual(todo(planned), [...always, ...images, node]);
        const reasons = why(planned.filter(each => !each.todo));
        assert.deepEqual(reasons, {
            kind: `the machine's own: \`${path("kind")}\` 0.32.0`,
            "Pulumi 3.259.0": `the machine's own: \`${path("pulumi")}\` 3.259.0`,
            "Pulumi's Node.js language host": `the machine's own: \`${path("pulumi-language-nodejs")}\``,
            MinIO: `the machine's own: \`${versions.minioImage}\``,
            "Pulumi's Kubernetes provider 4.25.0": `the machine's own: \`${paths.provider}\``,
            "Debian package docker.io": "a Docker engine answers",
            "Docker engine": "answers",
            "image of MinIO": `the machine's own: \`${versions.minioImage}\``,
            "Pulumi's plugin random 4.21.1": `the machine's own: \`${paths.random}\``,
            "Pulumi's plugin command 1.2.1": `the machine's own: \`${paths.command}\``,
            "Pulumi's plugin docker 5.2.0": `the machine's own: \`${paths.docker}\``,
        });
    });

    it("what is too old is built, and the reason is said", async () => {
        await laptop({ ...fitting, pulumi: "v3.250.1", kind: "0.31.0" });
        const unfitting = await plugin("kubernetes", "4.24.0");
        const planned = await plan();
        assert.deepEqual(todo(planned), [
            ...always,
            "kind",
            "Pulumi 3.259.0",
            "Pulumi's Node.js language host",
            "MinIO",
            "Pulumi's Kubernetes provider 4.25.0",
            ...images,
            "image of MinIO",
            node,
        ]);
        const reasons = why(planned);
        const pulumi = `not built yet; \`${path("pulumi")}\` is 3.250.1, and 3.259 or newer is needed`;
        assert.equal(
            reasons["kind"],
            `not built yet; \`${path("kind")}\` is 0.31.0, and 0.32 or newer is needed`,
        );
        assert.equal(reasons["Pulumi 3.259.0"], pulumi);
        assert.equal(reasons["Pulumi's Node.js language host"], pulumi);
        assert.equal(
            reasons["MinIO"],
            `not built yet; the engine does not have \`${versions.minioImage}\``,
        );
        assert.equal(
            reasons["Pulumi's Kubernetes provider 4.25.0"],
            `not built yet; \`${unfitting.replace("4.24.0", "4.25.0")}\` is not there`,
        );
    });

    it("a machine without any of it builds all, with stand-ins for three plugins", async () => {
        const planned = await plan();
        assert.deepEqual(
            planned.filter(each => !each.todo).map(({ step, why }) => `${step}: ${why}`),
            [
                // Where a dockerd is installed, none has to be.
                ...(existsSync("/usr/sbin/dockerd") ? ["Debian package docker.io: installed"] : []),
                ...["random 4.21.1", "command 1.2.1", "docker 5.2.0"].map(name => {
                    const [plugin, version] = name.split(" ");
                    const file = `resource-${plugin}-v${version}/pulumi-resource-${plugin}`;
                    return `Pulumi's plugin ${name}: a stand-in: \`${folder}/.pulumi/plugins/${file}\` is not there`;
                }),
            ],
        );
        assert.equal(why(planned)["kind"], "not built yet; no `kind` is on the PATH");
    });

    it("what does not tell its version does not count", async () => {
        await laptop({ ...fitting, kind: "kind" });
        assert.equal(
            why(await plan())["kind"],
            `not built yet; \`${path("kind")}\` does not tell its version`,
        );
    });

    it("a Pulumi without its language host gets one", async () => {
        await laptop(fitting);
        await rm(path("pulumi-language-nodejs"));
        const planned = await plan();
        assert.ok(!todo(planned).includes("Pulumi 3.259.0"));
        assert.equal(
            why(planned)["Pulumi's Node.js language host"],
            `not built yet; no \`pulumi-language-nodejs\` is beside \`${path("pulumi")}\``,
        );
    });

    it("the other checkouts' tools do not count as the machine's", async () => {
        const other = join(folder, ".crossing", "bin");
        await mkdir(other, { recursive: true });
        await writeFile(join(other, "kind"), "#!/bin/sh\necho 0.32.0\n", { mode: 0o755 });
        const { stdout } = await run(
            process.execPath,
            ["lab/main.ts", "up", "--dry-run", "--json"],
            {
                cwd: repository,
                env: { PATH: other, HOME: folder, CROSSING_LAB_CACHE: join(folder, "cache") },
            },
        );
        assert.equal(
            why(JSON.parse(stdout) as Planned[])["kind"],
            "not built yet; no `kind` is on the PATH",
        );
    });

    it("changes nothing", async () => {
        await laptop(fitting);
        await plan();
        assert.equal(existsSync(join(folder, "cache")), false);
    });

    it("of another minor builds that one's Kubernetes and node image", async () => {
        await laptop(fitting, [versions.minioImage]);
        await plugin("kubernetes", "4.25.0");
        const [small, , ...rest] = always;
        assert.deepEqual(todo(await plan("--kubernetes", "1.35")), [
            ...[small, "Kubernetes v1.35.8", ...rest, ...images],
            "node image of Kubernetes v1.35.8 with all images of the crossing",
        ]);
    });

    it("a minor that the lab does not have is an error that names those that it has", async () => {
        await assert.rejects(plan("--kubernetes", "1.20"), {
            stderr: "The lab has no Kubernetes `1.20`: choose one of `1.36`, `1.35` by `--kubernetes`.\n",
        });
    });
}).timeout(60_000);

describe("versions", () => {
    for (const { version, folder } of kubernetesVersions) {
        it(`Kubernetes ${version} is what lab/go/${folder} pins, with all its parts`, async () => {
            const file = await readFile(join(repository, "lab", "go", folder, "go.mod"), "utf8");
            assert.match(file, new RegExp(`k8s\\.io/kubernetes v${version}( |$)`, "m"));
            const parts = file.matchAll(/^\tk8s\.io\/(\S+) => k8s\.io\/\1 v(\S+)$/gm);
            const others = [...parts]
                .filter(
                    ([, name, part]) =>
                        part !== version.replace("1.", "0.") && !name?.startsWith("sample-"),
                )
                .map(([line]) => line);
            assert.deepEqual(others, []);
        });
    }

    it("of Kubernetes are one for each minor, and the first is the default", () => {
        const minors = kubernetesVersions.map(({ version }) => minorOf(version));
        assert.deepEqual(minors, ["1.36", "1.35"]);
    });

    it("MinIO's image is the one that stacks use by default", async () => {
        const schema = await readFile(join(repository, "config", "schema.ts"), "utf8");
        assert.ok(schema.includes(`"${versions.minioImage}"`));
    });
});
