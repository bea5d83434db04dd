export const log = (text: string) => process.stdout.write(`${new Date().toISOString()} ${text}\n`);
