/** Writes what a stack proved as `report.json`, `report.html` and `junit.xml`. Ends with status 0 only for a proof. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { htmlOf } from "./html.ts";
import { junitOf } from "./junit.ts";
import { type Report, reportOf } from "./report.ts";
import { readState, type State, wantedRun } from "./state.ts";

const usage = `npm run report -- --stack NAME [--folder FOLDER] [--json]

  --stack NAME    the stack that restored: role \`all\` or \`target\`
  --folder DIR    where report.json, report.html and junit.xml go (default: report-NAME)
  --run ID        the run that has to be proven (default: the stack's \`crossing:runId\`)
  --from FILE     read what \`pulumi stack export\` printed, instead of asking Pulumi
  --json          print report.json in place of the table

Status 0: proven. 1: not proven, or an error. 2: what was asked for is not clear.
`;

async function main(): Promise<number> {
    const { values: options } = parseArgs({
        options: {
            stack: { type: "string" },
            folder: { type: "string" },
            run: { type: "string" },
            from: { type: "string" },
            json: { type: "boolean", default: false },
            help: { type: "boolean", default: false },
        },
    });
    const { stack, from } = options;
    if (options.help || !stack) {
        process.stdout.write(usage);
        return options.help ? 0 : 2;
    }
    const state = from
        ? (JSON.parse(await readFile(from, "utf8")) as State)
        : await readState(stack);
    const run = options.run ?? (from ? undefined : await wantedRun(stack));
    const report = reportOf(stack, state, run);
    const folder = resolve(options.folder ?? `report-${stack.replaceAll("/", "-")}`);
    const json = `${JSON.stringify(report, null, 4)}\n`;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "report.json"), json);
    await writeFile(join(folder, "report.html"), htmlOf(report));
    await writeFile(join(folder, "junit.xml"), junitOf(report));
    process.stdout.write(options.json ? json : `${table(report)}\n${folder}\n`);
    return report.status === "passed" ? 0 : 1;
}

/** A line for each application, each check that did not pass, what was not compared, and each warning. */
function table({ applications, findings, status, runId }: Report): string {
    const lines = applications.flatMap(({ namespace, status: own, verification }) => {
        const told = verification?.checks ?? [];
        const checks = told.filter(({ compared = true }) => compared);
        const apart = told.filter(({ compared }) => compared === false);
        const wrong = checks.filter(({ passed }) => !passed);
        return [
            `${own === "passed" ? "✓" : "✗"} ${namespace}: ${own}, ${checks.length - wrong.length} of ${checks.length} checks`,
            ...wrong.map(
                ({ name, expected, actual }) => `    ✗ ${name}: ${actual}, expected ${expected}`,
            ),
            ...apart.map(({ name, actual }) => `    – ${name}: ${actual}`),
        ];
    });
    const warnings = findings
        .filter(({ level }) => level === "warn")
        .map(
            ({ rule, side, evidence, fix }) => `! ${rule} (${side}): ${[evidence, fix].join(": ")}`,
        );
    return [...lines, ...warnings, `run ${runId}: ${status}`].join("\n");
}

try {
    process.exitCode = await main();
} catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
}
