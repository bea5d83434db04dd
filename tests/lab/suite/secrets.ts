/**
 * Looks for secrets in what a stack leaves behind and shows meanwhile. Shares no code with the program, whose own way of
 * hiding them is what it examines. A secret that is encrypted, hashed or cut in pieces is not found.
 */
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { descendants } from "../../../lab/processes.ts";

/** Secrets by names that may be told. */
export type Secrets = Record<string, string>;

/** A text that must not hold a secret, and where it stands. */
export interface Place {
    place: string;
    text: string;
}

/** One form of a secret, as it may stand in a text. */
interface Needle {
    name: string;
    form: string;
    text: string;
}

/** Shorter ones cannot be told from ordinary text. */
const shortest = 8;

/**
 * All forms in which secrets are looked for.
 * @throws for a secret that is too short to be looked for: a scan must not pass because it did not look
 */
export function needlesOf(secrets: Secrets): Needle[] {
    return Object.entries(secrets).flatMap(([name, secret]) => {
        const parts = [secret.trim(), ...linesOf(secret)];
        if (parts[0].length < shortest) {
            throw new RangeError(`secret ${name} has fewer than ${shortest} characters`);
        }
        // Where two forms are the same text, it is called by the first.
        const all = parts.flatMap(formsOf).reverse();
        const forms = new Map(all.map(([form, text]) => [text, form]));
        return [...forms].map(([text, form]) => ({ name, form, text }));
    });
}

/** Lines of a secret that has several, such as a key: one of them is enough to give it away. */
const linesOf = (secret: string) =>
    secret
        .trim()
        .split(/\r?\n/)
        .map(line => line.trim())
        .filter((line, _, all) => all.length > 1 && line.length >= 40 && !line.startsWith("-----"));

function formsOf(secret: string): [form: string, text: string][] {
    const bytes = Buffer.from(secret);
    // In base64 a text looks different by where in the bytes of another one it begins.
    const encoded = [0, 1, 2].map(offset =>
        Buffer.concat([Buffer.alloc(offset), bytes])
            .toString("base64")
            .slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)),
    );
    return [
        ["in clear", bytes.toString("latin1")],
        ["as JSON", Buffer.from(JSON.stringify(secret).slice(1, -1)).toString("latin1")],
        ["in a URL", encodeURIComponent(secret)],
        ...encoded.map((text): [string, string] => ["in base64", text]),
        ...encoded.map((text): [string, string] => [
            "in base64",
            text.replaceAll("+", "-").replaceAll("/", "_"),
        ]),
    ];
}

/** What is secret of a kubeconfig: keys, tokens and passwords of its users. */
export function secretsOfKubeconfig(name: string, kubeconfig: string): Secrets {
    const { users } = parse(kubeconfig) as {
        users: { name: string; user: Record<string, unknown> }[];
    };
    const found = users.flatMap(({ user }) =>
        ["client-key-data", "token", "password"].flatMap((key): [string, string][] => {
            const value = user[key];
            return typeof value === "string" ? [[`${name} ${key}`, value]] : [];
        }),
    );
    const keys = found
        .filter(([key]) => key.endsWith("client-key-data"))
        .map(([key, value]): [string, string] => [
            key.replace("-data", ""),
            Buffer.from(value, "base64").toString(),
        ]);
    return Object.fromEntries([...found, ...keys]);
}

/** What was found, as sentences without the secret: `state/x.json: storeSecretKey in base64`. Sorted, each once. */
export function findSecrets(needles: Needle[], places: Iterable<Place>): string[] {
    const found = new Set<string>();
    for (const { place, text } of places) {
        for (const { name, form, text: needle } of needles) {
            if (text.includes(needle)) {
                found.add(`${place}: ${name} ${form}`);
            }
        }
    }
    return [...found].sort();
}

/**
 * All files below a folder. Contents are bytes, one character each, and packed ones unpacked.
 * @param skip whether a path, relative to the folder, is left out with all below it
 */
