/** Puts plugins where Pulumi looks for plugins: the user's own, stand-ins for those that the user does not have. */
import { mkdir, readFile, readlink, rename, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownPlugin } from "../machine.ts";
import type { Planned } from "../steps.ts";

/** The folder names of Pulumi's plugins carry the version of the npm package that asks for them. */
export const standIns = [
    { name: "random", version: "4.21.1" },
    { name: "command", version: "1.2.1" },
    { name: "docker", version: "5.2.0" },
];

/**
 * Makes Pulumi with this `PULUMI_HOME` find `random`, `command` and `docker`. What is in place already stays as it is.
 * @param own finds plugins that the user has
 */
export async function installPlugins(pulumiHome: string, own = ownPlugin): Promise<void> {
    await Promise.all(
        standIns.map(async ({ name, version }) => {
            const path = pluginPath(pulumiHome, name, version);
            const { found } = own(name, version);
            await (found === undefined ? write(path, script(name)) : linkPlugin(path, found));
        }),
    );
}

/** Which plugins will be the user's own. */
export function planPlugins(): Planned[] {
    return standIns.map(({ name, version }) => {
        const { found, why } = ownPlugin(name, version);
        const kind = found === undefined ? "a stand-in" : "the machine's own";
        return {
            step: `Pulumi's plugin ${name} ${version}`,
            ...{ todo: false, why: `${kind}: ${why}`, seconds: 0 },
        };
    });
}

/** Where Pulumi with this `PULUMI_HOME` looks for a plugin. */
export function pluginPath(pulumiHome: string, name: string, version: string): string {
    const folder = `resource-${name}-v${version}`;
    return join(pulumiHome, "plugins", folder, `pulumi-resource-${name}`);
}

function script(name: string): string {
    const program = fileURLToPath(new URL(`${name}/main.ts`, import.meta.url));
    return [
        "#!/bin/sh",
        `# Stand-in for Pulumi's ${name} provider, made by the lab.`,
        `exec ${quoted(process.execPath)} --disable-warning=ExperimentalWarning ${quoted(program)} "$@"`,
        "",
    ].join("\n");
}

function quoted(path: string): string {
    return `'${path.replaceAll("'", `'\\''`)}'`;
}

async function write(path: string, content: string): Promise<void> {
    if ((await readFile(path, "utf8").catch(() => undefined)) !== content) {
        await replace(path, draft => writeFile(draft, content, { mode: 0o755 }));
    }
}

/** Lets a plugin be the program at `target`. */
export async function linkPlugin(path: string, target: string): Promise<void> {
    if ((await readlink(path).catch(() => undefined)) !== target) {
        await replace(path, draft => symlink(target, draft));
    }
}

/** Renamed into place, so that a Pulumi that runs already never sees half of it. */
async function replace(path: string, make: (draft: string) => Promise<void>): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}.draft`;
    await make(draft);
    await rename(draft, path);
}
