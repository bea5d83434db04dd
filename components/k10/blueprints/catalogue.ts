/**
 * Kanister Blueprints for logical dumps. Their form is that of Kasten's own for K10 8 and 9 ("Logical PostgreSQL
 * Backup" and the like): a MultiContainerRun, in which the database's own image writes the dump and Kanister's tools
 * bring it into the location. Kanister's API: https://docs.kanister.io/functions.html.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const databases = ["postgres", "mysql", "mongodb"] as const;
export type Database = (typeof databases)[number];

export interface BlueprintSettings {
    /** `mysql` is also for MariaDB. */
    database: Database;
    /** The image that the database runs on, with bash: its programs dump and restore. */
    image: string;
    /** Kanister's tools, with kando, which bring the dump into the location. */
    toolsImage: string;
    /** A Service of the application's namespace, or a host of whatever name. */
    server: { service: string } | { host: string };
    /** @default that of the database */
    port?: number;
    /** A Secret in the application's namespace with the password and, if `username` is a key of it, the user. */
    secret: { name: string; password: string; username?: string };
    /** The user, where no key of the Secret tells it. */
    user?: string;
    /** @default all but the server's own */
    databases?: readonly string[];
}

/** Where the application is: on the source, and wherever it is restored to. */
const namespace = "{{ .Object.metadata.namespace }}";

const script = (...names: string[]) => [
    ...["bash", "-o", "errexit", "-o", "pipefail", "-c"],
    names.map(name => readFileSync(join(__dirname, `${name}.sh`), "utf8")).join(""),
];

/** How each database's programs are told where to log in. What is secret is in none of their arguments. */
const variables = {
    postgres: { host: "PGHOST", port: "PGPORT", user: "PGUSER", password: "PGPASSWORD" },
    mysql: { host: "DB_HOST", port: "DB_PORT", user: "DB_USER", password: "MYSQL_PWD" },
    mongodb: { host: "DB_HOST", port: "DB_PORT", user: "DB_USER", password: "DB_PASSWORD" },
};
const ports = { postgres: 5432, mysql: 3306, mongodb: 27017 };

type Variable = { name: string } & (
    { value: string } | { valueFrom: { secretKeyRef: { name: string; key: string } } }
);

function environment(settings: BlueprintSettings): Variable[] {
    const { database, server, secret, user } = settings;
    const names = variables[database];
    const ofSecret = (name: string, key: string): Variable => ({
        name,
        valueFrom: { secretKeyRef: { name: secret.name, key } },
    });
    return [
        {
            name: names.host,
            value: "host" in server ? server.host : `${server.service}.${namespace}.svc`,
        },
        { name: names.port, value: String(settings.port ?? ports[database]) },
        secret.username === undefined
            ? { name: names.user, value: user ?? "" }
            : ofSecret(names.user, secret.username),
        ofSecret(names.password, secret.password),
        // Every server has this one; without it a client takes the one that is called like its user.
        ...(database === "postgres" ? [{ name: "PGDATABASE", value: "postgres" }] : []),
        ...(settings.databases
            ? [{ name: "DATABASES", value: settings.databases.join("\n") }]
            : []),
    ];
}

/** A pod in the application's namespace in which the database's image and kando share two pipes. */
const stream = (
    name: string,
    settings: BlueprintSettings,
    scripts: { database: string; tools: string },
) => ({
    func: "MultiContainerRun",
    name,
    args: {
        namespace,
        initImage: settings.toolsImage,
        initCommand: script("init"),
        backgroundImage: settings.image,
        backgroundCommand: script("database", scripts.database),
        outputImage: settings.toolsImage,
        outputCommand: script(scripts.tools),
        // From the Secret into the container: what is rendered into a command, every list of processes shows.
        podOverride: { containers: [{ name: "background", env: environment(settings) }] },
    },
});

/** The actions of a Blueprint, by which K10 backs a workload up in place of its volumes, restores and retires it. */
export const blueprintActions = (settings: BlueprintSettings) => ({
    backup: {
        outputArtifacts: { dump: { kopiaSnapshot: "{{ .Phases.dump.Output.kopiaOutput }}" } },
        phases: [
            stream("dump", settings, { database: `${settings.database}-dump`, tools: "push" }),
        ],
    },
    restore: {
        inputArtifactNames: ["dump"],
        phases: [
            stream("restore", settings, {
                ...{ database: `${settings.database}-restore`, tools: "pull" },
            }),
        ],
    },
    delete: {
        inputArtifactNames: ["dump"],
        phases: [
            {
                func: "KubeTask",
                name: "delete",
                args: {
                    // The workload may be gone.
                    namespace: "{{ .Namespace.Name }}",
                    image: settings.toolsImage,
                    command: script("delete"),
                },
            },
        ],
    },
});
