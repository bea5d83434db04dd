/**
 * The programs that the lab builds from their Go modules. Each graph is a folder below lab/go/ with a
 * go.mod that pins every version and a go.sum that is checked.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { contentKey } from "../keys.ts";
import { run, tryRun } from "../exec.ts";
import { built, repository } from "../paths.ts";
import type { Step } from "../steps.ts";
import { versions } from "../versions.ts";

interface Graph {
    /** The folder below lab/go/. */
    folder: string;
    /** What a person reads while it is built. */
    title: string;
    /** Seconds on 2 cores when nothing is cached, downloads included. */
    seconds: number;
    /** Program name → Go package. */
    programs: Record<string, string>;
    /** `-X` settings: what the programs say of their own version. */
    stamps: Record<string, string>;
    /** Further compiler flags for some packages. */
    gcflags?: string[];
}

const kubernetesStamp = {
    gitVersion: `v${versions.kubernetes}`,
    gitMajor: versions.kubernetes.split(".")[0],
    gitMinor: versions.kubernetes.split(".")[1],
    gitTreeState: "clean",
    gitCommit: versions.kubernetesCommit,
    buildDate: "1970-01-01T00:00:00Z",
};

export const graphs = {
    kubernetes: {
        folder: "kubernetes",
        title: `Kubernetes v${versions.kubernetes}, etcd, CoreDNS, kind, storage sidecars, Pulumi`,
        seconds: 660,
        programs: {
            "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
            "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
            "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
            "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
            kubeadm: "k8s.io/kubernetes/cmd/kubeadm",
            kubectl: "k8s.io/kubernetes/cmd/kubectl",
            kubelet: "k8s.io/kubernetes/cmd/kubelet",
            etcd: "go.etcd.io/etcd/server/v3",
            coredns: "./coredns",
            kind: "sigs.k8s.io/kind",
            pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            "csi-provisioner":
                "github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner",
            "csi-resizer": "github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer",
            "csi-snapshotter":
                "github.com/kubernetes-csi/external-snapshotter/v8/cmd/csi-snapshotter",
            "snapshot-controller":
                "github.com/kubernetes-csi/external-snapshotter/v8/cmd/snapshot-controller",
        },
        stamps: {
            // Without both, kubeadm, Helm and the kubelet see v0.0.0-master.
            ...prefixed("k8s.io/component-base/version", kubernetesStamp),
            ...prefixed("k8s.io/client-go/pkg/version", kubernetesStamp),
            "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${versions.pulumi}`,
        },
    },
    storage: {
        // In the same module graph, but by itself: it imports logrus by an old name that differs only in
        // case, which Go refuses to load together with the new one.
        folder: "kubernetes",
        title: "local-path-provisioner",
        seconds: 15,
        programs: { "local-path-provisioner": "github.com/rancher/local-path-provisioner" },
        stamps: {},
    },
    nodehost: {
        folder: "nodehost",
        title: "Pulumi's Node.js language host",
        seconds: 30,
        programs: {
            "pulumi-language-nodejs":
                "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        },
        stamps: {},
    },
    minio: {
        folder: "minio",
        title: "MinIO",
        seconds: 150,
        programs: { minio: "github.com/minio/minio" },
        stamps: { "github.com/minio/minio/cmd.ReleaseTag": versions.minio },
    },
    provider: {
        folder: "provider",
        title: `Pulumi's Kubernetes provider ${versions.pulumiKubernetes}`,
        seconds: 450,
        programs: { "pulumi-resource-kubernetes": "." },
        stamps: {
            "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version":
                versions.pulumiKubernetes,
        },
        // The generated SDK is large and runs once at start: optimising it is most of the build's time.
        gcflags: ["github.com/pulumi/pulumi-kubernetes/sdk/v4/...=-N -l -dwarf=false"],
    },
    csiSanity: {
        // No part of the lab: its test builds it when it is run.
        folder: "csi-sanity",
        title: "csi-sanity, the CSI project's own test of drivers",
        seconds: 40,
        programs: { "csi-sanity": "github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity" },
        stamps: {},
    },
    actionlint: {
        // No part of the lab: the test of the workflows builds it.
        folder: "actionlint",
        title: "actionlint, a linter of GitHub's workflows",
        seconds: 15,
        programs: { actionlint: "github.com/rhysd/actionlint/cmd/actionlint" },
        stamps: {},
    },
    tools: {
        folder: "tools",
        title: "the lab's small programs (container runtime wrapper, pause)",
        seconds: 5,
        programs: { "lab-runc": "./runc", pause: "./pause" },
        stamps: {},
    },
} satisfies Record<string, Graph>;

function prefixed(prefix: string, values: Record<string, string>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
    );
}

