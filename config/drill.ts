/** What is wrong with a restore on the cluster that the backup is of. */
import type { Settings } from "./schema";

export function drillMistakes({
    role,
    onConflict,
    restore,
    applications,
    store,
    ...settings
}: Settings): string[] {
    if (role !== "drill") {
        return [];
    }
    const mistakes: string[] = [];
    const { targetNamespace } = restore;
    const namespaces = applications.map(({ namespace }) => namespace);
    const beside = targetNamespace !== undefined && !namespaces.includes(targetNamespace);
    if (onConflict === "fail" && !beside) {
        mistakes.push(
            "`crossing:role` is `drill`, and the application is where it would be restored: set `crossing:onConflict` to `newName` for a restore beside it, to `replace` for one over it, or name another namespace by `crossing:restore.targetNamespace`.",
        );
    }
    if (settings.importPolicy) {
        mistakes.push(
            "`crossing:importPolicy` is of no use with `role: drill`, where nothing is imported: remove it.",
        );
    }
    if (store.type === "minio-in-cluster" && store.cluster === "target") {
        mistakes.push(
            "`crossing:store.cluster` is `target`, which `role: drill` does not hold: use `other` and give its kubeconfig.",
        );
    }
    const dumps = applications.some(({ sample }) => sample?.backup === "dump");
    if (dumps || (settings.blueprints ?? []).length > 0) {
        mistakes.push(
            "`crossing:role` is `drill`, and a Blueprint is bound to the application where it was backed up: have volumes backed up, or restore on another cluster by `role: all`.",
        );
    }
    return mistakes;
}
