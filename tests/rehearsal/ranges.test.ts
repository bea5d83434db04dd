/** The ids of namespaces. */
import assert from "node:assert/strict";
import { annotationsFor, freeIndex, indexOf, lacksRange, parseBlock } from "../../rehearsal/src";

const uidRange = "openshift.io/sa.scc.uid-range";
const groups = "openshift.io/sa.scc.supplemental-groups";
const mcs = "openshift.io/sa.scc.mcs";

const withRange = (range: string) => ({
    metadata: { name: "x", annotations: { [uidRange]: range } },
});
const fresh = { metadata: { name: "fresh" } };

describe("the ids of a namespace", () => {
    /** library-go, pkg/security/uid/uid.go: ParseBlock takes both notations. */
    it("are written as start and size, or as start and end", () => {
        assert.deepEqual(parseBlock("1000660000/10000"), { start: 1000660000, end: 1000669999 });
        assert.deepEqual(parseBlock("1-3"), { start: 1, end: 3 });
        assert.equal(parseBlock("1000660000"), undefined);
        assert.equal(parseBlock(""), undefined);
    });

    /**
     * Seen together on real clusters: 1000660000/10000 with s0:c26,c5 and, one namespace on, c26,c10 (the drupal
     * refusal cited in admit.test.ts; openshift-docs, modules/security-context-constraints-pre-allocated-values.adoc).
     * cluster-policy-controller, namespace_security_allocation_controller_test.go: the first label is c1,c0.
     */
    const pairs: [number, string, string][] = [
        [0, "1000000000/10000", "s0:c1,c0"],
        [1, "1000010000/10000", "s0:c3,c2"],
        [66, "1000660000/10000", "s0:c26,c5"],
        [67, "1000670000/10000", "s0:c26,c10"],
        [68, "1000680000/10000", "s0:c26,c15"],
    ];
    for (const [index, range, label] of pairs) {
        it(`of block ${index} are ${range} and ${label}`, () => {
            assert.deepEqual(annotationsFor(index, fresh), {
                [uidRange]: range,
                [groups]: range,
                [mcs]: label,
            });
            assert.equal(indexOf(withRange(range)), index);
        });
    }

    /** cluster-policy-controller, allocate(): the first free bit. */
    it("are the first that are free", () => {
        assert.equal(freeIndex(new Set()), 0);
        assert.equal(freeIndex(new Set([0, 1, 3])), 2);
    });

    /** cluster-policy-controller, Repair(): other sizes and other places do not count as taken. */
    it("take up a block only where they are one", () => {
        for (const range of ["1000000000/20000", "1000005000/10000", "1000/10000", "nonsense"]) {
            assert.equal(indexOf(withRange(range)), undefined, range);
        }
    });

    /** cluster-policy-controller, syncNamespace() and allocate(). */
    it("stay where a namespace brings them along, and its label does", () => {
        assert.equal(lacksRange(withRange("5/5")), false);
        assert.equal(lacksRange(fresh), true);
        const labelled = { metadata: { name: "x", annotations: { [mcs]: "s0:c9,c8" } } };
        assert.equal(lacksRange(labelled), true);
        assert.equal(annotationsFor(7, labelled)[mcs], "s0:c9,c8");
    });

    it("are labelled differently, all of them", () => {
        const labels = new Set<string>();
        for (let index = 0; index < 100_000; index++) {
            labels.add(annotationsFor(index, fresh)[mcs] ?? "");
        }
        assert.equal(labels.size, 100_000);
    });
});
