/** OpenShift Local as a cluster: adopted as it is, or started by the stack. */
import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;

const started = { type: "crc", start: true, pullSecretFile: "pull-secret.json" };
const mistakes = (target: Values): string[] => {
    try {
        parse({ target }, []);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
};

describe("a CRC in the configuration", () => {
    it("is adopted where CRC writes its kubeconfig, and is an OpenShift", () => {
        assert.deepEqual(parse({ target: { type: "crc" } }, []).target, {
            type: "crc",
            start: false,
            kubeconfig: "~/.crc/machines/crc/kubeconfig",
            platform: "openshift",
        });
    });

    it("is adopted by another kubeconfig, too", () => {
        const { target } = parse({ target: { type: "crc", kubeconfig: "crc.yaml" } }, []);
        assert.deepEqual(target.type === "crc" && target.kubeconfig, "crc.yaml");
    });

    it("is started with enough for K10, and stopped at the end", () => {
        assert.deepEqual(parse({ target: started }, []).target, {
            type: "crc",
            start: true,
            cpus: 6,
            memory: 16_384,
            disk: 60,
            pullSecretFile: "pull-secret.json",
            onDestroy: "stop",
            platform: "openshift",
        });
    });

    const beside = "set `start: true` beside it, or remove it";
    const local = "which OpenShift Local needs";
    const table: [Values, string][] = [
        [{ type: "crc", start: "yes" }, "start` is `yes`: use `true` or `false`"],
        [{ type: "crc", start: null }, "start` is `null`: use `true` or `false`"],
        [{ type: "crc", cpus: 8 }, `cpus\` is \`8\`: ${beside}`],
        [{ type: "crc", memory: 20_000 }, `memory\` is \`20000\`: ${beside}`],
        [{ type: "crc", disk: 80 }, `disk\` is \`80\`: ${beside}`],
        [{ type: "crc", pullSecretFile: "p" }, `pullSecretFile\` is \`p\`: ${beside}`],
        [{ type: "crc", onDestroy: "stop" }, `onDestroy\` is \`stop\`: ${beside}`],
        [{ type: "crc", kubeconfig: "" }, "kubeconfig` is ``: give a text that is not empty"],
        [
            { type: "crc", platform: "kubernetes" },
            "platform` is `kubernetes`: remove it: a CRC is an OpenShift",
        ],
        [{ type: "crc", context: "x" }, "context` is not a key: remove it, or correct its name"],
        [
            { type: "crc", start: true },
            "pullSecretFile` is missing: give the path of the pull secret that Red Hat gives out for OpenShift Local",
        ],
        [
            { ...started, kubeconfig: "x" },
            "kubeconfig` is `x`: remove it: a CRC that is started writes its own",
        ],
        [{ ...started, cpus: 3 }, `cpus\` is \`3\`: give at least 4, ${local}`],
        [{ ...started, cpus: 4.5 }, "cpus` is `4.5`: give a whole number"],
        [{ ...started, memory: 9_000 }, `memory\` is \`9000\`: give at least 10752, ${local}`],
        [{ ...started, disk: 30 }, `disk\` is \`30\`: give at least 31, ${local}`],
        [{ ...started, disk: "60Gi" }, "disk` is `60Gi`: give a number"],
        [
            { ...started, pullSecretFile: "" },
            "pullSecretFile` is ``: give a text that is not empty",
        ],
        [{ ...started, onDestroy: "halt" }, "onDestroy` is `halt`: use `keep`, `stop` or `delete`"],
    ];
    for (const [target, rest] of table) {
        it(`${JSON.stringify(target)} is one sentence, and says what to do`, () => {
            assert.deepEqual(mistakes(target), [`\`crossing:target.${rest}.`]);
        });
    }

    it("does not reach a MinIO on this machine's Docker network any more than other clusters do", () => {
        const both = { source: { type: "existing", kubeconfig: "a" }, target: { type: "crc" } };
        assert.throws(() => parse(both, []), ConfigMistakes);
        assert.equal(parse({ ...both, role: "store" }, []).role, "store");
        assert.equal(parse({ target: { type: "crc" } }, []).target.type, "crc");
    });
});
