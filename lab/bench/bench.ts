/** `make bench`: what a crossing costs, measured on this machine in one go. Figures, never a test. */
import { buildLab } from "../build/lab.ts";
import { run } from "../exec.ts";
import { chosenKubernetes } from "../kubernetes.ts";
import { prefix, repository } from "../paths.ts";
import { builtEnvironment, labConfig, LabStack, subnet } from "../stack.ts";
import { Phases, picture, type Phase } from "./phases.ts";
import { preview, previewInTurns, type PreviewTimes } from "./preview.ts";
import { measureScale, type Scale, scaleTable } from "./scale.ts";

/** Times in seconds. */
export interface Figures {
    /** `make lab` where everything has been built. */
    labAgain: number;
    preview: PreviewTimes & { toEmpty: number; toPlugins: number };
    /** A preview of the stack that is up, where there is nothing to change. */
    livePreview: number;
    /** `pulumi up` from an empty world to the proof. */
    nothingToProof: { seconds: number; phases: Phase[] };
    /** From the moment that K10 gives as the end to the moment that the resource is done. */
    overshoot: Record<string, number>;
    destroy: number;
    scale: Scale;
}

export interface BenchOptions {
    /** How many tiny applications are brought across at most: 1, 10 or 100. */
    applications: number;
    /** How often each preview is measured. */
    turns: number;
    json: boolean;
}

const stackName = "lab-bench";

export async function bench(options: BenchOptions): Promise<void> {
    const figures = await measure(options);
    process.stdout.write(
        options.json ? `${JSON.stringify(figures, null, 4)}\n` : `${table(figures)}\n`,
    );
}

async function measure({ turns, applications }: BenchOptions): Promise<Figures> {
    report("the lab, which is there already");
    const labAgain = await timed(async () => buildLab(await chosenKubernetes()));
    const env = await builtEnvironment();
    const stack = new LabStack(stackName);
    const config = {
        ...(await labConfig()),
        name: prefix(stackName),
        network: { subnet: await subnet(3) },
    };
    await stack.configure(config);
    try {
        const previews = await previewInTurns(stackName, turns, env, turn =>
            report(`previews, turn ${turn} of ${turns}`),
        );
        report("from nothing to the proof (one to two minutes)");
        const started = Date.now();
        const phases = new Phases(started);
        const seconds = await timed(() => stack.up(event => phases.take(event, Date.now())));
        report("a preview of the stack that is up");
        const livePreview = await preview(stackName, repository, env);
        const overshoot = overshoots(await actionEnds(env), phases.list(), started);
        const withTiny = (tiny: object[]) =>
            stack.configure({ ...config, applications: [{ sample: {} }, ...tiny] });
        const scale = await measureScale(stack, withTiny, applications, report);
        report("destroy");
        const destroy = await timed(() => stack.destroy());
        const [toEmpty, toPlugins] = [previews.empty, previews.plugins].map(
            times => median(previews.crossing) / median(times),
        ) as [number, number];
        return {
            labAgain,
            preview: { ...previews, toEmpty, toPlugins },
            livePreview,
            nothingToProof: { seconds, phases: phases.list() },
            overshoot,
            destroy,
            scale,
        };
    } finally {
        await stack.remove();
    }
}

interface State {
    deployment: { resources: { type: string; outputs?: { result?: Result } }[] };
}
interface Result {
    runAction?: { endTime: string };
    restoreAction?: { endTime: string };
}

/** When K10 says that its actions ended, by the resource that waited for them. */
async function actionEnds(env: Record<string, string>): Promise<Map<string, number>> {
    const args = ["stack", "export", "--stack", stackName];
    const { deployment } = JSON.parse(await run("pulumi", args, { env, cwd: repository })) as State;
    return new Map(
        deployment.resources.flatMap(({ type, outputs }) => {
            const action = outputs?.result?.runAction ?? outputs?.result?.restoreAction;
            return action ? [[type.split(":").at(-1) ?? "", Date.parse(action.endTime)]] : [];
        }),
    );
}

/** The phases that wait for an action of K10, and the type of the resource that waits. */
const waits = { "backup and export": "Export", import: "Import", restore: "Restore" };

export function overshoots(
    ends: Map<string, number>,
    phases: Phase[],
    started: number,
): Record<string, number> {
    return Object.fromEntries(
        Object.entries(waits).map(([title, type]) => {
            const phase = phases.find(each => each.title === title);
            return [title, (phase?.end ?? NaN) - ((ends.get(type) ?? NaN) - started) / 1_000];
        }),
    );
}

export function table(figures: Figures): string {
    const { preview: previews, nothingToProof, overshoot } = figures;
    const s = (seconds: number) => `${seconds.toFixed(1)} s`;
    const of = (times: number[]) => `${s(median(times))}  (${times.map(s).join(", ")})`;
    return [
        `lab, built already           ${s(figures.labAgain)}`,
        `preview of an empty program  ${of(previews.empty)}`,
        `  of one resource per plugin ${of(previews.plugins)}`,
        `  of the crossing, no world  ${of(previews.crossing)}`,
        `  that is                    ${previews.toEmpty.toFixed(2)} × empty, ${previews.toPlugins.toFixed(2)} × one resource per plugin`,
        `preview of the stack up      ${s(figures.livePreview)}`,
        `from nothing to the proof    ${s(nothingToProof.seconds)}`,
        picture(nothingToProof.phases),
        "from K10's Complete to the resource's return",
        ...Object.entries(overshoot).map(
            ([title, seconds]) => `  ${title.padEnd(26)} ${seconds.toFixed(2)} s`,
        ),
        `destroy                      ${s(figures.destroy)}`,
        scaleTable(figures.scale),
    ].join("\n");
}

export function median(values: number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1
        ? (sorted[middle] ?? NaN)
        : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
    const started = process.hrtime.bigint();
    await work();
    return Number(process.hrtime.bigint() - started) / 1e9;
}

function report(line: string): void {
    process.stderr.write(`bench: ${line}\n`);
}
