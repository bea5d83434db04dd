/** Puts the stand-in plugins where Pulumi looks for plugins. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder names of Pulumi's plugins carry the version of the npm package that asks for them. */
export const standIns = [
    { name: "random", version: "4.21.1" },
    { name: "command", version: "1.2.1" },
    { name: "docker", version: "5.2.0" },
];

/** Makes Pulumi with this `PULUMI_HOME` find the stand-ins. What is in place already stays as it is. */
export async function installPlugins(pulumiHome: string): Promise<void> {
    await Promise.all(
        standIns.map(async ({ name, version }) => {
            const folder = join(pulumiHome, "plugins", `resource-${name}-v${version}`);
            await install(join(folder, `pulumi-resource-${name}`), folder, script(name));
        }),
    );
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

async function install(path: string, folder: string, content: string): Promise<void> {
    if ((await readFile(path, "utf8").catch(() => undefined)) === content) {
        return;
    }
    await mkdir(folder, { recursive: true });
    // Renamed into place, so that a Pulumi that runs already never sees half of it.
    const draft = `${path}.${process.pid}.draft`;
    await writeFile(draft, content, { mode: 0o755 });
    await rename(draft, path);
}
