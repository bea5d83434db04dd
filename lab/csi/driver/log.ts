/** The driver's log: one line for each thing that happened. Requests are not logged: they may hold secrets. */
export function log(message: string): void {
    process.stdout.write(`${new Date().toISOString()} csi-stand-in: ${message}\n`);
}
