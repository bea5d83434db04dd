/**
 * Makes one file each of the webhook and of the router, small enough for a ConfigMap. It unpacks itself: Pulumi has a ConfigMap
 * three times in its state, which it writes with every step, and in its logs.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath, URL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const file = path => fileURLToPath(new URL(path, import.meta.url));

const { outputFiles } = await build({
    entryPoints: { webhook: file("src/server/main.ts"), router: file("src/router/main.ts") },
    outdir: file("dist"),
    outExtension: { ".js": ".cjs" },
    tsconfig: file("tsconfig.json"),
    bundle: true,
    write: false,
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

for (const { path, contents } of outputFiles) {
    const packed = brotliCompressSync(contents).toString("base64");
    await writeFile(
        path,
        `const { brotliDecompressSync } = require("node:zlib");
const { compileFunction } = require("node:vm");
const program = brotliDecompressSync(Buffer.from("${packed}", "base64")).toString();
compileFunction(program, ["require", "module", "exports"], { filename: __filename })(require, module, exports);
`,
    );
}
