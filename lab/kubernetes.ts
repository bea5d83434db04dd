/** Which of its versions of Kubernetes the lab uses in this checkout. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { local } from "./paths.ts";
import { type Kubernetes, kubernetesVersions, minorOf } from "./versions.ts";

/** What was chosen last. It goes with `make clean`. */
const file = join(local, "kubernetes");

/** The version of a minor such as `1.36`. @throws for a minor that the lab does not have, with those that it has */
export function kubernetesOf(minor: string): Kubernetes {
    const found = kubernetesVersions.find(each => minorOf(each.version) === minor);
    if (!found) {
        const names = kubernetesVersions.map(each => `\`${minorOf(each.version)}\``).join(", ");
        throw new Error(
            `The lab has no Kubernetes \`${minor}\`: choose one of ${names} by \`--kubernetes\`.`,
        );
    }
    return found;
}

/** The version that this checkout chose last, or the default. */
export async function chosenKubernetes(): Promise<Kubernetes> {
    const minor = await readFile(file, "utf8").catch(() => undefined);
    return minor === undefined ? kubernetesVersions[0] : kubernetesOf(minor.trim());
}

/** Chooses for this checkout, from here on. */
export async function chooseKubernetes(kubernetes: Kubernetes): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${minorOf(kubernetes.version)}\n`);
}
