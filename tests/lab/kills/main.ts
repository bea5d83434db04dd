/**
 * `npm run score:kills`: kills `pulumi up` at random moments, lets the next one go on, and counts what was done twice.
 * The clusters stand while it kills; only kills of the whole `up` begin with nothing.
 */
import { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, run } from "../../../lab/exec.ts";
import { prefix } from "../../../lab/paths.ts";
import { descendants } from "../../../lab/processes.ts";
import { labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "../suite/cluster.ts";
import { env, start } from "../suite/support.ts";
import { actionsOf, type Clusters, problemOf } from "./count.ts";
import { ending, isGood, type Kill, line, type Outcome, plan } from "./plan.ts";

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
    const started = Date.now();
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

    const resumedAt = Date.now();
    const resumed = up();
    const status = await resumed.ended;
    const ended = Date.now();
    if (status !== 0) {
        report(resumed.output());
    }
    const actions = await actionsOf(await clusters(), kill.runId);
    const outputs = status === 0 ? await stack.outputs() : {};
    return {
        ...{ kill, actions, problem: problemOf({ status, outputs }, actions, kill.runId) },
        ...{ seconds: (ended - resumedAt) / 1_000, total: (ended - started) / 1_000 },
    };
}

/** The clusters that are there, by kind: an `up` that failed leaves no outputs to know them by. */
async function clusters(): Promise<Clusters> {
    const of = async (side: string) => {
        const name = `${prefix(stack.name)}-${side}`;
        const kubeconfig = await run("kind", ["get", "kubeconfig", "--name", name], { env }).catch(
            () => undefined,
        );
        return kubeconfig === undefined ? undefined : new TestCluster(kubeconfig);
    };
    return { source: await of("source"), target: await of("target") };
}

async function score({ seed, count, whole, json }: Options): Promise<number> {
    const outcomes: Outcome[] = [];
    try {
        report("from nothing, undisturbed (one to three minutes)");
        const first = await undisturbed("k0a");
        report("another run, undisturbed");
        const { run: usual } = await undisturbed("k0b");
        for (const kill of plan(seed, count, whole)) {
            if (kill.whole) {
                await stack.destroy();
            }
            const outcome = await survive(kill, { whole: first.whole, run: usual });
            outcomes.push(outcome);
            report(line(outcome));
        }
    } finally {
        await stack.remove();
    }
    const { stdout, stderr } = ending(outcomes, json);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return isGood(outcomes) ? 0 : 1;
}

await new Command("score:kills")
    .description("kill `pulumi up` at random moments and see whether the next one goes on")
    .option("--seed <number>", "the same seed gives the same kills", Number, 1)
    .option("--count <number>", "kills between the policy's run and the proof", Number, 50)
    .option("--whole <number>", "kills during the whole `up`, from nothing", Number, 3)
    .option("--json", "`{summary, outcomes}` on stdout; the last line is on stderr", false)
    .action(async (options: Options) => process.exit(await score(options)))
    .parseAsync();
