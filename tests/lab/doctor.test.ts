import assert from "node:assert/strict";
import { diagnose, lookAtMachine, type Machine } from "../../lab/doctor.ts";
import { table } from "../../lab/table.ts";

const fitting: Machine = {
    node: "22.18.0",
    go: "go1.26.8",
    compile: true,
    root: true,
    engine: false,
    apt: true,
    cores: 2,
    memory: 20e9,
    disk: 60e9,
    built: false,
    inotify: 128,
    cgroups: true,
    overlay: true,
    packetFilter: true,
};

/** What a machine lacks, as `what: found`. */
const lacking = (more: Partial<Machine>) =>
    diagnose({ ...fitting, ...more })
        .filter(finding => !finding.ok)
        .map(({ what, found }) => `${what}: ${found}`);

describe("doctor", () => {
    const cases: [name: string, more: Partial<Machine>, lacking: string[]][] = [
        ["a machine with Go, Node.js and root", {}, []],
        ["a user with a Docker engine", { root: false, engine: true, inotify: 1024 }, []],
        ["no Go", { go: undefined }, ["Go: missing"]],
        ["no Go, and nothing to build with it", { go: undefined, compile: false }, []],
        ["an old Go", { go: "go1.25.3" }, ["Go: go1.25.3"]],
        ["neither engine nor root", { root: false, inotify: 1024 }, ["Docker engine: none yet"]],
        ["neither engine nor apt-get", { apt: false }, ["Docker engine: none yet"]],
        ["one core", { cores: 1 }, ["processor cores: 1"]],
        ["little memory", { memory: 7.9e9 }, ["free memory: 7.9 GB"]],
        ["memory that cannot be told", { memory: NaN }, []],
        ["little disk to build on", { disk: 24e9 }, ["free disk: 24.0 GB"]],
        ["the same disk with everything built", { disk: 24e9, built: true }, []],
        ["no disk to run on", { disk: 4e9, built: true }, ["free disk: 4.0 GB"]],
        [
            "few inotify instances for a user",
            { root: false, engine: true },
            ["inotify instances: 128"],
        ],
        [
            "a kernel without what containers need",
            { cgroups: false, overlay: false, packetFilter: false },
            ["control groups: missing", "overlay file system: missing", "packet filter: missing"],
        ],
    ];
    for (const [name, more, expected] of cases) {
        it(`${name}: ${expected.join(", ") || "fits"}`, () => {
            assert.deepEqual(lacking(more), expected);
        });
    }

    it("says what to do about each thing that is missing", () => {
        const nothing: Machine = {
            ...fitting,
            ...{ go: undefined, root: false, apt: false, cores: 1, memory: 0, disk: 0 },
            ...{ cgroups: false, overlay: false, packetFilter: false },
        };
        const findings = diagnose(nothing).filter(finding => !finding.ok);
        assert.equal(findings.length, 9);
        assert.deepEqual(
            findings.filter(finding => finding.advice === ""),
            [],
        );
    });

    it("looks at this machine", async () => {
        const machine = await lookAtMachine(true);
        assert.equal(machine.node, process.versions.node);
        assert.ok(machine.cores >= 1);
        assert.ok(machine.disk > 0);
    });
});

describe("table", () => {
    it("aligns its columns, without blanks at the ends of lines", () => {
        assert.equal(
            table([
                ["KIND", "NAME"],
                ["stack", "lab"],
                ["", "lab-test"],
            ]),
            "KIND   NAME\nstack  lab\n       lab-test",
        );
    });
});
