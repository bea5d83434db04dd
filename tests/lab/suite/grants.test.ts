/**
 * An application that asks for a user id of its own: OpenShift's rules refuse it, the failure says which grant it takes,
 * and with that grant it crosses. K10 and OpenShift are stand-ins; the admission, as far as it goes, is OpenShift's.
 */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../lab/exec.ts";
import { local, prefix, repository } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { changes, docker, env } from "./support.ts";

describe("an application that needs a grant", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-grants");
    const stack = new LabStack("lab-grants");
    const folder = join(local, "grants");
    const kubeconfig = (side: string) => join(folder, `${side}.kubeconfig`);
    const kubectl = (side: string, ...args: string[]) =>
        run("kubectl", ["--kubeconfig", kubeconfig(side), ...args], { env });
    const rbac = "rbac.authorization.k8s.io";
    const binding = "crossing:scc:nonroot-v2:runner";
    let config: Config;
    let target: TestCluster;

    before(async () => {
        const lab = await labConfig();
        const { image } = lab["store"] as { image: string };
        const { nodeImage } = lab["source"] as { nodeImage: string };
        const images = lab["images"] as { postgres: string; node: string };
        await mkdir(folder, { recursive: true });
        await docker("network", "create", "--subnet", await subnet(2), name);
        await Promise.all(
            ["source", "target"].map(side =>
                run(
                    "kind",
                    [
                        ...["create", "cluster", "--name", `${name}-${side}`, "--wait", "3m"],
                        ...["--image", nodeImage, "--kubeconfig", kubeconfig(side)],
                    ],
                    { env: { ...env, KIND_EXPERIMENTAL_DOCKER_NETWORK: name } },
                ),
            ),
        );
        target = new TestCluster(await readFile(kubeconfig("target"), "utf8"));
        await run("kind", ["load", "docker-image", image, "--name", `${name}-target`], { env });
        await rules(images.node);
        await application(images.postgres);
        config = {
            ...{ images, name, applications: [{ namespace: "fixed" }] },
            k10: { ...(lab["k10"] as object), values: { standIn: { workloadReadySeconds: 15 } } },
            source: { type: "existing", kubeconfig: ".crossing/grants/source.kubeconfig" },
            target: {
                ...{ type: "existing", platform: "openshift" },
                kubeconfig: ".crossing/grants/target.kubeconfig",
            },
            store: { type: "minio-in-cluster", cluster: "target", image, storage: "256Mi" },
        };
    });
    after(async () => {
        await stack.remove();
        for (const side of ["source", "target"]) {
            await run("kind", ["delete", "cluster", "--name", `${name}-${side}`], { env });
        }
        await docker("network", "rm", name);
        await rm(folder, { recursive: true });
    });

    /** OpenShift's admission on the target, as somebody's own cluster has it. */
    async function rules(image: string): Promise<void> {
        const print = join(repository, "rehearsal", "dist", "print.js");
        const file = join(folder, "rules.json");
        await writeFile(file, await run(process.execPath, [print, image], { env }));
        // The first time makes the new kind known, the second one its objects.
        const apply = () => kubectl("target", "apply", "--server-side", "-f", file);
        await apply().catch(() => undefined);
        await apply();
        await kubectl(
            ...(["target", "wait", "deployments", "--all", "--for=condition=Available"] as const),
            ...["--timeout=3m", "--namespace", "openshift-rehearsal"],
        );
    }

    /** What runs on the source, where nobody minds. */
    async function application(image: string): Promise<void> {
        const labels = { app: "worker" };
        const items = [
            { apiVersion: "v1", kind: "Namespace", metadata: { name: "fixed" } },
            { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "runner" } },
            {
                ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "worker" } },
                spec: {
                    selector: { matchLabels: labels },
                    template: {
                        metadata: { labels },
                        spec: {
                            serviceAccountName: "runner",
                            securityContext: { runAsUser: 4_711, runAsNonRoot: true },
                            containers: [{ name: "worker", image, command: ["sleep", "86400"] }],
                        },
                    },
                },
            },
        ].map(item => ({
            ...item,
            metadata: {
                ...item.metadata,
                ...(item.kind !== "Namespace" && { namespace: "fixed" }),
            },
        }));
        const file = join(folder, "application.json");
        await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
        await kubectl("source", "apply", "-f", file);
        await kubectl(
            ...(["source", "wait", "deployment/worker", "--for=condition=Available"] as const),
            ...["--timeout=2m", "--namespace", "fixed"],
        );
    }

    it("is refused, and the failure names the grant", async () => {
        await stack.configure(config);
        const message = await stack.failingUp();
        const failure = message.split("\n").find(line => /Restore `fixed.* failed/.test(line));
        assert.match(
            failure ?? message,
            /Restore `fixed\/restore-fixed-1-1` failed after \d+s: .*unable to validate against any security context constraint.*, then run `pulumi up` again.* The least that lets this pod in is `crossing:grants: \[\{ application: fixed, serviceAccount: runner, scc: nonroot-v2 \}\]`\./,
        );
        assert.deepEqual(await target.constraints("fixed"), []);
    });

    it("crosses with that grant, and only its ServiceAccount has it", async () => {
        await stack.configure({
            ...config,
            grants: [{ application: "fixed", serviceAccount: "runner", scc: "nonroot-v2" }],
        });
        await stack.up();
        const outputs = await stack.outputs();
        assert.equal((outputs["verification"] as { status: string }).status, "passed");
        const { fixed } = outputs["applications"] as Record<string, { grants: unknown }>;
        assert.deepEqual(fixed?.grants, [
            { roleBinding: binding, scc: "nonroot-v2", serviceAccount: "runner" },
        ]);
        assert.deepEqual(await target.constraints("fixed"), ["nonroot-v2"]);
        assert.deepEqual(await target.names(rbac, "rolebindings", "fixed"), [binding]);
    });

    it("is left as it is by a second `up`", async () => {
        assert.deepEqual(changes(await stack.up()), {});
    });

    it("keeps its namespace when the stack goes, but not the grant", async () => {
        await stack.destroy();
        assert.deepEqual(await target.names(rbac, "rolebindings", "fixed"), []);
        assert.deepEqual(await target.names("apps", "deployments", "fixed"), ["worker"]);
    });
});