const environment = {
    ...process.env,
    CGO_ENABLED: "0",
    GOTOOLCHAIN: "local",
    // Settings of the machine must not change what is built.
    GOFLAGS: "",
    GOWORK: "off",
};

/** The folder that holds a graph's programs once they are built. */
export async function programs(graph: Graph): Promise<string> {
    const folder = join(repository, "lab", "go", graph.folder);
    const texts = [JSON.stringify(graph), flags(graph).join(" ")];
    return built(graph.folder, await contentKey(texts, [folder]));
}

/** The path of one program. */
export async function program(graph: Graph, name: string): Promise<string> {
    return join(await programs(graph), name);
}

function flags(graph: Graph): string[] {
    const stamps = Object.entries(graph.stamps).map(([name, value]) => `-X ${name}=${value}`);
    return [
        "-trimpath",
        "-buildvcs=false",
        // Kubernetes' and Pulumi's own build tags. grpcnotrace lets the linker drop unused methods.
        "-tags=selinux,notest,grpcnotrace,osusergo",
        // Nobody debugs these programs here; without debug data they compile faster and are smaller.
        "-gcflags=all=-dwarf=false",
        ...(graph.gcflags ?? []).map(flag => `-gcflags=${flag}`),
        `-ldflags=${["-s", "-w", ...stamps].join(" ")}`,
    ];
}

/** The name that `go build` gives a program: the last element of its path that is not a version. */
function defaultName(graph: Graph, path: string): string {
    const elements = path.split("/").filter(element => !/^(v\d+|\.)$/.test(element));
    return elements.at(-1) ?? graph.folder;
}

/** Builds all programs of a graph, with the share of compiled packages as progress. */
export function goStep(graph: Graph): Step {
    return {
        name: graph.title,
        seconds: graph.seconds,
        done: async () => existsSync(await programs(graph)),
        run: async ({ log, progress }) => {
            const cwd = join(repository, "lab", "go", graph.folder);
            const target = await programs(graph);
            const unfinished = `${target}.${process.pid}`;
            await mkdir(unfinished, { recursive: true });
            const entries = Object.entries(graph.programs);
            const list = [
                "list",
                "-deps",
                ...flags(graph).filter(flag => flag.startsWith("-tags")),
            ];
            const packages = await run("go", [...list, ...entries.map(([, path]) => path)], {
                cwd,
                env: environment,
                log,
            });
            const total = packages.split("\n").length;
            let compiled = 0;
            const onLine = () => progress(++compiled / total);
            // One call compiles and links all, with every core busy.
            await run(
                "go",
                [
                    "build",
                    "-v",
                    ...flags(graph),
                    ...["-o", `${unfinished}/`],
                    ...entries.map(([, path]) => path),
                ],
                { cwd, env: environment, log, onLine },
            );
            for (const [name, path] of entries) {
                await rename(join(unfinished, defaultName(graph, path)), join(unfinished, name));
            }
            await rm(target, { recursive: true, force: true });
            await rename(unfinished, target);
        },
    };
}

/** What `go` says of its version, for example `go1.26.8`; `undefined` where there is none. */
export function goVersion(): Promise<string | undefined> {
    return tryRun("go", ["env", "GOVERSION"], { env: environment });
}
