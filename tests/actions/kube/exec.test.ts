/** Running programs in containers, against a stand-in that speaks the websocket protocol of the kubelet. */
import assert from "node:assert/strict";
import { createServer, Server } from "node:http";
import { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { Cluster } from "../../../actions/src/kube/client";
import { ApiError, isTransient } from "../../../actions/src/kube/errors";
import { FakeKubeApi } from "../../fake/kube-api";

describe("exec", () => {
    let api: FakeKubeApi;
    let cluster: Cluster;
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        cluster = await Cluster.connect(api.kubeconfig);
    });
    afterEach(() => api.stop());
    const run = (...command: string[]) => cluster.exec("shop", "database-0", "postgres", command);

    it("gives what the program printed", async () => {
        let seen: string[] = [];
        api.exec = command => {
            seen = command;
            return { stdout: "1\tZürich\n", stderr: "NOTICE: hello\n" };
        };
        assert.deepEqual(await run("psql", "--command", "SELECT 'a b' -- ?&="), {
            stdout: "1\tZürich\n",
            stderr: "NOTICE: hello\n",
            status: 0,
        });
        assert.deepEqual(seen, ["psql", "--command", "SELECT 'a b' -- ?&="]);
        assert.deepEqual(api.requests, ["EXEC /api/v1/namespaces/shop/pods/database-0/exec"]);
    });

    it("gives the exit status, and what was printed before", async () => {
        api.exec = () => ({ stdout: "half", stderr: "psql: error\n", status: 3 });
        assert.deepEqual(await run("psql"), {
            stdout: "half",
            stderr: "psql: error\n",
            status: 3,
        });
    });

    it("gives all of a large output", async () => {
        const text = "0123456789abcdef\n".repeat(200_000);
        api.exec = () => ({ stdout: text });
        const { stdout } = await run("cat");
        assert.equal(stdout.length, text.length);
        assert.ok(stdout === text);
    });

    it("fails where there is no server", async () => {
        await api.stop();
        await assert.rejects(run("true"), error => {
            assert.ok(error instanceof ApiError);
            assert.equal(error.code, 502);
            assert.match(error.message, /ECONNREFUSED/);
            return isTransient(error);
        });
        await api.start();
    });
});

describe("exec that comes to no end", () => {
    let server: Server;
    let cluster: Cluster;
    /** What happens to a request to open a websocket, and to the websocket. */
    let upgrade: (socket: Duplex, open: () => void) => void;
    let opened: (socket: WebSocket, send: (channel: number, text: string) => void) => void;

    before(async () => {
        server = createServer();
        const sockets = new WebSocketServer({
            noServer: true,
            handleProtocols: protocols => [...protocols][0] ?? false,
        });
        server.on("upgrade", (request, socket, head) => {
            upgrade(socket, () =>
                sockets.handleUpgrade(request, socket, head, open =>
                    opened(open, (channel, text) =>
                        open.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)])),
                    ),
                ),
            );
        });
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        cluster = await Cluster.connect(
            JSON.stringify({
                "current-context": "a",
                contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
                clusters: [
                    {
                        name: "a",
                        cluster: {
                            server: `http://127.0.0.1:${port}`,
                            "insecure-skip-tls-verify": true,
                        },
                    },
                ],
                users: [{ name: "a", user: { token: "secret-token" } }],
            }),
        );
    });
    after(() => new Promise(resolve => server.close(resolve)));
    beforeEach(() => {
        upgrade = (_, open) => open();
    });

    async function failure(): Promise<ApiError> {
        try {
            await cluster.exec("shop", "database-0", "postgres", ["true"]);
        } catch (error) {
            assert.ok(error instanceof ApiError, String(error));
            assert.doesNotMatch(error.message, /secret-token/);
            return error;
        }
        throw new Error("it did not fail");
    }

    const refuse = (code: number) => (socket: Duplex) =>
        socket.end(`HTTP/1.1 ${code} Refused\r\nContent-Length: 0\r\n\r\n`);

    for (const code of [401, 403]) {
        it(`is not tried again after HTTP ${code}`, async () => {
            upgrade = refuse(code);
            const error = await failure();
            assert.equal(error.code, code);
            assert.equal(error.message, `the cluster refuses exec into a pod (HTTP ${code})`);
            assert.ok(!isTransient(error));
        });
    }

    for (const code of [404, 500, 503]) {
        it(`may be tried again after HTTP ${code}: pods come and go`, async () => {
            upgrade = refuse(code);
            const error = await failure();
            assert.equal(error.code, 502);
            assert.equal(error.message, `Unexpected server response: ${code}`);
            assert.ok(isTransient(error));
        });
    }

    it("may be tried again after the connection was closed in the middle", async () => {
        opened = (socket, send) => {
            send(1, "half of the rows");
            socket.close();
        };
        const error = await failure();
        assert.equal(error.message, "the connection was closed");
        assert.ok(isTransient(error));
    });

    it("may be tried again after the connection broke in the middle", async () => {
        opened = (socket, send) => {
            send(1, "half of the rows");
            socket.terminate();
        };
        assert.ok(isTransient(await failure()));
    });

    it("says why the kubelet did not run the program", async () => {
        opened = (socket, send) => {
            send(
                3,
                JSON.stringify({
                    status: "Failure",
                    code: 500,
                    message: 'container not found ("postgres")',
                }),
            );
            socket.close();
        };
        const error = await failure();
        assert.equal(error.code, 500);
        assert.equal(error.message, 'container not found ("postgres")');
    });
});
