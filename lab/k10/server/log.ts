/** The server's log: one line for each thing that happened, never a secret. */

let write = (line: string): void => {
    process.stdout.write(line);
};

/** Sends the log elsewhere: tests have no use for it. */
export function logTo(target: (line: string) => void): void {
    write = target;
}

/** Writes a line with its time. The prefix says in every line what this is. */
export function log(message: string): void {
    write(`${new Date().toISOString()} k10-stand-in: ${message}\n`);
}
