/** The programs that people call: the machine's own where they fit, otherwise those that the lab built. */
import { copyFile, link, mkdir, rm, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { graphs, program } from "./build/go.ts";
import { tryRun } from "./exec.ts";
import { local, repository } from "./paths.ts";
import { versions } from "./versions.ts";

/** Links to the tools of this checkout. First on the PATH of everything that the lab runs. */
export const bin = join(local, "bin");

interface Tool {
    name: string;
    /** How it tells its version. */
    version: string[];
    fits(major: number, minor: number): boolean;
}

const kubernetesMinor = Number(versions.kubernetes.split(".")[1]);

const tools: Tool[] = [
    {
        name: "pulumi",
        version: ["version"],
        // Not older than the SDK in package.json, whose protocol it must speak.
        fits: (major, minor) => major === 3 && minor >= Number(versions.pulumi.split(".")[1]),
    },
    {
        name: "kind",
        version: ["version", "--quiet"],
        // Versions before 0.32 know neither Kubernetes 1.36 nor its kubeadm configuration.
        fits: (major, minor) => major > 0 || minor >= 32,
    },
    {
        name: "kubectl",
        version: ["version", "--client"],
        fits: (major, minor) => major === 1 && Math.abs(minor - kubernetesMinor) <= 1,
    },
];

/** The path of the machine's own tool, if there is one that fits. */
async function own(tool: Tool): Promise<string | undefined> {
    const PATH = pathWithoutOurs();
    const env = { ...process.env, PATH };
    const path = await tryRun("sh", ["-c", `command -v ${tool.name}`], { env });
    const text = path ? await tryRun(path, tool.version, { env }) : undefined;
    const match = /v?(\d+)\.(\d+)\.\d+/.exec(text ?? "");
    return match && tool.fits(Number(match[1]), Number(match[2])) ? path : undefined;
}

function pathWithoutOurs(): string {
    const entries = (process.env["PATH"] ?? "").split(delimiter);
    return entries.filter(entry => entry !== bin).join(delimiter);
}

/** Puts links to the tools into the checkout, and gives the PATH that finds them. */
export async function linkTools(): Promise<string> {
    await rm(bin, { recursive: true, force: true });
    await mkdir(bin, { recursive: true });
    for (const tool of tools) {
        const found = await own(tool);
        await symlink(found ?? (await program(graphs.kubernetes, tool.name)), join(bin, tool.name));
        if (tool.name === "pulumi" && !found) {
            // Pulumi looks beside its own file, not beside a link to it, for what runs programs.
            const pulumi = await program(graphs.kubernetes, tool.name);
            await rm(join(bin, tool.name));
            await link(pulumi, join(bin, tool.name)).catch(() =>
                copyFile(pulumi, join(bin, tool.name)),
            );
            const host = "pulumi-language-nodejs";
            await symlink(await program(graphs.nodehost, host), join(bin, host));
            const dynamic = "pulumi-resource-pulumi-nodejs";
            const sdk = join(repository, "node_modules", "@pulumi", "pulumi");
            await symlink(join(sdk, dynamic), join(bin, dynamic));
        }
    }
    await symlink(process.execPath, join(bin, "node"));
    return [bin, pathWithoutOurs()].join(delimiter);
}
