/** Where the log goes. */
export const sink = { write: (line: string): unknown => process.stdout.write(line) };

export const log = (text: string) => sink.write(`${new Date().toISOString()} ${text}\n`);
