/** What a sample's database is made of: PostgreSQL or MariaDB. */
import type { types } from "@pulumi/kubernetes";
import type { DatabaseRef } from "crossing-actions";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type SampleDatabase = "postgres" | "mariadb";

/** The user that the application and its owner ask it as. */
export const user = "shop";

interface Server {
    /** The name of its container. */
    container: string;
    port: number;
    /** The scripts of the application, by the names under which its pods see them. */
    scripts: Record<string, string>;
    /** Starts it. */
    start: string;
    /** What programs in its container need to ask it, by a Secret with `USERNAME` and `PASSWORD`. */
    env: (secret: string) => types.input.core.v1.EnvVar[];
    /** Asks whether it answers. */
    probe: string[];
    ref: Omit<DatabaseRef, "namespace" | "labels" | "user">;
}

const file = (name: string) => readFileSync(join(__dirname, name), "utf8");
const page = { "page.sh": file("page.sh"), "nginx.conf": file("nginx.conf") };

const socket = "/tmp/mariadb.sock";

export const servers: Record<SampleDatabase, Server> = {
    postgres: {
        container: "postgres",
        port: 5432,
        scripts: {
            "postgres.sh": file("postgres.sh"),
            "query.sh": file("postgres-query.sh"),
            ...page,
        },
        start: "postgres.sh",
        env: () => [
            { name: "PGHOST", value: "/tmp" },
            // A user id without a name has no default user.
            { name: "PGUSER", value: user },
        ],
        probe: ["pg_isready", "--quiet"],
        ref: { container: "postgres", database: "postgres" },
    },
    mariadb: {
        container: "mariadb",
        port: 3306,
        scripts: {
            "mariadb.sh": file("mariadb.sh"),
            "query.sh": file("mariadb-query.sh"),
            ...page,
        },
        start: "mariadb.sh",
        // Its client takes the password from here, and never from a command line.
        env: secret => [
            {
                name: "MYSQL_PWD",
                valueFrom: { secretKeyRef: { name: secret, key: "PASSWORD" } },
            },
        ],
        probe: [
            ...["mariadb", "--no-defaults", `--socket=${socket}`, `--user=${user}`],
            "--execute=SELECT 1",
        ],
        ref: { kind: "mariadb", container: "mariadb", database: "shop" },
    },
};
