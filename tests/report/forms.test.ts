/** The report as JUnit's XML, as a page and as a picture, byte by byte. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { htmlOf } from "../../report/html.ts";
import { junitOf } from "../../report/junit.ts";
import { reportOf } from "../../report/report.ts";
import { timelineOf } from "../../report/timeline.ts";
import { failed, filtered, passed, shop, stateOf } from "./support.ts";

const reports = {
    passed: reportOf("dev", stateOf({ shop }, [["shop", "1", passed]]), "1"),
    failed: reportOf(
        "dev",
        stateOf({ shop, books: {} }, [
            ["shop", "1", failed],
            ["books", "1", undefined],
        ]),
        "1",
    ),
    filtered: reportOf("dev", stateOf({ shop }, [["shop", "1", filtered]]), "1"),
    nothing: reportOf("dev", {}, "1"),
};

/** `UPDATE_REPORTS=1` rewrites what is expected: read the difference before it is committed. */
async function golden(name: string, actual: string): Promise<void> {
    const path = join(import.meta.dirname, "golden", name);
    if (process.env["UPDATE_REPORTS"]) {
        await writeFile(path, actual);
    }
    assert.equal(actual, await readFile(path, "utf8"));
}

describe("forms of the report", () => {
    for (const [name, report] of Object.entries(reports)) {
        it(`JUnit: ${name}`, () => golden(`${name}.xml`, junitOf(report)));
        it(`HTML: ${name}`, () => golden(`${name}.html`, htmlOf(report)));
    }

    it("counts what failed and what has nothing to judge by apart", () => {
        const xml = junitOf(reports.failed);
        assert.match(xml, /<testsuite name="books" tests="1" failures="0" errors="1" skipped="0">/);
        assert.match(xml, /<testsuite name="shop" tests="2" failures="1" errors="0" /);
    });

    it("counts what was not compared as skipped, and marks it so", () => {
        assert.match(
            junitOf(reports.filtered),
            /<testsuite name="shop" tests="2" failures="0" errors="0" skipped="1" /,
        );
        assert.match(
            htmlOf(reports.filtered),
            /<td class="mark open">–<\/td><td>left out by filters<\/td>/,
        );
    });

    it("what an application shows cannot become a part of the page or of the XML", () => {
        const hostile = '<b title="x">&';
        assert.ok(!htmlOf(reports.failed).includes(hostile));
        assert.ok(htmlOf(reports.failed).includes("&lt;b title=&quot;x&quot;&gt;&amp;"));
        assert.ok(!junitOf(reports.failed).includes(hostile));
    });

    it("the picture has a bar for each action with times, and for the proof", () => {
        assert.deepEqual(timelineOf(reports.passed.applications[0]), [
            {
                ...{ label: "BackupAction shop/backup-1", state: "Complete", seconds: 3.3 },
                ...{ from: 0, width: 10.5 },
            },
            {
                ...{ label: "RestoreAction shop/restore-shop-1-1", state: "Failed" },
                ...{ seconds: 12.4, from: 31.7, width: 39.4 },
            },
            {
                ...{ label: "verification", state: "passed", seconds: 1.5 },
                ...{ from: 95.2, width: 4.8 },
            },
        ]);
    });

    it("the picture of nothing has no bars", () => {
        assert.deepEqual(timelineOf({ namespace: "shop", runId: "1", status: "unproven" }), []);
    });
});
