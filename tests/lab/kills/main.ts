/**
 * `npm run score:kills`: kills `pulumi up` at random moments, lets the next one go on, and counts what was done twice.
 * The clusters stand while it kills; only kills of the whole `up` begin with nothing.
 */
import { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../../lab/exec.ts";
import { prefix } from "../../../lab/paths.ts";
import { descendants } from "../../../lab/processes.ts";
import { labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "../suite/cluster.ts";
import { start } from "../suite/support.ts";
import { doubled, type Kill, lastLine, line, type Outcome, plan, survived } from "./plan.ts";

interface Options {
    seed: number;
    count: number;
    whole: number;
    json: boolean;
}

const stack = new LabStack("lab-kills");
const report = (text: string) => process.stderr.write(`kills: ${text}\n`);
const up = () => start("make", ["up", `STACK=${stack.name}`]);

async function configure(runId: string): Promise<void> {
    await stack.configure({
        ...(await labConfig()),
        name: prefix(stack.name),
        network: { subnet: await subnet(5) },
        ...{ runId, onConflict: "replace" },
    });
}

/** The seconds of an undisturbed `up`: as a whole, and from the start of the policy's run to the proof. */
interface Usual {
    whole: number;
    run: number;
}

const began = (runId: string) => `Export \`kasten-io/shop-export-${runId}-1\`: started`;

async function undisturbed(runId: string): Promise<{ whole: number; run: number }> {
    await configure(runId);
    const started = Date.now();
    const running = up();
    await running.until(began(runId));
    const run = Date.now();
    if ((await running.ended) !== 0) {
        throw new Error(`an \`up\` without a kill failed:\n${running.output()}`);
    }
    return { whole: (Date.now() - started) / 1_000, run: (Date.now() - run) / 1_000 };
}

async function survive(kill: Kill, usual: Usual): Promise<Outcome> {
    await configure(kill.runId);
    const victim = start("pulumi", [
        ...["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name],
    ]);
    if (!kill.whole) {
        await victim.until(began(kill.runId));
    }
    await sleep(kill.moment * (kill.whole ? usual.whole : usual.run) * 1_000);
    // What is slower or faster than usual may have ended: then the next `up` finds nothing to do.
    const below = await descendants(victim.child.pid!);
    const victims = kill.victims === "pulumi" ? [] : below;
    [victim.child.pid!, ...victims].filter(isAlive).forEach(pid => process.kill(pid, "SIGKILL"));
    await victim.ended;

    const started = Date.now();
    const resumed = up();
    const status = await resumed.ended;
    const seconds = (Date.now() - started) / 1_000;
    if (status !== 0) {
        report(resumed.output());
        return { kill, seconds, actions: {}, problem: `the next \`up\` ended with ${status}` };
    }
    return { kill, seconds, ...(await look(kill.runId)) };
}

/** What the clusters say of a run. */
async function look(runId: string): Promise<Pick<Outcome, "problem" | "actions">> {
    const outputs = await stack.outputs();
    const source = new TestCluster(String(outputs["sourceKubeconfig"]));
    const target = new TestCluster(String(outputs["targetKubeconfig"]));
    const of = async (cluster: TestCluster, plural: string, namespace: string, name: string) =>
        (await cluster.actions(plural, namespace)).filter(each =>
            each.startsWith(`${name}-${runId}-`),
        );
    const actions = {
        export: await of(source, "runactions", "kasten-io", "shop-export"),
        import: await of(target, "runactions", "kasten-io", "shop-import"),
        restore: await of(target, "restoreactions", "shop", "restore-shop"),
    };
    const { status } = (outputs["verification"] ?? {}) as { status?: string };
    const missing = Object.entries(actions).filter(([, names]) => names.length === 0);
    const problem =
        outputs["runId"] !== runId || status !== "passed"
            ? `verification of run ${String(outputs["runId"])} is ${status}`
            : missing.map(([kind]) => `no ${kind}`).join(", ");
    return { problem, actions };
}

async function score({ seed, count, whole, json }: Options): Promise<number> {
    const outcomes: Outcome[] = [];
    try {
        report("from nothing, undisturbed (one to three minutes)");
        const first = await undisturbed("k0a");
        report("another run, undisturbed");
        const { run } = await undisturbed("k0b");
        for (const kill of plan(seed, count, whole)) {
            if (kill.whole) {
                await stack.destroy();
            }
            const outcome = await survive(kill, { whole: first.whole, run });
            outcomes.push(outcome);
            report(line(outcome));
        }
    } finally {
        await stack.remove();
    }
    process.stdout.write(`${json ? JSON.stringify(outcomes, null, 4) : lastLine(outcomes)}\n`);
    return outcomes.every(outcome => survived(outcome) && !doubled(outcome)) ? 0 : 1;
}

await new Command("score:kills")
    .description("kill `pulumi up` at random moments and see whether the next one goes on")
    .option("--seed <number>", "the same seed gives the same kills", Number, 1)
    .option("--count <number>", "kills between the policy's run and the proof", Number, 50)
    .option("--whole <number>", "kills during the whole `up`, from nothing", Number, 3)
    .option("--json", "outcomes as JSON", false)
    .action(async (options: Options) => process.exit(await score(options)))
    .parseAsync();
