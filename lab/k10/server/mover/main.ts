/** The program of a mover pod. */
import { readFileSync, writeFileSync } from "node:fs";
import { messageOf } from "../failure.ts";
import { log } from "../log.ts";
import { Store, storeErrorCode } from "../s3.ts";
import { DATA_FOLDER, JOB_FILE, MOST_MESSAGE, type MoverJob, type MoverResult } from "./job.ts";
import { backUp, restore } from "./move.ts";

const TERMINATION_LOG = "/dev/termination-log";
const MOST_EXCEPTIONS = 10;

/** Fits a result into a termination message. */
export function message(result: MoverResult): string {
    const shown = result.exceptions.slice(0, MOST_EXCEPTIONS).map(text => text.slice(0, 200));
    const more = result.exceptions.length - shown.length;
    const exceptions = more > 0 ? [...shown, `and ${more} more`] : shown;
    return JSON.stringify({ ...result, exceptions });
}

/** Reads the job, moves the volume, leaves the result or the error in the termination message. */
export async function mover(): Promise<void> {
    log("mover of the stand-in for Veeam Kasten K10");
    try {
        const job = JSON.parse(readFileSync(JOB_FILE, "utf8")) as MoverJob;
        const store = new Store(job.store, 10);
        const started = Date.now();
        const result =
            job.direction === "backup"
                ? await backUp(job, DATA_FOLDER, store)
                : await restore(job, DATA_FOLDER, store);
        log(
            `${job.direction} of ${job.claim}: ${result.bytes} bytes in ${Date.now() - started} ms`,
        );
        writeFileSync(TERMINATION_LOG, message(result));
        store.close();
    } catch (error) {
        const code = storeErrorCode(error);
        const text = messageOf(error);
        const said = text.includes(code) || code === "Error" ? text : `${code}: ${text}`;
        log(`failed: ${said}`);
        writeFileSync(
            TERMINATION_LOG,
            JSON.stringify({ error: said.slice(0, MOST_MESSAGE - 100) }),
        );
        process.exitCode = 1;
    }
}
