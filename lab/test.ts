/** `make test-lab`: the lab suite, where the lab has been built. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { engineHost } from "./engine.ts";
import { labEnvironment } from "./home.ts";
import { repository } from "./paths.ts";

/** @returns the exit status: 0 also for a suite that was skipped, unless LAB_REQUIRED is set */
export async function testLab(): Promise<number> {
    const env = await labEnvironment();
    const missing = !env
        ? "the lab has not been built in this checkout"
        : (await engineHost()) === undefined
          ? "no Docker engine answers"
          : undefined;
    if (missing) {
        const required = Boolean(process.env["LAB_REQUIRED"]);
        process.stdout.write(
            `lab suite: ${required ? "FAILED" : "SKIPPED"}, because ${missing}. Run \`make lab\`, then \`make test\` again.\n`,
        );
        return required ? 1 : 0;
    }
    const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
    const child = spawn(process.execPath, [mocha, "--config", "tests/lab-suite.mocharc.json"], {
        cwd: repository,
        env: { ...process.env, ...env },
        stdio: "inherit",
    });
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", status => resolve(status ?? 1));
    });
}
