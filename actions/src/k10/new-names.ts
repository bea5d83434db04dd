/** Names that `onConflict: newName` tries. It loads nothing, so that the program may use it at its start, too. */

/** Nobody needs more, and an endless search would hide a mistake. */
const mostNames = 9;

/** `shop`, `shop-2026w4`, `shop-2026w4-2`, …: one after the other. */
export function newNames(targetNamespace: string, runId: string): string[] {
    const own = `${targetNamespace}-${runId}`;
    const more = Array.from({ length: mostNames - 2 }, (_, i) => `${own}-${i + 2}`);
    return [targetNamespace, own, ...more];
}
