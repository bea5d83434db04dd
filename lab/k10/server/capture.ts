/** Reads an application: everything in its namespace that a backup contains. */
import { Failure, messageOf } from "./failure.ts";
import { at, fieldsAt, listAt, textAt, type KubeObject } from "./json.ts";
import { type Cluster } from "./kube.ts";
import { NAMESPACES, pathOf } from "./resources.ts";
import type { Captured } from "./layout.ts";
import { filtered } from "./filters.ts";
import { belongs, cleaned, cleanedNamespace, isCaptured, type Resource } from "./manifests.ts";
import { inParallel } from "./parallel.ts";
import { isClaim, isWorkload } from "./workloads.ts";

export interface Application {
    namespace: KubeObject;
    /** UID of the namespace. */
    uid: string;
    /** Cleaned, as the backup holds them. */
    objects: Captured[];
    /** The PersistentVolumeClaims among them as they are, with status. */
    claims: KubeObject[];
    /** All workloads, whatever the filters say: they decide how the claims they use are backed up. */
    workloads: KubeObject[];
    exceptions: string[];
}

function resourcesOf(list: unknown, group: string, version: string): Resource[] {
    return listAt(list, "resources").map(entry => ({
        group,
        version,
        resource: textAt(entry, "name"),
        kind: textAt(entry, "kind"),
        namespaced: at(entry, "namespaced") === true,
        verbs: listAt(entry, "verbs").filter(verb => typeof verb === "string"),
    }));
}

/** All resources of the cluster in the version that each group prefers; groups that do not answer apart. */
export async function discover(
    cluster: Cluster,
): Promise<{ resources: Resource[]; silent: string[] }> {
    const core = resourcesOf(await cluster.get<unknown>("/api/v1"), "", "v1");
    const groups = listAt(await cluster.get<unknown>("/apis"), "groups");
    const silent: string[] = [];
    const found = await inParallel(groups, 8, async group => {
        const name = textAt(group, "name");
        const version = textAt(group, "preferredVersion", "version");
        try {
            return resourcesOf(
                await cluster.get<unknown>(`/apis/${name}/${version}`),
                name,
                version,
            );
        } catch (error) {
            silent.push(`${name}: ${messageOf(error)}`);
            return [];
        }
    });
    return { resources: [...core, ...found.flat()], silent };
}

/** A workload's claims belong to it: a filter that includes the one includes the others (documented for backups). */
function withClaims(chosen: Captured[], all: Captured[]): Captured[] {
    const used = new Set(chosen.flatMap(({ object }) => claimNames(object)));
    const more = all.filter(
        each => isClaim(each) && used.has(each.object.metadata.name) && !chosen.includes(each),
    );
    return [...chosen, ...more];
}

/** The names of the claims that a workload's pods mount. */
export function claimNames(workload: KubeObject): string[] {
    const spec =
        workload.kind === "Pod" ? workload.spec : fieldsAt(workload.spec, "template", "spec");
    return listAt(spec, "volumes")
        .map(volume => textAt(volume, "persistentVolumeClaim", "claimName"))
        .filter(Boolean);
}

/**
 * Lists everything in a namespace.
 * @throws Failure when the namespace does not exist: no further attempt can help.
 */
export async function capture(
    cluster: Cluster,
    name: string,
    filters: unknown,
): Promise<Application> {
    const namespace = await cluster.find(pathOf(NAMESPACES, undefined, name));
    if (!namespace || namespace.metadata.deletionTimestamp) {
        const state = namespace ? "is being deleted" : "not found";
        throw new Failure(`namespaces "${name}" ${state}`, { retry: false });
    }
    const { resources, silent } = await discover(cluster);
    const found = await inParallel(resources.filter(isCaptured), 8, async resource => {
        const { items } = await cluster.list(pathOf(resource, name));
        const apiVersion =
            resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
        return items.map(item => ({
            group: resource.group,
            version: resource.version,
            resource: resource.resource,
            // Items of a list do not repeat their kind.
            object: { ...item, apiVersion, kind: resource.kind },
        }));
    });
    const all = found.flat().filter(belongs);
    const chosen = withClaims(filtered(all, filters), all);
    return {
        namespace: cleanedNamespace(namespace),
        uid: namespace.metadata.uid ?? "",
        objects: chosen.map(each => ({ ...each, object: cleaned(each) })),
        claims: chosen.filter(isClaim).map(each => each.object),
        workloads: all.filter(isWorkload).map(each => each.object),
        exceptions: silent.map(text => `Resources of a group could not be listed: ${text}`),
    };
}
