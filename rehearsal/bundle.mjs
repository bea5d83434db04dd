/** Makes one file each of the webhook and of the router, small enough for a ConfigMap. */
import { fileURLToPath, URL } from "node:url";
import { build } from "esbuild";

const file = path => fileURLToPath(new URL(path, import.meta.url));

await build({
    entryPoints: { webhook: file("src/server/main.ts"), router: file("src/router/main.ts") },
    outdir: file("dist"),
    outExtension: { ".js": ".cjs" },
    tsconfig: file("tsconfig.json"),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // Of a dependency's ES and CommonJS forms the first: only unused ES code can be dropped.
    mainFields: ["module", "main"],
    minify: true,
    // Stack traces in its log shall name functions.
    keepNames: true,
    legalComments: "none",
    logLevel: "warning",
});
