/** The resource types of snapshots, for a cluster that lacks them: out of the Go module that defines them. */
import { copyFile, cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { moduleFolder } from "../build/go.ts";
import { finish, folderState } from "../build/manifest.ts";
import { contentKey } from "../keys.ts";
import { built, local, repository } from "../paths.ts";
import type { Step } from "../steps.ts";

/** The stack `lab` names this folder. */
const folder = join(local, "snapshots");
const module = "github.com/kubernetes-csi/external-snapshotter/client/v8";
const definition = /^snapshot\.storage\.k8s\.io_.*\.yaml$/;

async function definitions(): Promise<string> {
    const versions = join(repository, "lab", "go", "kubernetes", "go.mod");
    return built("snapshots", await contentKey([module, definition.source], [versions]));
}

/** Takes the CRDs out of their module, so that nothing asks Go for them again. */
export function definitionsStep(): Step {
    return {
        name: "CRDs of snapshots",
        seconds: 5,
        lock: "snapshots",
        state: async () => folderState(await definitions()),
        run: async ({ log }) => {
            const source = join(await moduleFolder(module, log), "config", "crd");
            const files = (await readdir(source)).filter(name => definition.test(name));
            await finish(await definitions(), async unfinished => {
                for (const file of files) {
                    await copyFile(join(source, file), join(unfinished, file));
                }
            });
        },
    };
}

/** Puts the CRDs into the checkout. */
export async function writeSnapshotDefinitions(): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const source = await definitions();
    await cp(source, folder, { recursive: true, filter: path => !path.endsWith(".json") });
}
