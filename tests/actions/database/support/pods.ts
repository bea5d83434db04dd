/** The pods of a database, as far as the adapter looks at them. */
import type { DatabaseRef } from "../../../../actions/src/database";
import { FakeKubeApi } from "../../../fake/kube-api";

const labels = { "app.kubernetes.io/name": "database", tier: "data" };

export const databaseRef: DatabaseRef = {
    namespace: "shop",
    labels,
    container: "postgres",
    database: "postgres",
    user: "shop",
};

export const mariaDbRef: DatabaseRef = {
    ...databaseRef,
    ...{ kind: "mariadb", container: "mariadb", database: "shop" },
};

/** Puts a pod of the database there. It replaces one of the same name. */
export function pod(
    api: FakeKubeApi,
    name: string,
    ready: "True" | "False" | undefined,
    metadata: { deletionTimestamp?: string; labels?: Record<string, string> } = {},
): void {
    api.put("/api/v1/namespaces/shop/pods", {
        metadata: { name, namespace: "shop", labels, ...metadata },
        status: {
            conditions: [
                { type: "PodScheduled", status: "True" },
                ...(ready ? [{ type: "Ready", status: ready }] : []),
            ],
        },
    });
}

export const readyPod = (api: FakeKubeApi) => pod(api, "database-0", "True");
