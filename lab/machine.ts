/** What of the lab's programs this machine has already. Nothing is built that exists and fits. */
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { tryRun } from "./exec.ts";
import { minorOf, type Kubernetes, versions } from "./versions.ts";

/** What the machine has of its own, or why it has nothing that fits. */
export interface Found {
    /** A path, or the name of an image. */
    found?: string;
    /** For people: the program and its version, or what is wrong with it. */
    why: string;
}

interface Tool {
    name: string;
    /** Arguments that make it tell its version. */
    version: string[];
    /** What fits, for people. */
    needed: string;
    fits(major: number, minor: number): boolean;
}

const pulumi: Tool = {
    name: "pulumi",
    version: ["version"],
    // Not older than the SDK in package.json, whose protocol it must speak.
    needed: `${minorOf(versions.pulumi)} or newer`,
    fits: (major, minor) => major === 3 && minor >= Number(versions.pulumi.split(".")[1]),
};

const kind: Tool = {
    name: "kind",
    version: ["version", "--quiet"],
    // Versions before 0.32 know neither Kubernetes 1.36 nor its kubeadm configuration.
    needed: "0.32 or newer",
    fits: (major, minor) => major > 0 || minor >= 32,
};

function kubectl({ version }: Kubernetes): Tool {
    const minor = Number(version.split(".")[1]);
    return {
        name: "kubectl",
        version: ["version", "--client"],
        needed: `1.${minor - 1} to 1.${minor + 1}`,
        fits: (major, other) => major === 1 && Math.abs(other - minor) <= 1,
    };
}

export const ownPulumi = () => find(pulumi);
export const ownKind = () => find(kind);
export const ownKubectl = (kubernetes: Kubernetes) => find(kubectl(kubernetes));

/** What runs Node.js programs for Pulumi. It comes with Pulumi, so one beside a Pulumi that does not fit does not count. */
export async function ownLanguageHost(): Promise<Found> {
    const { found: path, why } = await ownPulumi();
    if (path === undefined) {
        return { why };
    }
    const name = "pulumi-language-nodejs";
    const host = onPath(name, [dirname(realpathSync(path)), ...pathOfMachine()]);
    return host
        ? { found: host, why: `\`${host}\`` }
        : { why: `no \`${name}\` is beside \`${path}\`` };
}

/** A plugin that the user's Pulumi has downloaded, of exactly this version. */
export function ownPlugin(name: string, version: string): Found {
    const program = `pulumi-resource-${name}`;
    const path = join(pulumiHome(), "plugins", `resource-${name}-v${version}`, program);
    return existsSync(path)
        ? { found: path, why: `\`${path}\`` }
        : { why: `\`${path}\` is not there` };
}

/** The user's own Pulumi home, also where this process runs in the lab's environment. */
function pulumiHome(): string {
    const set = process.env["PULUMI_HOME"];
    return set && !set.endsWith("/.crossing/pulumi") ? set : join(homedir(), ".pulumi");
}

/** The folders of the PATH without those of any checkout's lab. */
export function pathOfMachine(): string[] {
    const entries = (process.env["PATH"] ?? "").split(delimiter);
    return entries.filter(entry => entry !== "" && !entry.endsWith("/.crossing/bin"));
}

async function find(tool: Tool): Promise<Found> {
    const path = onPath(tool.name, pathOfMachine());
    if (path === undefined) {
        return { why: `no \`${tool.name}\` is on the PATH` };
    }
    const text = await tryRun(path, tool.version);
    const match = /v?(\d+)\.(\d+)\.\d+/.exec(text ?? "");
    if (!match) {
        return { why: `\`${path}\` does not tell its version` };
    }
    const version = match[0].replace("v", "");
    return tool.fits(Number(match[1]), Number(match[2]))
        ? { found: path, why: `\`${path}\` ${version}` }
        : { why: `\`${path}\` is ${version}, and ${tool.needed} is needed` };
}

function onPath(name: string, folders: string[]): string | undefined {
    return folders.map(folder => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
    try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
    } catch {
        return false;
    }
}
