/** What the clusters say of a run. They are asked whatever became of the `up`: one that failed may have doubled something. */

/** What is asked of a cluster. */
export interface Actions {
    /** Names of K10's actions of one kind. */
    actions(plural: string, namespace: string): Promise<string[]>;
}

/** A cluster that is not there yet has no actions. */
export type Clusters = Partial<Record<"source" | "target", Actions | undefined>>;

const kinds = {
    export: ["source", "runactions", "kasten-io", "shop-export"],
    import: ["target", "runactions", "kasten-io", "shop-import"],
    restore: ["target", "restoreactions", "shop", "restore-shop"],
} as const;

/** Names of the actions of a run, by kind. */
export async function actionsOf(
    clusters: Clusters,
    runId: string,
): Promise<Record<keyof typeof kinds, string[]>> {
    const found = await Promise.all(
        Object.entries(kinds).map(async ([kind, [side, plural, namespace, name]]) => {
            const all = (await clusters[side]?.actions(plural, namespace).catch(ifServed)) ?? [];
            return [kind, all.filter(each => each.startsWith(`${name}-${runId}-`))] as const;
        }),
    );
    return Object.fromEntries(found) as Record<keyof typeof kinds, string[]>;
}

/** A cluster without K10 has none, either. */
function ifServed(error: unknown): string[] {
    if ((error as { code?: unknown }).code === 404) {
        return [];
    }
    throw error;
}

/** How the `up` after a kill ended. */
export interface Resumed {
    status: number | null;
    outputs: Record<string, unknown>;
}

/** Why a crossing did not survive. Empty if it did. */
export function problemOf(
    { status, outputs }: Resumed,
    actions: Record<string, string[]>,
    runId: string,
): string {
    if (status !== 0) {
        return `the next \`up\` ended with ${status}`;
    }
    const { status: proof } = (outputs["verification"] ?? {}) as { status?: string };
    const missing = Object.entries(actions).filter(([, names]) => names.length === 0);
    return outputs["runId"] !== runId || proof !== "passed"
        ? `verification of run ${String(outputs["runId"])} is ${proof}`
        : missing.map(([kind]) => `no ${kind}`).join(", ");
}
