/** Makes one file of the webhook, small enough for a ConfigMap. */
import { fileURLToPath, URL } from "node:url";
import { build } from "esbuild";

const file = path => fileURLToPath(new URL(path, import.meta.url));

await build({
    entryPoints: [file("src/server/main.ts")],
    outfile: file("dist/webhook.cjs"),
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
