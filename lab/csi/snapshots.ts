/** The resource types of snapshots, for a cluster that lacks them: out of the Go module that defines them. */
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../paths.ts";
import { moduleFolder } from "./protocols.ts";

/** The stack `lab` names this folder. */
const folder = join(local, "snapshots");
const module = "github.com/kubernetes-csi/external-snapshotter/client/v8";
const definitions = /^snapshot\.storage\.k8s\.io_.*\.yaml$/;

/** Puts the CRDs into the checkout. */
export async function writeSnapshotDefinitions(): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const source = join(await moduleFolder(module), "config", "crd");
    const files = (await readdir(source)).filter(name => definitions.test(name));
    await Promise.all(files.map(file => copyFile(join(source, file), join(folder, file))));
}
