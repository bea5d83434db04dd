/** What the controller tells HAProxy. A stand-in for its master answers as HAProxy 2.6 does. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasWorker, Proxy, socketFile } from "../../../rehearsal/src/router/proxy";

/** `show proc` of HAProxy 2.6. */
const processes = (
    reloads: number,
) => `#<PID>          <type>          <reloads>       <uptime>        <version>
1               master          7               0d00h02m07s     2.6.12-1+deb12u1
# workers
61              worker          ${reloads}               0d00h00m01s     2.6.12-1+deb12u1
# old workers
55              worker          ${reloads + 1}               0d00h00m09s     2.6.12-1+deb12u1
# programs

`;

describe("HAProxy's master", () => {
    let folder: string;
    let master: Server;
    let asked: string[];
    /** What the configuration held at each reload. */
    let loaded: string[];
    let answer: string;

    const listen = () =>
        new Promise<void>(resolve => master.listen(join(folder, socketFile), resolve));
    const read = (file: string) => readFileSync(join(folder, file), "utf8");

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "router-"));
        asked = [];
        loaded = [];
        answer = processes(0);
        master = createServer(socket => {
            socket.on("data", data => {
                const command = data.toString().trim();
                asked.push(command);
                if (command === "reload") {
                    loaded.push(read("haproxy.cfg"));
                }
                // A master that starts itself anew says nothing.
                socket.end(command === "reload" ? "" : answer);
            });
        });
    });
    afterEach(async () => {
        await new Promise(resolve => master.close(resolve));
        rmSync(folder, { recursive: true });
    });

    it("gets the files first, then a reload, and is asked whether it took them", async () => {
        await listen();
        const files = new Map([
            ["certificates/default.pem", "pem"],
            ["certificates.list", "list"],
        ]);
        await new Proxy(folder).apply("one", files);
        assert.deepEqual(asked, ["reload", "show proc"]);
        assert.deepEqual(loaded, ["one"]);
        assert.equal(read("certificates/default.pem"), "pem");
        assert.equal(read("certificates.list"), "list");
    });

    it("is left alone where nothing has changed", async () => {
        await listen();
        const proxy = new Proxy(folder);
        await proxy.apply("one", new Map([["a.pem", "a"]]));
        await proxy.apply("one", new Map([["a.pem", "a"]]));
        assert.deepEqual(loaded, ["one"]);
        await proxy.apply("one", new Map([["a.pem", "b"]]));
        assert.deepEqual(loaded, ["one", "one"]);
    });

    it("loses the files of routes that are gone, and keeps its sockets", async () => {
        await listen();
        writeFileSync(join(folder, "left.pem.new"), "of a controller that was killed");
        const proxy = new Proxy(folder);
        await proxy.apply("one", new Map([["certificates/gone.pem", "key"]]));
        await proxy.apply("two", new Map([["certificates/new.pem", "key"]]));
        const all = readdirSync(folder, { recursive: true }).map(String).sort();
        assert.deepEqual(all, [
            ...["certificates", "certificates/new.pem", "haproxy.cfg", "master.sock"],
        ]);
    });

    it("that does not run yet is an error, and finds the configuration when it starts", async () => {
        const proxy = new Proxy(folder);
        await assert.rejects(
            proxy.apply("one", new Map()),
            /^Error: HAProxy does not answer: connect ENOENT /,
        );
        assert.equal(read("haproxy.cfg"), "one");
        await listen();
        await proxy.apply("one", new Map());
        assert.deepEqual(loaded, ["one"]);
    });

    it("whose socket is away for a moment after a reload is asked until it is back", async () => {
        await listen();
        const [once] = master.listeners("connection") as ((socket: Socket) => void)[];
        master.removeAllListeners("connection");
        master.once("connection", (socket: Socket) => {
            once?.(socket);
            master.close(() => setTimeout(() => void listen(), 120));
            master.on("connection", once);
        });
        await new Proxy(folder).apply("one", new Map());
        assert.deepEqual(asked, ["reload", "show proc"]);
    });

    it("that refuses a configuration is an error, each time", async () => {
        await listen();
        const proxy = new Proxy(folder);
        answer = processes(1);
        for (let i = 0; i < 2; i++) {
            await assert.rejects(
                proxy.apply("bad", new Map()),
                new Error("HAProxy refuses its configuration, and goes on with the last one"),
            );
        }
        answer = processes(0);
        await proxy.apply("good", new Map());
        assert.deepEqual(loaded, ["bad", "bad", "good"]);
    });

    it("has taken a configuration when a worker has seen no reload", () => {
        assert.equal(hasWorker(processes(0)), true);
        assert.equal(hasWorker(processes(1)), false);
        assert.equal(hasWorker(""), false);
    });
});
