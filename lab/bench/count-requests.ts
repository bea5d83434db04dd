/**
 * Loaded into Node.js processes by NODE_OPTIONS, for the benchmark alone: counts the HTTP requests that a process
 * begins and writes the number into a file of its own, again and again, for it may be killed at any time.
 */
import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["CROSSING_BENCH_REQUESTS"];
if (folder) {
    const file = join(folder, String(process.pid));
    let [count, written] = [0, 0];
    const write = () => {
        if (count !== written) {
            written = count;
            writeFileSync(file, String(count));
        }
    };
    // Of the module `http`, and of `fetch`.
    for (const channel of ["http.client.request.start", "undici:request:create"]) {
        subscribe(channel, () => count++);
    }
    setInterval(write, 500).unref();
    process.on("exit", write);
}
