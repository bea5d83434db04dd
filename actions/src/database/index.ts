import type { Cluster } from "../kube/client";
import type { Database, DatabaseRef } from "./database";
import { MariaDb } from "./mariadb";
import { Postgres } from "./postgres";

export type { Database, DatabaseRef, SampleData, TableDigest } from "./database";

/**
 * The adapter of a database.
 * @param timeout seconds that an answer may take
 */
export function databaseOf(cluster: Cluster, ref: DatabaseRef, timeout?: number): Database {
    return ref.kind === "mariadb"
        ? new MariaDb(cluster, ref, timeout)
        : new Postgres(cluster, ref, timeout);
}
