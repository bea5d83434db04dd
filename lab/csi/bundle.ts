/** Makes one file of the CSI driver stand-in, for its image. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { readProtocols } from "./protocols.ts";

/**
 * Writes the driver with everything that it imports and the protocols that it speaks to `outFile`, to be run as
 * `node outFile` (driver) or `node outFile registrar` by Node 22.
 * @throws when a protocol cannot be had or a file does not compile
 */
export async function bundleDriver(outFile: string, log?: string): Promise<void> {
    await build({
        entryPoints: [fileURLToPath(new URL("driver/main.ts", import.meta.url))],
        outfile: outFile,
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        define: { PROTOCOLS: JSON.stringify(await readProtocols(log)) },
        minifySyntax: true,
        legalComments: "none",
        logLevel: "warning",
    });
}
