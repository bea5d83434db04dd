import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The webhook as one file, as `bundle.mjs` made it beside this one. */
export const program = () => readFileSync(join(__dirname, "webhook.cjs"), "utf8");
