/** The programs that people call: the machine's own where they fit, otherwise those that the lab built. */
import { copyFile, link, mkdir, rm, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { program } from "./build/go.ts";
import { graphs, kubernetesGraph } from "./build/graphs.ts";
import { ownKind, ownKubectl, ownLanguageHost, ownPulumi, pathOfMachine } from "./machine.ts";
import { local, repository } from "./paths.ts";
import type { Kubernetes } from "./versions.ts";

/** Links to the tools of this checkout. First on the PATH of everything that the lab runs. */
const bin = join(local, "bin");

/** Puts links to the tools into the checkout, and gives the PATH that finds them. */
export async function linkTools(kubernetes: Kubernetes): Promise<string> {
    await rm(bin, { recursive: true, force: true });
    await mkdir(bin, { recursive: true });
    await linkPulumi();
    const { found: kind } = await ownKind();
    const { found: kubectl } = await ownKubectl(kubernetes);
    await place("kind", kind ?? (await program(graphs.kind, "kind")));
    await place("kubectl", kubectl ?? (await program(kubernetesGraph(kubernetes), "kubectl")));
    await place("node", process.execPath);
    return [bin, ...pathOfMachine()].join(delimiter);
}

async function linkPulumi(): Promise<void> {
    const { found: pulumi } = await ownPulumi();
    if (pulumi !== undefined) {
        await place("pulumi", pulumi);
    } else {
        // Pulumi looks beside its own file, not beside a link to it, for what runs programs.
        const built = await program(graphs.pulumi, "pulumi");
        const path = join(bin, "pulumi");
        await link(built, path).catch(() => copyFile(built, path));
    }
    if ((await ownLanguageHost()).found === undefined) {
        const host = "pulumi-language-nodejs";
        await place(host, await program(graphs.nodehost, host));
        const dynamic = "pulumi-resource-pulumi-nodejs";
        await place(dynamic, join(repository, "node_modules", "@pulumi", "pulumi", dynamic));
    }
}

const place = (name: string, path: string) => symlink(path, join(bin, name));
