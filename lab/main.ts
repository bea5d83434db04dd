/** The lab's command line. `make` calls it; each command can be called by itself, too. */
import { Command } from "commander";
import type { BenchOptions } from "./bench/bench.ts";
import { buildLab, compiles, planLab } from "./build/lab.ts";
import { clean, distclean } from "./clean.ts";
import { demo } from "./demo.ts";
import { diagnose, lookAtMachine, verifyBuilt } from "./doctor.ts";
import { CommandError } from "./exec.ts";
import { labEnvironment } from "./home.ts";
import { chooseKubernetes, chosenKubernetes, kubernetesOf } from "./kubernetes.ts";
import { runPulumi } from "./pulumi.ts";
import { lastLines, logs, status } from "./status.ts";
import { duration } from "./steps.ts";
import { print } from "./table.ts";
import { testLab } from "./test.ts";

interface UpOptions {
    kubernetes?: string;
    dryRun: boolean;
    json: boolean;
}

const program = new Command("lab").description("What a machine needs to run Crossing for real.");

program
    .command("up")
    .description("build what is missing: programs, Docker engine, images, the stack `lab`")
    .option("--kubernetes <minor>", "which minor of Kubernetes this checkout uses from here on")
    .option("--dry-run", "only say what would be done, and why", false)
    .option("--json", "with --dry-run: as JSON", false)
    .action(async (options: UpOptions) => {
        const chosen = options.kubernetes && kubernetesOf(options.kubernetes);
        const kubernetes = chosen || (await chosenKubernetes());
        if (options.dryRun) {
            print(await planLab(kubernetes), options.json, ["", "STEP", "TIME", "WHY"], planned => [
                planned.todo ? "→" : "✓",
                planned.step,
                planned.todo ? duration(planned.seconds) : "",
                planned.why,
            ]);
            return;
        }
        const started = Date.now();
        await chooseKubernetes(kubernetes);
        await buildLab(kubernetes);
        const seconds = Math.round((Date.now() - started) / 1000);
        process.stderr.write(`lab: ready, after ${seconds} s\n`);
    });

program
    .command("demo")
    .description("run the crossing in stack `lab` and print the proof")
    .action(async () => process.exit(await demo()));

const stack = program.command("stack").description("Pulumi on a stack, as `make up` does it");
for (const command of ["up", "preview", "destroy"]) {
    stack
        .command(command)
        .argument("<stack>")
        .argument("[arguments...]", "passed on to Pulumi")
        .description(`pulumi ${command}, in the lab's environment where there is one`)
        .allowUnknownOption()
        .action(async (name: string, rest: string[]) => {
            const unattended = command === "preview" ? [] : ["--yes", "--skip-preview"];
            process.exit(await runPulumi(command, name, [...unattended, ...rest]));
        });
}

program
    .command("doctor")
    .description("whether this machine can run the lab, and what it lacks")
    .option("--verify", "read everything that was built, too, and tell what is damaged", false)
    .option("--json", "as JSON", false)
    .action(async ({ verify, json }: { verify: boolean; json: boolean }) => {
        const machine = diagnose(await lookAtMachine(await compiles(await chosenKubernetes())));
        const findings = [...machine, ...(verify ? await verifyBuilt() : [])];
        print(findings, json, ["", "WHAT", "FOUND", "WHAT TO DO"], finding => [
            finding.ok ? "✓" : "✗",
            finding.what,
            finding.found,
            finding.ok ? "" : finding.advice,
        ]);
        process.exit(findings.every(finding => finding.ok) ? 0 : 1);
    });

program
    .command("status")
    .description("what of the lab is there, and what runs")
    .option("--json", "as JSON", false)
    .action(async ({ json }: { json: boolean }) =>
        print(await status(), json, ["KIND", "NAME", "STATE"], part => [
            part.kind,
            part.name,
            part.state,
        ]),
    );

program
    .command("logs")
    .description("the logs of the lab's steps, or the end of one of them")
    .argument("[name]", "how the log's name begins")
    .option("--lines <number>", "how much of its end", Number, 50)
    .option("--json", "as JSON", false)
    .action(async (name: string | undefined, options: { lines: number; json: boolean }) => {
        if (name !== undefined) {
            process.stdout.write(`${await lastLines(name, options.lines)}\n`);
            return;
        }
        print(await logs(), options.json, ["NAME", "LAST CHANGE", "PATH"], log => [
            log.name,
            log.lastChange,
            log.path,
        ]);
    });

program
    .command("test")
    .description("run the lab suite, if the lab has been built")
    .action(async () => process.exit(await testLab()));

program
    .command("bench")
    .description("measure what a crossing costs: previews, from nothing to the proof, waits")
    .option("--turns <number>", "how often each preview is measured", Number, 5)
    .option("--applications <number>", "tiny ones at most: 1, 10 or 100", Number, 100)
    .option("--json", "print figures as JSON", false)
    .action(async (options: BenchOptions) => {
        const { bench } = await import("./bench/bench.ts");
        await bench(options);
    });

program
    .command("env")
    .description("print the lab's environment, for `eval`")
    .action(async () => {
        for (const [name, value] of Object.entries((await labEnvironment()) ?? {})) {
            process.stdout.write(`export ${name}='${value}'\n`);
        }
    });

program
    .command("down")
    .alias("clean")
    .description("stop and remove all that this checkout started; build caches stay")
    .action(clean);

program.command("distclean").description("the build caches, too").action(distclean);

try {
    await program.parseAsync();
} catch (error) {
    // A sentence is enough, unless the mistake is ours.
    const expected = error instanceof Error && !(error instanceof TypeError);
    const details = error instanceof CommandError ? `:\n${error.lastLines.join("\n")}` : "";
    process.stderr.write(
        `${expected ? error.message + details : ((error as Error).stack ?? error)}\n`,
    );
    process.exit(1);
}
