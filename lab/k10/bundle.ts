/** Makes one file of the K10 stand-in's server, for its image. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Writes the server with everything that it imports to `outFile`, to be run as `node outFile` (server) or
 * `node outFile mover` (mover) by Node 22.
 * @throws when a file of the server does not compile; esbuild's messages name it.
 */
export async function bundleServer(outFile: string): Promise<void> {
    await build({
        entryPoints: [fileURLToPath(new URL("server/main.ts", import.meta.url))],
        outfile: outFile,
        bundle: true,
        platform: "node",
        target: "node22",
        // The AWS SDK loads some of its parts by `require`, which only this format has.
        format: "cjs",
        // Of a dependency's ES and CommonJS forms the first: only unused ES code can be dropped.
        mainFields: ["module", "main"],
        minifySyntax: true,
        legalComments: "none",
        logLevel: "warning",
    });
}
