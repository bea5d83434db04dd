/** `crossing:blueprints`: databases that K10 backs up as dumps, by a Blueprint of the program's, in place of their volumes. */
import * as v from "valibot";
import { choices, dnsLabel, dnsName, listed, oneOf, port, text } from "./fields";
import { bindableResources } from "./policy";
import type { Settings } from "./schema";

/** Goes into a Blueprint, where braces are read as templates. */
const plain = v.pipe(
    text,
    v.regex(/^[^{}\s]+$/, "give a text without blanks, line ends and braces"),
);

/** A key of a Secret, as Kubernetes allows it. */
const secretKey = v.pipe(
    v.string("give a text"),
    v.regex(/^[-._a-zA-Z0-9]+$/, "give a key of the Secret"),
);

const workloadKinds = ["Deployment", "StatefulSet", "DeploymentConfig"] as const;

const one = (given: Record<string, unknown>, keys: readonly string[]) =>
    keys.filter(key => given[key] !== undefined).length === 1;
const either = (keys: readonly string[]) => `give either ${choices(keys)}`;

const blueprint = v.pipe(
    v.strictObject({
        /** The name of the Blueprint, and of what binds it. */
        name: dnsLabel(63),
        /** `mysql` is also for MariaDB. */
        database: oneOf(["postgres", "mysql", "mongodb"]),
        /** The application's namespace. Its only one's, if it is not given. */
        namespace: v.optional(dnsLabel(63)),
        /** What the database runs in. */
        workload: v.optional(v.strictObject({ kind: oneOf(workloadKinds), name: plain })),
        /** Instead of `workload`, for what is none: a custom resource of an operator. */
        resources: v.optional(bindableResources),
        /** The Service by which the database answers in its namespace. */
        service: v.optional(dnsLabel(63)),
        /** Instead of `service`: a host of whatever name. */
        host: v.optional(dnsName),
        port: v.optional(port),
        /** A Secret in the application's namespace: the keys of it that hold the user's name and password. */
        secret: v.strictObject({
            name: plain,
            username: v.optional(secretKey),
            password: secretKey,
        }),
        /** Instead of `secret.username`: the user's name. */
        user: v.optional(plain),
        /** All but the server's own, if they are not given. */
        databases: v.optional(v.pipe(v.array(plain), v.minLength(1, "give at least one name"))),
        /** The image that the database runs on: its programs dump and restore. */
        image: text,
    }),
    v.check(given => one(given, ["workload", "resources"]), either(["workload", "resources"])),
    v.check(given => one(given, ["service", "host"]), either(["service", "host"])),
    v.check(
        ({ secret, user }) => (secret.username === undefined) !== (user === undefined),
        either(["secret.username", "user"]),
    ),
    v.check(
        ({ database, databases }) => database !== "mongodb" || databases === undefined,
        "leave `databases` out: a dump of MongoDB has all of them",
    ),
);

export const blueprints = v.array(blueprint, "give a list of Blueprints");

export type DumpSettings = v.InferOutput<typeof blueprint>;

/** The name of the Blueprint and the binding of a sample. */
export const sampleBlueprint = (namespace: string) => `${namespace}-database`;

/** What is wrong with Blueprints and all else taken together. */
export function blueprintMistakes(settings: Settings): string[] {
    const { role, applications, blueprints = [], blueprintBindings = [], safetyBackup } = settings;
    const mistakes: string[] = [];
    const key = (index: number) => `\`crossing:blueprints.${index}\``;
    const namespaces = applications.map(({ namespace }) => namespace);
    const dumped = applications.filter(({ sample }) => sample?.backup === "dump");
    const taken = [
        ...blueprintBindings.map(({ name }) => name),
        ...dumped.map(({ namespace }) => sampleBlueprint(namespace)),
    ];
    blueprints.forEach(({ name, namespace, resources }, index) => {
        const earlier = blueprints.slice(0, index).map(each => each.name);
        if ([...taken, ...earlier].includes(name)) {
            mistakes.push(
                `${key(index)} has the name \`${name}\` of another Blueprint or binding: choose another one.`,
            );
        }
        // A target hears of the source's applications when it runs.
        if (role === "target" ? namespace === undefined : false) {
            mistakes.push(
                `${key(index)} has no \`namespace\`, which \`role: target\` needs: name that of the application.`,
            );
        } else if (role !== "target" && namespace === undefined && namespaces.length > 1) {
            mistakes.push(
                `${key(index)} has no \`namespace\`, and there are several applications: name one of ${listed(namespaces)}.`,
            );
        } else if (role !== "target" && namespace && !namespaces.includes(namespace)) {
            mistakes.push(
                `${key(index)} has the namespace \`${namespace}\`, which is no application's: name one of ${listed(namespaces)}.`,
            );
        }
        if (resources && namespace) {
            mistakes.push(
                `${key(index)} has a \`namespace\` beside \`resources\`, which say that themselves: remove it, and say it there.`,
            );
        }
    });
    applications.forEach(({ sample }, index) => {
        if (sample?.backup === "dump" && sample.database !== "postgres") {
            mistakes.push(
                `\`crossing:applications.${index}.sample\` is over \`${sample.database}\`, and \`backup: dump\` is for samples over \`postgres\`: remove \`backup\`, or take that database.`,
            );
        }
    });
    if (safetyBackup && role !== "source" && blueprints.length + dumped.length > 0) {
        mistakes.push(
            "`crossing:safetyBackup` is a BackupAction, which has no location for a dump, and the target's Blueprints would make one: remove it, or the dump.",
        );
    }
    return mistakes;
}
