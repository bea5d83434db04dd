/** What the lab suite works with: the engine's containers, and programs that are watched while they run. */
import { spawn } from "node:child_process";
import { run } from "../../../lab/exec.ts";
import { repository } from "../../../lab/paths.ts";
import { builtEnvironment } from "../../../lab/stack.ts";

export const env = await builtEnvironment();

/** Counts of a run's operations without those that changed nothing. */
export function changes(result: { summary: { resourceChanges?: Record<string, number> } }) {
    const { same: _, ...rest } = result.summary.resourceChanges ?? {};
    return rest;
}

export const docker = (...args: string[]) => run("docker", args, { env });

/** Everything in the engine whose name begins with `prefix`, and every volume without a name. */
export async function inEngine(namePrefix: string): Promise<string[]> {
    const [containers, networks, volumes] = await Promise.all([
        docker("ps", "--all", "--format", "container {{.Names}}"),
        docker("network", "ls", "--format", "network {{.Name}}"),
        docker("volume", "ls", "--format", "volume {{.Name}}"),
    ]);
    return [containers, networks, volumes]
        .join("\n")
        .split("\n")
        .filter(line => line.split(" ")[1]?.startsWith(namePrefix))
        .sort();
}

/** Volumes of containers, those without a name of their own among them, as kind's nodes have. */
export async function volumesOf(containers: string[]): Promise<string[]> {
    const volumes = '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}';
    const found = await docker("inspect", "--format", volumes, ...containers);
    return found.split("\n").filter(name => name !== "");
}

/** All volumes of the engine. */
export const volumes = async (): Promise<string[]> =>
    (await docker("volume", "ls", "--format", "{{.Name}}")).split("\n");

/** Starts a program, and gives a way to wait for a text in its output. */
export function start(command: string, args: string[]) {
    const child = spawn(command, args, { cwd: repository, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const seen = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => {
            output += chunk.toString();
            seen.forEach(look => look());
        });
    }
    const ended = new Promise<number | null>(resolve => child.on("close", resolve));
    const until = (text: string) =>
        new Promise<void>((resolve, reject) => {
            const look = () => {
                if (output.includes(text)) {
                    seen.delete(look);
                    resolve();
                }
            };
            seen.add(look);
            look();
            void ended.then(() => reject(new Error(`it ended without "${text}":\n${output}`)));
        });
    return { child, ended, until, output: () => output };
}
