/** Stand-in for the `command` provider: local commands as Crossing uses them, and nothing else. */
import { serve } from "../shared/plugin.ts";
import { command } from "./command.ts";

await serve({
    name: "command",
    version: "1.2.1",
    resources: { "command:local:Command": command },
});
