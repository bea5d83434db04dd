/** What a process does whose engine was killed. */

let listening = false;

/**
 * Ends this process at the first line that nobody reads any more: the next `up` goes on with the work. Without it Pulumi's
 * own handler of uncaught errors (cmd/dynamic-provider of @pulumi/pulumi) prints the error of having printed, which fails
 * again, until all memory is taken.
 */
export function endWhenUnheard(): void {
    if (!listening) {
        listening = true;
        for (const stream of [process.stdout, process.stderr]) {
            stream.on("error", () => process.exit(1));
        }
    }
}
