/** kind.sh itself, with stand-ins for `docker` and `kind`; that the real ones answer so is shown by the lab suite. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { clusterName, KindWorld, owner } from "./support/kind";

const kubeconfig = `kubeconfig of ${clusterName}\n`;
const create = `kind create cluster --name ${clusterName} --image kindest/node:v1.36.1 --config - --wait 3m`;
const remove = `kind delete cluster --name ${clusterName}`;
const get = `kind get kubeconfig --name ${clusterName}`;
const ownerFiles = [
    "crossing",
    "crossing/.crossing",
    "crossing/.crossing/owners",
    `crossing/.crossing/owners/${clusterName}`,
];

describe("kind.sh", () => {
    let world: KindWorld;
    beforeEach(() => {
        world = new KindWorld();
    });
    afterEach(() => world.remove());

    /** An owner file as an earlier run wrote it. */
    const owned = (text = owner) => {
        mkdirSync(dirname(world.ownerFile), { recursive: true });
        writeFileSync(world.ownerFile, text);
        return world.ownerFile;
    };

    describe("create", () => {
        it("makes a cluster where there is none, and prints the kubeconfig alone", async () => {
            const { status, stdout, stderr } = await world.run("create");
            assert.equal(status, 0, stderr);
            assert.equal(stdout, kubeconfig);
            assert.equal(stderr, "Creating cluster\n");
            assert.deepEqual(world.changes(), [create, get]);
            world.assertQuestions();
        });

        it("says whose the nodes are before they are made, in a file that they mount", async () => {
            await world.run("create");
            assert.equal(readFileSync(world.ownerFile, "utf8"), owner);
            assert.equal(
                world.read("config"),
                `{"extraMounts":[{"hostPath":"${world.ownerFile}","containerPath":"/x"}]}`,
            );
        });

        it("lets every node mount that file: a node without it would not be known as ours", async () => {
            const node = '{"hostPath":"@OWNER_FILE@"}';
            await world.run("create", { KIND_CONFIG: `[${node},${node},${node}]` });
            const mounted = `{"hostPath":"${world.ownerFile}"}`;
            assert.equal(world.read("config"), `[${mounted},${mounted},${mounted}]`);
        });

        it("puts the nodes on the stack's own network", async () => {
            await world.run("create");
            assert.equal(world.read("network"), "crossing-test\n");
        });

        it("writes no kubeconfig, neither the user's nor any other, and leaves nothing but the owner file", async () => {
            const users = world.write("home/config", "the user's");
            await world.run("create", { KUBECONFIG: users });
            assert.equal(world.read("home/config"), "the user's");
            assert.equal(world.read("kubeconfig-leads-to"), "/dev/null\n");
            assert.deepEqual(world.leftovers(), [...ownerFiles, "config"]);
        });

        it("makes a half-made cluster of its own anew", async () => {
            world.node(`${clusterName}-control-plane`, owned());
            const { status, stdout, stderr } = await world.run("create");
            assert.equal(status, 0, stderr);
            assert.equal(stdout, kubeconfig);
            assert.equal(stderr, "Deleting cluster\nCreating cluster\n");
            assert.deepEqual(world.changes(), [remove, create, get]);
        });

        const foreign = `A kind cluster named \`${clusterName}\` exists that this stack did not make. Delete it, or set \`crossing:name\` to another name.\n`;

        /** The mounts of the nodes that are there, and what is left in the project. */
        const others: [string, () => string[], string[]][] = [
            ["mounts no owner file", () => [""], ["crossing"]],
            [
                "mounts the owner file of another stack",
                () => [world.write("other", "crossing/other/5e471e1")],
                ["crossing"],
            ],
            ["mounts an owner file that is gone", () => [world.path("gone")], ["crossing"]],
            ["is ours but for one node", () => [owned(), ""], ownerFiles],
        ];
        for (const [what, mounts, left] of others) {
            it(`leaves a cluster of its name as it is that ${what}`, async () => {
                mounts().forEach((mount, i) => world.node(`node-${i}`, mount));
                const nodes = world.files("nodes");
                assert.deepEqual(await world.run("create"), {
                    status: 1,
                    stdout: "",
                    stderr: foreign,
                });
                assert.deepEqual(world.changes(), []);
                assert.deepEqual(world.files("nodes"), nodes);
                assert.deepEqual(world.leftovers(), left);
            });
        }

        it("does not care for clusters of other names", async () => {
            world.node("kind-control-plane", "", "kind");
            assert.equal((await world.run("create")).status, 0);
            assert.deepEqual(world.changes(), [create, get]);
            assert.ok(world.files("nodes").includes("kind-control-plane"));
        });

        it("fails as kind fails, without a kubeconfig; the next run knows the remains as its own", async () => {
            const fails = world.write("kind-fails", "");
            assert.deepEqual(await world.run("create"), {
                status: 3,
                stdout: "",
                stderr: "Creating cluster\nERROR: failed to create cluster\n",
            });
            assert.deepEqual(world.leftovers(), ownerFiles);
            world.forget(fails);
            assert.equal((await world.run("create")).stdout, kubeconfig);
            assert.deepEqual(world.changes(), [create, remove, create, get]);
        });

        it("understands an owner file of any path", async () => {
            const odd = `a "quoted" & \\slashed #name`;
            await world.run("create", { OWNER_FILE: `${odd}/owners/o` });
            const { extraMounts } = JSON.parse(world.read("config")) as {
                extraMounts: { hostPath: string }[];
            };
            assert.equal(extraMounts[0]?.hostPath, `${world.project}/${odd}/owners/o`);
        });
    });

    describe("show", () => {
        it("prints the kubeconfig, and changes nothing", async () => {
            world.node(`${clusterName}-control-plane`, owned());
            assert.deepEqual(await world.run("show"), {
                status: 0,
                stdout: kubeconfig,
                stderr: "",
            });
            assert.deepEqual(world.changes(), [get]);
            assert.deepEqual(world.leftovers(), ownerFiles);
        });
    });

    describe("delete", () => {
        it("removes its own cluster and leaves nothing", async () => {
            await world.run("create");
            assert.deepEqual(await world.run("delete"), {
                status: 0,
                stdout: "",
                stderr: "Deleting cluster\n",
            });
            assert.deepEqual(world.changes(), [create, get, remove]);
            assert.deepEqual(world.files("nodes"), []);
            assert.deepEqual(world.leftovers(), ["crossing"]);
        });

        it("is content where there is no cluster", async () => {
            owned();
            assert.deepEqual(await world.run("delete"), { status: 0, stdout: "", stderr: "" });
            assert.deepEqual(world.changes(), []);
            assert.deepEqual(world.leftovers(), ["crossing"]);
        });

        it("keeps the folder of the owner files while another cluster has one there", async () => {
            await world.run("create");
            writeFileSync(`${dirname(world.ownerFile)}/crossing-test-target`, "other");
            await world.run("delete");
            assert.deepEqual(world.leftovers(), [
                ...ownerFiles.slice(0, 3),
                "crossing/.crossing/owners/crossing-test-target",
            ]);
        });

        it("touches nothing of a cluster that is not its own", async () => {
            world.node("node-0", "");
            owned();
            assert.deepEqual(await world.run("delete"), {
                status: 0,
                stdout: "",
                stderr: `The kind cluster \`${clusterName}\` is not of this stack: it stays as it is.\n`,
            });
            assert.deepEqual(world.changes(), []);
            assert.deepEqual(world.files("nodes"), ["node-0"]);
            assert.deepEqual(world.leftovers(), ownerFiles);
        });
    });

    describe("without", () => {
        for (const [missing, other] of [
            ["docker", "kind"],
            ["kind", "docker"],
        ] as const) {
            it(`\`${missing}\` says so, and makes nothing`, async () => {
                world.forget(world.path("bin", missing));
                assert.deepEqual(await world.run("create", {}, { alone: true }), {
                    status: 1,
                    stdout: "",
                    stderr: `\`${missing}\` is not on the PATH, and a kind cluster needs it: install it.\n`,
                });
                assert.deepEqual(world.files("bin"), [other]);
                assert.deepEqual(world.leftovers(), ["crossing"]);
            });
        }

        for (const verb of ["create", "show", "delete"]) {
            it(`an answer of Docker, ${verb} fails: it does not take silence for an empty world`, async () => {
                world.node(`${clusterName}-control-plane`, owned());
                world.write("docker-is-down", "");
                assert.deepEqual(await world.run(verb), {
                    status: 1,
                    stdout: "",
                    stderr: `Cannot connect to the Docker daemon.\nDocker does not answer, so that nobody knows of the kind cluster \`${clusterName}\`: start Docker and try again.\n`,
                });
                assert.deepEqual(world.changes(), []);
                assert.deepEqual(world.leftovers(), ownerFiles);
            });
        }
    });
});
