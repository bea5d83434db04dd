/** What this checkout's Pulumi needs: a home with plugins, a state, a passphrase, the stack `lab`. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { program } from "./build/go.ts";
import { graphs } from "./build/graphs.ts";
import { debianImage, k10Image, minioImage } from "./build/images.ts";
import { nodeImage } from "./build/node-image.ts";
import { writeSnapshotDefinitions } from "./csi/snapshots.ts";
import { engineHost } from "./engine.ts";
import { ownPlugin } from "./machine.ts";
import { local, prefix, repository } from "./paths.ts";
import { installPlugins, linkPlugin, pluginPath } from "./plugins/install.ts";
import { labNetwork } from "./subnet.ts";
import { linkTools } from "./tools.ts";
import { type Kubernetes, versions } from "./versions.ts";

const home = join(local, "pulumi");
const state = join(local, "state");
const passphrase = join(local, "passphrase");
const environmentFile = join(local, "environment.json");

/** The stack that the lab generates. */
export const labStack = "lab";
const labStackFile = join(repository, `Pulumi.${labStack}.yaml`);

/** Writes everything that is of this checkout alone. Quick, and done anew by each `make lab`. */
export async function prepareCheckout(kubernetes: Kubernetes): Promise<void> {
    await mkdir(state, { recursive: true });
    if (!existsSync(passphrase)) {
        await writeFile(passphrase, randomBytes(24).toString("base64"), { mode: 0o600 });
        // A salt belongs to its passphrase.
        await rm(labStackFile, { force: true });
    }
    await linkKubernetesProvider();
    await installPlugins(home);
    await writeSnapshotDefinitions();
    const host = await engineHost();
    const environment = {
        PATH: await linkTools(kubernetes),
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
        // The language host that can be built here does not know the option `tsconfig` of Pulumi.yaml.
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        // Node.js compiles program and providers once, and not at each start.
        NODE_COMPILE_CACHE: join(local, "compile-cache"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
        ...(host ? { DOCKER_HOST: host } : {}),
    };
    await writeFile(environmentFile, `${JSON.stringify(environment, null, 4)}\n`);
    await writeFile(labStackFile, await stackFile(kubernetes));
}

async function linkKubernetesProvider(): Promise<void> {
    const [name, version] = ["kubernetes", versions.pulumiKubernetes];
    const built = await program(graphs.provider, `pulumi-resource-${name}`);
    await linkPlugin(pluginPath(home, name, version), ownPlugin(name, version).found ?? built);
}

/** The environment for Pulumi and its tools, or `undefined` where the lab has not been built in this checkout. */
export async function labEnvironment(): Promise<Record<string, string> | undefined> {
    try {
        return JSON.parse(await readFile(environmentFile, "utf8")) as Record<string, string>;
    } catch {
        return undefined;
    }
}

/** The configuration of the stack `lab`: the committed template with what only this checkout knows. */
async function stackFile(kubernetes: Kubernetes): Promise<string> {
    const template = await readFile(join(repository, "lab", "stack.template.yaml"), "utf8");
    const previous = await readFile(labStackFile, "utf8").catch(() => "");
    const salt = /^encryptionsalt: .*$/m.exec(previous)?.[0];
    const filled = fillTemplate(template, {
        name: prefix(labStack),
        subnet: await labNetwork(/subnet: "?([0-9./]+)/.exec(previous)?.[1]),
        nodeImage: await nodeImage(kubernetes),
        minioImage: await minioImage(),
        debianImage,
        k10Image,
    });
    return salt ? `${filled}${salt}\n` : filled;
}

/** Puts values where the template says `@name@`. @throws when one of either is left over */
function fillTemplate(template: string, values: Record<string, string>): string {
    const used = new Set<string>();
    const filled = template.replace(/@(\w+)@/g, (_, name: string) => {
        used.add(name);
        const value = values[name];
        if (value === undefined) {
            throw new Error(
                `The template of the stack \`${labStack}\` asks for an unknown \`${name}\`.`,
            );
        }
        return value;
    });
    const unused = Object.keys(values).filter(name => !used.has(name));
    if (unused.length > 0) {
        throw new Error(
            `The template of the stack \`${labStack}\` does not use \`${unused.join("`, `")}\`.`,
        );
    }
    return filled;
}
