/** Every stand-in against its list of documented behaviours. The real ones: `npm run conformance -- <part> --real …`. */
import assert from "node:assert/strict";
import { parts } from "../../conformance/parts.ts";
import { ask } from "../../conformance/run.ts";
import type { Subject } from "../../conformance/behaviour.ts";
import { onClusters } from "./stand-in.ts";

// Those that live on clusters are asked on the clusters of the crossing.
for (const part of (await parts()).filter(({ name }) => !onClusters.includes(name))) {
    describe(`conformance of the stand-in: ${part.title}`, function () {
        this.timeout(120_000);
        let subject: Subject<unknown>;

        before(async () => {
            const options = Object.fromEntries(
                part.options.map(({ flags, default: preset }) => [optionName(flags), preset]),
            );
            const found = await part.standIn({ options });
            assert.ok(!("absent" in found), "absent" in found ? found.absent : "");
            subject = found;
        });
        // Where nobody could be asked, there is nobody to leave.
        after(() => subject?.close());

        for (const behaviour of part.behaviours) {
            it(behaviour.name, async function () {
                const { outcome, left } = await ask(behaviour, subject.world);
                if (outcome.state === "skipped") {
                    this.skip();
                }
                assert.deepEqual({ outcome, left }, { outcome: { state: "passed" }, left: [] });
            });
        }
    });
}

/** "--profile-name <name>" is `profileName`, as commander has it. */
function optionName(flags: string): string {
    const long = /--([a-z-]+)/.exec(flags)?.[1] ?? "";
    return long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
