import assert from "node:assert/strict";
import { parse } from "yaml";
import { selectContext } from "../../components/cluster/kubeconfig";

const file = `
apiVersion: v1
kind: Config
current-context: lab
preferences: { colors: true }
contexts:
  - { name: lab, context: { cluster: lab, user: lab-admin, namespace: shop } }
  - { name: prod, context: { cluster: prod, user: prod-admin } }
  - { name: no-cluster, context: { cluster: gone, user: lab-admin } }
  - { name: no-user, context: { cluster: lab, user: gone } }
  - { name: empty }
clusters:
  - { name: lab, cluster: { server: "https://lab:6443", certificate-authority: pki/ca.crt } }
  - { name: prod, cluster: { server: "https://prod:6443", certificate-authority-data: UFJPRA== } }
users:
  - name: lab-admin
    user: { client-certificate: ./pki/../lab.crt, client-key: /keys/lab.key, tokenFile: token }
  - name: prod-admin
    user:
      token: prod-hunter2
      exec: { command: aws, args: [eks, get-token], env: [{ name: client-key, value: x }] }
`;

const selected = (text: string, context?: string): unknown =>
    parse(selectContext(text, "/home/me/.kube", context));

describe("a kubeconfig of one context", () => {
    it("is that of the current context, with paths that mean the same everywhere", () => {
        assert.deepEqual(selected(file), {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "lab",
            contexts: [
                { name: "lab", context: { cluster: "lab", user: "lab-admin", namespace: "shop" } },
            ],
            clusters: [
                {
                    name: "lab",
                    cluster: {
                        server: "https://lab:6443",
                        "certificate-authority": "/home/me/.kube/pki/ca.crt",
                    },
                },
            ],
            users: [
                {
                    name: "lab-admin",
                    user: {
                        "client-certificate": "/home/me/.kube/lab.crt",
                        "client-key": "/keys/lab.key",
                        tokenFile: "/home/me/.kube/token",
                    },
                },
            ],
        });
    });

    it("is that of the context that is asked for, as it stands there", () => {
        assert.deepEqual(selected(file, "prod"), {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "prod",
            contexts: [{ name: "prod", context: { cluster: "prod", user: "prod-admin" } }],
            clusters: [
                {
                    name: "prod",
                    cluster: {
                        server: "https://prod:6443",
                        "certificate-authority-data": "UFJPRA==",
                    },
                },
            ],
            users: [
                {
                    name: "prod-admin",
                    user: {
                        token: "prod-hunter2",
                        exec: {
                            command: "aws",
                            args: ["eks", "get-token"],
                            env: [{ name: "client-key", value: "x" }],
                        },
                    },
                },
            ],
        });
    });

    it("holds nothing of any other user", () => {
        assert.doesNotMatch(selectContext(file, "/"), /prod/);
        assert.doesNotMatch(selectContext(file, "/", "prod"), /lab/);
    });

    it("is read from JSON, too", () => {
        assert.deepEqual(selected(JSON.stringify(parse(file)), "prod"), selected(file, "prod"));
    });

    it("may have a user without credentials and a cluster without fields", () => {
        const text =
            "{current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a}], users: [{name: a}]}";
        assert.deepEqual(selected(text), {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "a",
            contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
            clusters: [{ name: "a", cluster: {} }],
            users: [{ name: "a", user: {} }],
        });
    });

    const names = "`lab`, `prod`, `no-cluster`, `no-user`, `empty`";
    const incomplete = (context: string, has = names) =>
        `has no complete context \`${context}\` (it has ${has}): name one of them by \`context\``;
    const table: [string, string, string | undefined, string][] = [
        ["there is no such context", file, "staging", incomplete("staging")],
        ["its cluster is not there", file, "no-cluster", incomplete("no-cluster")],
        ["its user is not there", file, "no-user", incomplete("no-user")],
        ["it says nothing", file, "empty", incomplete("empty")],
        ["there are no contexts", "current-context: lab", undefined, incomplete("lab", "none")],
        [
            "no context is current",
            "contexts: []",
            undefined,
            "has no current context: name one by `context`",
        ],
        [
            "nothing is in it, as kubectl writes it",
            "{apiVersion: v1, clusters: null, contexts: null, users: null, current-context: lab}",
            undefined,
            incomplete("lab", "none"),
        ],
        [
            "the current context is empty, as kind leaves it behind",
            'current-context: ""',
            undefined,
            "has no current context: name one by `context`",
        ],
        ["it is broken", "users: [{token: hunter2", undefined, "is not YAML"],
        ["it has a tab", "users:\n\t- token: hunter2", undefined, "is not YAML"],
        ["it is a text", "hunter2", undefined, "is not a kubeconfig"],
        ["it is a list", "- hunter2", undefined, "is not a kubeconfig"],
        ["it is empty", "", undefined, "is not a kubeconfig"],
        ["a list is a text", "contexts: hunter2", "lab", "is not a kubeconfig"],
        ["a list is a map", "contexts: {lab: hunter2}", "lab", "is not a kubeconfig"],
        [
            "the users are a text",
            `${file}users: hunter2`.replace(/^users:\n[^]*?\nusers/m, "users"),
            undefined,
            "is not a kubeconfig",
        ],
        [
            "an entry is nothing",
            "{current-context: a, contexts: [null]}",
            undefined,
            "is not a kubeconfig",
        ],
    ];
    for (const [what, text, context, message] of table) {
        it(`cannot be had where ${what}, and the file is not quoted`, () => {
            assert.throws(() => selectContext(text, "/", context), { name: "Error", message });
        });
    }

    it("is not quoted in a warning either", async () => {
        const warned: unknown[] = [];
        const listen = (warning: Error) => warned.push(warning);
        process.on("warning", listen);
        try {
            selectContext(file.replace("prod-hunter2", "!secret prod-hunter2"), "/", "prod");
            // Warnings come with the next turn.
            await new Promise(resolve => setImmediate(resolve));
        } finally {
            process.off("warning", listen);
        }
        assert.deepEqual(warned, []);
    });
});
