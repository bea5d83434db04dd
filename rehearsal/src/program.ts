import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The webhook or the router as one file, as `bundle.mjs` made it beside this one. */
export const program = (name: "webhook" | "router") =>
    readFileSync(join(__dirname, `${name}.cjs`), "utf8");
