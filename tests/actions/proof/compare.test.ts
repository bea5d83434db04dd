import assert from "node:assert/strict";
import type { Observation, ObservedPage } from "../../../actions/src/proof/baseline";
import { Check, compare } from "../../../actions/src/proof/verification";

const orders = { table: "public.orders", rows: 20, digest: "d-orders" };
const sentinels = { table: "public.sentinels", rows: 1, digest: "d-sentinels" };
const observation = (more: Partial<Observation> = {}): Observation => ({
    tables: [orders, sentinels],
    sentinel: true,
    page: { status: 200, digest: "d-page", showsSentinel: true },
    ...more,
});
const page = (more: Partial<ObservedPage>) =>
    observation({ page: { status: 200, digest: "d-page", showsSentinel: true, ...more } });

const failed = (checks: Check[]) =>
    checks.filter(check => !check.passed).map(({ passed: _, ...facts }) => facts);

describe("compare", () => {
    it("checks rows and hash of every table, the sentinel and the page", () => {
        const passed = (name: string, value: string): Check => ({
            name,
            passed: true,
            expected: value,
            actual: value,
        });
        assert.deepEqual(compare(observation(), observation()), [
            passed("table public.orders: rows", "20"),
            passed("table public.orders: hash", "d-orders"),
            passed("table public.sentinels: rows", "1"),
            passed("table public.sentinels: hash", "d-sentinels"),
            passed("sentinel of this run", "present"),
            passed("page: HTTP status", "200"),
            passed("page: sentinel of this run", "shown"),
            passed("page: content", "d-page"),
        ]);
    });

    it("does not care in which order the tables come", () => {
        const other = observation({ tables: [sentinels, orders] });
        assert.deepEqual(failed(compare(observation(), other)), []);
    });

    /** What was found, and the checks that must fail. */
    const table: [
        string,
        Observation,
        Observation,
        { name: string; expected: string; actual: string }[],
    ][] = [
        [
            "a row is missing",
            observation(),
            observation({ tables: [{ ...orders, rows: 19, digest: "d-19" }, sentinels] }),
            [
                { name: "table public.orders: rows", expected: "20", actual: "19" },
                { name: "table public.orders: hash", expected: "d-orders", actual: "d-19" },
            ],
        ],
        [
            "a value differs",
            observation(),
            observation({ tables: [{ ...orders, digest: "d-other" }, sentinels] }),
            [{ name: "table public.orders: hash", expected: "d-orders", actual: "d-other" }],
        ],
        [
            "a table is missing",
            observation(),
            observation({ tables: [sentinels] }),
            [
                { name: "table public.orders: rows", expected: "20", actual: "missing" },
                { name: "table public.orders: hash", expected: "d-orders", actual: "missing" },
            ],
        ],
        [
            "everything is missing",
            observation(),
            observation({ tables: [], sentinel: false }),
            [
                { name: "table public.orders: rows", expected: "20", actual: "missing" },
                { name: "table public.orders: hash", expected: "d-orders", actual: "missing" },
                { name: "table public.sentinels: rows", expected: "1", actual: "missing" },
                {
                    name: "table public.sentinels: hash",
                    expected: "d-sentinels",
                    actual: "missing",
                },
                { name: "sentinel of this run", expected: "present", actual: "missing" },
            ],
        ],
        [
            "a table is there that was never backed up",
            observation(),
            observation({
                tables: [orders, sentinels, { table: "public.x", rows: 0, digest: "d" }],
            }),
            [{ name: "table public.x", expected: "absent", actual: "0 rows" }],
        ],
        [
            "the sentinel is missing: the rows are of another run",
            observation(),
            observation({ sentinel: false }),
            [{ name: "sentinel of this run", expected: "present", actual: "missing" }],
        ],
        [
            "the page is not served",
            observation(),
            page({ status: 503 }),
            [{ name: "page: HTTP status", expected: "200", actual: "503" }],
        ],
        [
            "the page was not served before either",
            page({ status: 503 }),
            page({ status: 503 }),
            [{ name: "page: HTTP status", expected: "200", actual: "503" }],
        ],
        [
            "the page does not show the sentinel",
            observation(),
            page({ showsSentinel: false }),
            [{ name: "page: sentinel of this run", expected: "shown", actual: "not shown" }],
        ],
        [
            "the page did not show the sentinel before either",
            page({ showsSentinel: false }),
            page({ showsSentinel: false }),
            [{ name: "page: sentinel of this run", expected: "shown", actual: "not shown" }],
        ],
        [
            "the page has other content",
            observation(),
            page({ digest: "d-other" }),
            [{ name: "page: content", expected: "d-page", actual: "d-other" }],
        ],
        [
            "there was nothing to compare with",
            observation({ tables: [] }),
            observation({ tables: [] }),
            [{ name: "tables of the baseline", expected: "some", actual: "none" }],
        ],
    ];
    for (const [what, expected, actual, differences] of table) {
        it(`fails exactly where ${what}`, () => {
            assert.deepEqual(failed(compare(expected, actual)), differences);
        });
    }
});