export async function filesBelow(
    folder: string,
    skip: (path: string) => boolean = () => false,
    below = "",
): Promise<Place[]> {
    const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(ifGone([]));
    const found = await Promise.all(
        entries
            .map(entry => ({ entry, path: join(below, entry.name) }))
            .filter(({ path }) => !skip(path))
            .map(async ({ entry, path }): Promise<Place[]> => {
                if (entry.isDirectory()) {
                    return filesBelow(folder, skip, path);
                }
                if (entry.isSymbolicLink()) {
                    return [
                        { place: path, text: await readlink(join(folder, path)).catch(ifGone("")) },
                    ];
                }
                // Sockets and pipes hold nothing.
                return entry.isFile()
                    ? [{ place: path, text: await contents(join(folder, path)) }]
                    : [];
            }),
    );
    return found.flat().sort((a, b) => (a.place < b.place ? -1 : 1));
}

async function contents(path: string): Promise<string> {
    const bytes = await readFile(path).catch(ifGone(Buffer.alloc(0)));
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isPacked ? gunzipSync(bytes) : bytes).toString("latin1");
}

/** What somebody else has just removed holds nothing any more. */
const ifGone =
    <T>(instead: T) =>
    (error: NodeJS.ErrnoException): T => {
        if (error.code === "ENOENT" || error.code === "ESRCH") {
            return instead;
        }
        throw error;
    };

/** What everybody on the machine, or root, sees of a process. */
async function placesOf(pid: number, unsaid: readonly string[]): Promise<Place[]> {
    const [args, environment] = await Promise.all(
        ["cmdline", "environ"].map(async name => {
            const text = await readFile(`/proc/${pid}/${name}`, "latin1").catch(ifGone(""));
            return text.split("\0").filter(Boolean);
        }),
    );
    const name = args[0]?.split("/").at(-1) ?? "";
    return [
        { place: `arguments of ${name}`, text: args.join("\n") },
        ...environment
            .filter(variable => !unsaid.includes(variable.split("=")[0]))
            .map(variable => ({
                place: `environment of ${name}: ${variable.split("=")[0]}`,
                text: variable,
            })),
    ];
}

/**
 * Looks again and again at the processes below this one and at the files of a folder for temporary ones, and keeps
 * what it saw: the secrets of a stack are known once it is up. What lives for less than a look is not seen.
 */
export class Watch {
    readonly places = new Map<string, Place>();
    /** How often it has looked. */
    looks = 0;
    private readonly folder: string;
    private readonly unsaid: readonly string[];
    private readonly changes = new Map<string, string>();
    private ended = false;
    private readonly running: Promise<void>;

    /**
     * @param folder where the processes have their temporary files
     * @param unsaid variables that are secret by their nature, such as the passphrase that the user sets
     * @param pause milliseconds between looks
     */
    constructor(folder: string, unsaid: readonly string[] = [], pause = 100) {
        this.folder = folder;
        this.unsaid = unsaid;
        this.running = this.run(pause);
        // A failure is told by `stop`.
        this.running.catch(() => undefined);
    }

    /** Ends it, after one more look. */
    async stop(): Promise<Place[]> {
        this.ended = true;
        await this.running;
        return [...this.places.values()];
    }

    private async run(pause: number): Promise<void> {
        for (let last = false; !last;) {
            last = this.ended;
            await this.look();
            await new Promise(resolve => setTimeout(resolve, last ? 0 : pause));
        }
    }

    private async look(): Promise<void> {
        for (const pid of await descendants(process.pid)) {
            (await placesOf(pid, this.unsaid)).forEach(place => this.keep(place));
        }
        const unchanged = new Set<string>();
        const paths = await readdir(this.folder, { recursive: true }).catch(ifGone([]));
        for (const path of paths) {
            const now = await stat(join(this.folder, path)).catch(() => undefined);
            const change = `${now?.mtimeMs} ${now?.size}`;
            if (now?.isFile() && this.changes.get(path) === change) {
                unchanged.add(path);
            }
            this.changes.set(path, change);
        }
        const files = await filesBelow(this.folder, path => unchanged.has(path));
        files.forEach(({ place, text }) => this.keep({ place: `temporary file ${place}`, text }));
        this.looks++;
    }

    /** The same text in the same place is kept once. */
    private keep(place: Place): void {
        this.places.set(`${place.place}\0${place.text}`, place);
    }
}
