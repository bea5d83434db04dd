/** What goes wrong with Kanister's Blueprints: of a database's login, its programs, and what K10 runs them by. */
import type { Cause, Names } from "../cause";

/** Which Secret, keys and image are used. */
const showBlueprints = ({ k10 }: Names) =>
    `kubectl -n ${k10} get blueprints.cr.kanister.io -o yaml`;

export const blueprints: readonly Cause[] = [
    {
        id: "dump-login",
        pattern:
            /password authentication failed for user|no password supplied|Access denied for user '|AuthenticationFailed|Authentication failed\./,
        waits: ["export", "restore"],
        reason: "the database does not know the user, or another password for it",
        fix: "Correct `secret` and `user` in `crossing:blueprints`, or the Secret itself",
        command: showBlueprints,
        source: "field A16; PostgreSQL, MySQL and MongoDB",
        examples: [
            {
                messages: [
                    "Pod failed or did not transition into complete state",
                    'psql: error: connection to server at "database.shop.svc" (10.96.0.7), port 5432 failed: FATAL:  password authentication failed for user "shop"',
                    "Pod kanister-job-x failed",
                ],
                evidence: "software",
            },
            {
                messages: [
                    "ERROR 1045 (28000): Access denied for user 'root'@'10.244.0.9' (using password: YES)",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "dump-version",
        pattern: /aborting because of server version mismatch/,
        waits: ["export"],
        reason: "the programs of the Blueprint's image are older than the server",
        fix: "Set `image` in `crossing:blueprints` to the image that the database runs on",
        command: showBlueprints,
        source: "field A16; PostgreSQL documentation, pg_dump",
        examples: [
            {
                messages: ["pg_dump: error: aborting because of server version mismatch"],
                evidence: "software",
            },
        ],
    },
    {
        id: "secret-key",
        pattern: /couldn't find key \S+ in Secret/,
        reason: "the Secret is there, but has no key of that name",
        fix: "Name a key that it has, for a Blueprint's in `secret` of `crossing:blueprints`",
        command: () => "kubectl describe secrets --all-namespaces",
        source: "field A16; Kubernetes documentation, Secrets",
        examples: [
            {
                messages: [
                    "container background: CreateContainerConfigError: couldn't find key PASS in Secret shop/database",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "blueprint-missing",
        pattern: /blueprints\.cr\.kanister\.io "[^"]+" not found/,
        reason: "a binding or an annotation names a Blueprint that is not in K10's namespace of this cluster",
        fix: "Make it there, or remove what names it",
        command: ({ k10 }) =>
            `kubectl -n ${k10} get blueprints.cr.kanister.io,blueprintbindings.config.kio.kasten.io`,
        source: "field A16; k10-api 3.5, 7",
        examples: [
            {
                messages: ['blueprints.cr.kanister.io "shop-database" not found'],
                evidence: "software",
            },
        ],
    },
];
