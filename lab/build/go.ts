/** Builds the lab's programs from their Go modules. */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { contentKey } from "../keys.ts";
import { run, tryRun } from "../exec.ts";
import { built, repository } from "../paths.ts";
import type { Step } from "../steps.ts";
import type { Graph } from "./graphs.ts";
import { finish, folderState } from "./manifest.ts";

const environment = {
    ...process.env,
    CGO_ENABLED: "0",
    GOTOOLCHAIN: "local",
    // Settings of the machine must not change what is built.
    GOFLAGS: "",
    GOWORK: "off",
};

/** The folder that holds a graph's programs once they are built. */
export async function programs(graph: Graph): Promise<string> {
    const folder = join(repository, "lab", "go", graph.folder);
    const texts = [JSON.stringify(graph.programs), flags(graph).join(" ")];
    return built(graph.folder, await contentKey(texts, [folder]));
}

/** The path of one program. */
export async function program(graph: Graph, name: string): Promise<string> {
    return join(await programs(graph), name);
}

function flags(graph: Graph): string[] {
    const stamps = Object.entries(graph.stamps).map(([name, value]) => `-X ${name}=${value}`);
    return [
        "-trimpath",
        "-buildvcs=false",
        // Kubernetes' and Pulumi's own build tags. grpcnotrace lets the linker drop unused methods.
        "-tags=selinux,notest,grpcnotrace,osusergo",
        // Nobody debugs these programs here; without debug data they compile faster and are smaller.
        "-gcflags=all=-dwarf=false",
        ...(graph.gcflags ?? []).map(flag => `-gcflags=${flag}`),
        `-ldflags=${["-s", "-w", ...stamps].join(" ")}`,
    ];
}

/** The name that `go build` gives a program: the last element of its path that is not a version. */
function defaultName(graph: Graph, path: string): string {
    const elements = path.split("/").filter(element => !/^(v\d+|\.)$/.test(element));
    return elements.at(-1) ?? graph.folder;
}

/** Builds all programs of a graph, with the share of compiled packages as progress. */
export function goStep(graph: Graph): Step {
    return {
        name: graph.title,
        seconds: graph.seconds,
        // Two builds of one module graph would compile the same twice.
        lock: `lab/go/${graph.folder}`,
        state: async () => folderState(await programs(graph)),
        run: ({ log, progress }) => build(graph, log, progress),
    };
}

async function build(graph: Graph, log: string, progress: (share: number) => void): Promise<void> {
    const cwd = join(repository, "lab", "go", graph.folder);
    const entries = Object.entries(graph.programs);
    const paths = entries.map(([, path]) => path);
    const tags = flags(graph).filter(flag => flag.startsWith("-tags"));
    const list = ["list", "-deps", ...tags, ...paths];
    const packages = await run("go", list, { cwd, env: environment, log });
    const total = packages.split("\n").length;
    let compiled = 0;
    const onLine = () => progress(++compiled / total);
    await finish(await programs(graph), async unfinished => {
        // One call compiles and links all, with every core busy.
        await run("go", ["build", "-v", ...flags(graph), "-o", `${unfinished}/`, ...paths], {
            ...{ cwd, env: environment, log, onLine },
        });
        for (const [name, path] of entries) {
            await rename(join(unfinished, defaultName(graph, path)), join(unfinished, name));
        }
    });
}

/** Where Go keeps the files of a module, of the version that the lab's default Kubernetes uses. */
export async function moduleFolder(module: string, log?: string): Promise<string> {
    const answer = await run("go", ["mod", "download", "-json", module], {
        cwd: join(repository, "lab", "go", "kubernetes"),
        env: environment,
        log,
    });
    return (JSON.parse(answer) as { Dir: string }).Dir;
}

/** What `go` says of its version, for example `go1.26.8`; `undefined` where there is none. */
export function goVersion(): Promise<string | undefined> {
    return tryRun("go", ["env", "GOVERSION"], { env: environment });
}
