/** `npm run diagnostics -- --stack NAME`: writes diagnostics of both clusters of a stack. */
import { execFile } from "node:child_process";
import { parseArgs, promisify } from "node:util";
import { writeDiagnostics } from "./index";

const usage = `Usage: npm run diagnostics -- --stack NAME [--folder FOLDER]

Reads the clusters of a stack and writes what explains a failure into FOLDER (default: diagnostics). Nothing is changed.
Pulumi must be logged in to the stack, as for \`pulumi up\`.
`;

interface Resource {
    type?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
}

interface State {
    deployment?: { resources?: Resource[] };
}

/** A cluster of a stack. */
export interface Side {
    title: string;
    kubeconfig: string;
}

/** The clusters that a stack's state knows: those whose resource has asked them who they are. */
export function sidesOf(state: State): Side[] {
    return (state.deployment?.resources ?? [])
        .filter(({ type }) => type === "pulumi-nodejs:dynamic/cluster:Connection")
        .map(({ inputs = {} }) => ({
            title: textOf(inputs["key"]).replace(/^crossing:/, ""),
            kubeconfig: textOf(inputs["kubeconfig"]),
        }))
        .filter(({ kubeconfig }) => kubeconfig !== "");
}

/** Namespaces that actions of the stack name. */
export function namespacesOf(state: State): string[] {
    const found = (state.deployment?.resources ?? []).flatMap(({ type = "", inputs = {} }) =>
        type.startsWith("pulumi-nodejs:dynamic/")
            ? [textOf(inputs["targetNamespace"]), textOf(inputs["applicationNamespace"])]
            : [],
    );
    return [...new Set(found)].filter(Boolean).sort();
}

/** What a state marks as secret, and other texts, of resources and of the stack itself. */
export function secretsOf(value: unknown): string[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const { plaintext } = value as { plaintext?: unknown };
    if (typeof plaintext === "string") {
        const clear: unknown = parsed(plaintext);
        return typeof clear === "string" ? [clear] : textsIn(clear);
    }
    return Object.values(value).flatMap(secretsOf);
}

const textsIn = (value: unknown): string[] =>
    typeof value === "string"
        ? [value]
        : typeof value === "object" && value !== null
          ? Object.values(value).flatMap(textsIn)
          : [];

/** A secret stands in an exported state as `{plaintext: JSON}`. */
function textOf(value: unknown): string {
    if (typeof value === "object" && value !== null) {
        const { plaintext } = value as { plaintext?: unknown };
        return typeof plaintext === "string" ? textOf(parsed(plaintext)) : "";
    }
    return typeof value === "string" ? value : "";
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

async function main(args: string[]): Promise<void> {
    const { values } = parseArgs({
        args,
        options: {
            stack: { type: "string" },
            folder: { type: "string", default: "diagnostics" },
            help: { type: "boolean", default: false },
        },
    });
    const { stack, folder, help } = values;
    if (help || !stack) {
        process.stdout.write(usage);
        process.exitCode = help ? 0 : 2;
        return;
    }
    const command = ["stack", "export", "--show-secrets", "--stack", stack];
    const { stdout } = await promisify(execFile)("pulumi", command, { maxBuffer: 1 << 30 });
    const state = JSON.parse(stdout) as State;
    const sides = sidesOf(state);
    if (sides.length === 0) {
        throw new Error(
            `Stack \`${stack}\` knows no cluster yet: run \`pulumi up\` until its clusters are there.`,
        );
    }
    for (const { title, kubeconfig } of sides) {
        const made = await writeDiagnostics({
            ...{ title, kubeconfig, folder, namespaces: namespacesOf(state) },
            secrets: secretsOf(state).filter(text => text !== kubeconfig),
        });
        process.stdout.write(`${title}: ${made}\n`);
    }
}

if (require.main === module) {
    main(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${(error as Error).message}\n`);
        process.exitCode = 1;
    });
}
