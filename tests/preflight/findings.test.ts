import assert from "node:assert/strict";
import { clusterFindings, Facts, findings, sentence } from "../../preflight";

const source: Facts = {
    side: "source",
    reached: [{ what: "the store", url: "https://s3.example.com" }],
    plainDashboard: false,
    beyondFree: [],
    licensed: false,
    copy: { where: "the store", inSource: false, scheduled: [], ownBackup: false },
};
const target: Facts = {
    ...{ side: "target", reached: [], plainDashboard: false, beyondFree: [], licensed: true },
    verified: true,
};
const copy = source.copy!;

const levels = (facts: Facts) =>
    findings(facts).map(({ rule, level, side }) => `${rule} ${level} ${side}`);

describe("findings of the configuration", () => {
    it("say of each rule what was found, also where nothing is wrong", () => {
        assert.deepEqual(findings(source), [
            {
                ...{ rule: "STORE-COPY-001", level: "ok", side: "source" },
                evidence: "what is exported to the store outlives the source cluster",
            },
            {
                ...{ rule: "K10-DR-001", level: "ok", side: "source" },
                evidence:
                    "no policy runs by itself, so that nobody relies on K10's catalogue later on",
            },
            {
                ...{ rule: "STORE-TLS-001", level: "ok", side: "source" },
                evidence: "the store is reached over TLS",
            },
            {
                ...{ rule: "K10-LIC-002", level: "ok", side: "source" },
                evidence: "nothing is asked of K10 that its free edition is known to lack",
            },
        ]);
        assert.deepEqual(levels(target), ["K10-LIC-002 ok target", "PROOF-001 ok target"]);
    });

    const warnings: [what: string, facts: Facts, expected: string][] = [
        [
            "a copy that goes with its cluster",
            { ...source, copy: { ...copy, where: "`share`", inSource: true } },
            "`crossing:exportLocation` is `share`, which lies in the source cluster, so that no copy outlives it: name a location outside; a share of `type: nfs` that lies outside says so by `external: true`. (STORE-COPY-001)",
        ],
        [
            "schedules without K10's own backup",
            { ...source, copy: { ...copy, scheduled: ["crossing:policy", "crossing:policies.a"] } },
            "`crossing:policy`, `crossing:policies.a` run by K10's own schedule, and its catalogue of what was backed up goes with its cluster: set `crossing:k10.disasterRecovery`. (K10-DR-001)",
        ],
        [
            "schedules on the target, whose K10 no key has back itself up",
            { ...target, scheduled: ["crossing:policies.a"] },
            "`crossing:policies.a` run by K10's own schedule on the target, and its catalogue of what was backed up goes with its cluster: set up Kasten Disaster Recovery in its dashboard. (K10-DR-001)",
        ],
        [
            "a store without TLS",
            { ...source, reached: [{ what: "`far`", url: "http://s3.example.com" }] },
            "`far` is reached by `http://s3.example.com`, without TLS: give it a certificate, with `caFile` where its authority is your own. (STORE-TLS-001)",
        ],
        [
            "a dashboard without TLS",
            { ...target, plainDashboard: true },
            "K10's dashboard on the target is reached over HTTP, and what people log in with goes in clear: set `tlsSecret` of `crossing:k10.ingress`, or leave `tls` of `crossing:k10.route` as it is by default. (K10-TLS-001)",
        ],
        [
            "a token that lives for more than 30 days",
            { ...target, tokenSeconds: 30 * 86_400 + 1 },
            "`crossing:k10.dashboardToken` of the target is good for 30 days, and whoever has it may use K10 all that time: ask for less where nothing wants so much. (K10-TOKEN-001)",
        ],
        [
            "what the free edition may lack",
            { ...target, licensed: false, beyondFree: ["crossing:k10.access"] },
            "`crossing:k10.access` may be what Kasten's free edition lacks, and K10 is given no licence on the target: set `crossing:k10.values.license`, by `pulumi config set --secret --path`. (K10-LIC-002)",
        ],
        [
            "a restore that is not compared with anything",
            { ...target, verified: false },
            "What is restored is not verified: `crossing:restore.restorePoint` names another restore point than that of this run: leave it out, and the restore is proven. (PROOF-001)",
        ],
    ];
    for (const [what, facts, expected] of warnings) {
        it(`warn of ${what}`, () => {
            const found = findings(facts).filter(({ level }) => level === "warn");
            assert.deepEqual(found.map(sentence), [expected]);
        });
    }

    it("warn of nothing at the edge of each rule", () => {
        const facts: Facts = {
            ...source,
            reached: [{ what: "the store", url: "http://10.0.0.1:9000", local: true }],
            tokenSeconds: 30 * 86_400,
            copy: { ...copy, scheduled: ["crossing:policy"], ownBackup: true },
        };
        assert.ok(findings(facts).every(({ level }) => level === "ok"));
    });
});

describe("findings of clusters", () => {
    const facts = { side: "target", freeLicenceNodes: 5, licensed: false } as const;

    it("count nodes against the free licence", () => {
        const evidence =
            "nodes of the target that take workloads: 6; Kasten's free licence is for 5";
        const row = { rule: "K10-LIC-001", side: "target" };
        assert.deepEqual(clusterFindings({ ...facts, nodes: 6 }), [
            {
                ...{ ...row, level: "warn", evidence },
                fix: "it is for more in its first 30 days alone: set `crossing:k10.values.license` by then",
            },
        ]);
        assert.deepEqual(clusterFindings({ ...facts, nodes: 6, licensed: true }), [
            { ...row, level: "ok", evidence },
        ]);
        assert.equal(clusterFindings({ ...facts, nodes: 5 })[0]?.level, "ok");
    });

    it("tell of the snapshot that was tried", () => {
        assert.deepEqual(clusterFindings({ ...facts, nodes: 1, snapshotClass: "csi" })[1], {
            ...{ rule: "SNAP-001", level: "ok", side: "target" },
            evidence: "a scratch volume was snapshotted by `csi`, cloned and read back",
        });
    });
});
