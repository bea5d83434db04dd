/**
 * Runs what the lab is made of, one step after the other. A step that has been done is skipped, so an
 * interrupted run goes on where it stopped; each failure names the step and its log.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "./exec.ts";
import { withLock } from "./lock.ts";
import { local } from "./paths.ts";

/** Whether a step has to run. */
export interface State {
    todo: boolean;
    /** For people: what is there, or why it has to be made. */
    why: string;
}

export interface Step {
    /** What a person reads: "Kubernetes v1.36.2". */
    name: string;
    /** About how many seconds it takes on 2 cores when nothing is cached. */
    seconds: number;
    /** Of the steps with the same lock, one runs at a time, whichever checkouts they belong to. */
    lock: string;
    state(): Promise<State>;
    run(context: StepContext): Promise<void>;
}

/** A step that was looked at, and not run. */
export interface Planned extends State {
    step: string;
    seconds: number;
}

export interface StepContext {
    /** Where the output of what the step runs belongs. */
    log: string;
    /** Reports how far the step is, from 0 to 1. */
    progress: (share: number) => void;
}

/** A step failed: the message names it, the last lines of its output and its log. */
export class StepError extends Error {}

/** `95` as `1 m 35 s`. */
export function duration(seconds: number): string {
    const whole = Math.max(0, Math.round(seconds));
    return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} m ${whole % 60} s`;
}

/** A share from 0 to 1 as a picture of 20 characters. */
export function bar(share: number): string {
    const done = Math.round(Math.min(1, Math.max(0, share)) * 20);
    return `${"█".repeat(done)}${"░".repeat(20 - done)}`;
}

/** What would be done, and why. */
export async function plan(steps: Step[]): Promise<Planned[]> {
    const planned: Planned[] = [];
    for (const step of steps) {
        planned.push({ step: step.name, ...(await step.state()), seconds: step.seconds });
    }
    return planned;
}

/** Runs what is not done yet. */
export async function runSteps(steps: Step[], out = process.stderr): Promise<void> {
    const planned = await plan(steps);
    const todo = steps.filter((_, index) => planned[index]?.todo);
    if (todo.length === 0) {
        return;
    }
    const total = todo.reduce((sum, step) => sum + step.seconds, 0);
    out.write(`lab: ${todo.length} of ${steps.length} steps to do, about ${duration(total)}\n`);
    let ahead = total;
    for (const [index, step] of todo.entries()) {
        ahead -= step.seconds;
        const label = `lab: [${index + 1}/${todo.length}] ${step.name}`;
        await withLock(
            step.lock,
            async () => {
                // Whoever had the lock before may have done it.
                const { todo, why } = await step.state();
                if (todo) {
                    await runStep(step, label, why, { ahead, total }, out);
                } else {
                    out.write(`${label}: ${why}\n`);
                }
            },
            holder => out.write(`${label}: waits for ${holder}\n`),
        );
    }
}

async function runStep(
    step: Step,
    label: string,
    why: string,
    /** Seconds of the steps after this one, and of all. */
    { ahead, total }: { ahead: number; total: number },
    out: NodeJS.WriteStream,
): Promise<void> {
    const started = Date.now();
    const log = join(local, "logs", `${step.name.replace(/[^A-Za-z0-9.]+/g, "-")}.log`);
    await mkdir(join(local, "logs"), { recursive: true });
    let share = 0;
    const elapsed = () => (Date.now() - started) / 1000;
    const line = () => {
        const guess = share > 0.05 ? (elapsed() / share) * (1 - share) : step.seconds - elapsed();
        const left = Math.max(guess, 0);
        const percent = share > 0 ? `${Math.floor(share * 100)} %, ` : "";
        // Of the whole build: a person watches that, a log is read.
        const whole =
            1 - (ahead + (1 - Math.min(1, elapsed() / (elapsed() + left))) * step.seconds) / total;
        const picture = out.isTTY ? `${bar(whole)} ` : "";
        return `${picture}${label}: ${percent}${duration(elapsed())}, about ${duration(left + ahead)} left in all`;
    };
    out.write(`${label}: ${why}; about ${duration(step.seconds)}\n`);
    // A terminal sees one line that changes; a log gets a line now and then.
    const timer = setInterval(
        () => out.write(out.isTTY ? `\r\x1b[2K${line()}` : `${line()}\n`),
        out.isTTY ? 1_000 : 20_000,
    );
    try {
        await step.run({ log, progress: value => (share = Math.min(1, value)) });
    } catch (error) {
        out.write("\n");
        throw failure(step, log, error);
    } finally {
        clearInterval(timer);
    }
    out.write(`${out.isTTY ? "\r\x1b[2K" : ""}${label}: done in ${duration(elapsed())}\n`);
}

function failure(step: Step, log: string, error: unknown): StepError {
    const details = error instanceof CommandError ? error.lastLines.map(line => `    ${line}`) : [];
    const message = error instanceof Error ? error.message : String(error);
    return new StepError(
        [
            `The lab's step \`${step.name}\` failed: ${message}`,
            ...details,
            `The whole output is in ${log}. Run the same command again to go on from here.`,
        ].join("\n"),
    );
}
