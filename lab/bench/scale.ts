/** What each application costs: a stack that is up is given more and more of them, tiny ones. */
import * as k8s from "@kubernetes/client-node";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { descendants, memoryOf } from "../processes.ts";
import type { LabStack } from "../stack.ts";

/** What one `up` cost that brought applications across which were not there before. */
export interface Step {
    /** How many it brought. */
    added: number;
    seconds: number;
    /** The most memory that Pulumi, its plugins and the program had together, in MiB. */
    memory: number;
    /** HTTP requests of the program and its dynamic resources, to clusters and store. */
    requests: number;
}

export interface Scale {
    steps: Step[];
    /** What one more application costs, between the last two steps. */
    perApplication: Omit<Step, "added">;
}

/** How many tiny applications there are after each `up`. */
export const sizes = (most: number) => [1, 10, 100].filter(size => size <= most);

const name = (index: number) => `tiny-${String(index + 1).padStart(3, "0")}`;

/**
 * @param configure sets the applications of the stack, beside its own
 * @param most how many applications there are at most: 1, 10 or 100
 */
export async function measureScale(
    stack: LabStack,
    configure: (applications: object[]) => Promise<void>,
    most: number,
    report: (line: string) => void,
): Promise<Scale> {
    const { sourceKubeconfig } = await stack.outputs();
    const cluster = new k8s.KubeConfig();
    cluster.loadFromString(String(sourceKubeconfig));
    const core = cluster.makeApiClient(k8s.CoreV1Api);
    const steps: Step[] = [];
    let there = 0;
    for (const size of sizes(most)) {
        report(`${size} tiny applications`);
        for (let index = there; index < size; index++) {
            await makeTiny(core, name(index));
        }
        await configure(Array.from({ length: size }, (_, index) => ({ namespace: name(index) })));
        steps.push({ added: size - there, ...(await cost(stack)) });
        there = size;
    }
    return { steps, perApplication: slope(steps) };
}

async function makeTiny(core: k8s.CoreV1Api, namespace: string): Promise<void> {
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const body = { metadata: { name: "settings" }, data: { name: namespace } };
    await core.createNamespacedConfigMap({ namespace, body });
}

async function cost(stack: LabStack): Promise<Omit<Step, "added">> {
    const folder = await mkdtemp(join(tmpdir(), "crossing-bench-"));
    const counter = join(import.meta.dirname, "count-requests.ts");
    let memory = 0;
    const watch = setInterval(() => {
        void descendants(process.pid)
            .then(memoryOf)
            .then(now => (memory = Math.max(memory, now)));
    }, 500);
    try {
        const started = Date.now();
        await stack.up(undefined, {
            CROSSING_BENCH_REQUESTS: folder,
            NODE_OPTIONS: `--import=${counter}`,
        });
        const seconds = (Date.now() - started) / 1_000;
        const counts = await Promise.all(
            (await readdir(folder)).map(file => readFile(join(folder, file), "utf8")),
        );
        return {
            seconds,
            memory: memory / 2 ** 20,
            requests: counts.reduce((sum, count) => sum + Number(count), 0),
        };
    } finally {
        clearInterval(watch);
        await rm(folder, { recursive: true });
    }
}

/** Between the last two steps: what an `up` costs whatever it brings falls out. */
export function slope(steps: Step[]): Omit<Step, "added"> {
    const [before, after] = steps.slice(-2);
    if (!before || !after) {
        return { seconds: NaN, memory: NaN, requests: NaN };
    }
    const per = (key: "seconds" | "memory" | "requests") =>
        (after[key] - before[key]) / (after.added - before.added);
    return { seconds: per("seconds"), memory: per("memory"), requests: per("requests") };
}

export function scaleTable({ steps, perApplication }: Scale): string {
    const line = (title: string, { seconds, memory, requests }: Omit<Step, "added">) =>
        `  ${title.padEnd(26)} ${seconds.toFixed(1)} s, ${memory.toFixed(0)} MiB, ${requests.toFixed(0)} requests`;
    return [
        "bringing tiny applications across, one `up` each",
        ...steps.map(step => line(`${step.added} more`, step)),
        ...(steps.length > 1 ? [line("each more application", perApplication)] : []),
    ].join("\n");
}
