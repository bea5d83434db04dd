/** Locks between the lab's processes of one machine: several checkouts share the caches and the engine. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { cache, repository } from "./paths.ts";

/**
 * Runs `work` while no other process has the lock `name` of the same caches. Where one has it, `waiting` is told whose
 * it is, and the call waits.
 *
 * The lock is a socket that has no file (Linux's abstract namespace): the kernel takes it away with the process,
 * however that ends, so no lock of a dead process is ever in the way.
 */
export async function withLock<T>(
    name: string,
    work: () => Promise<T>,
    waiting: (holder: string) => void = () => undefined,
): Promise<T> {
    const address = addressOf(name);
    const waiters = new Set<Socket>();
    const lock = await take(address, waiters, waiting);
    try {
        return await work();
    } finally {
        lock.close();
        waiters.forEach(socket => socket.destroy());
        await once(lock, "close");
    }
}

/** Who has a lock, or `undefined` where nobody has it. */
export async function holderOf(name: string): Promise<string | undefined> {
    let holder: string | undefined;
    const socket = createConnection(addressOf(name));
    socket.once("data", (text: Buffer) => {
        holder = text.toString().trim();
        socket.destroy();
    });
    socket.on("error", () => undefined);
    await new Promise(resolve => socket.on("close", resolve));
    return holder;
}

function addressOf(name: string): string {
    const hash = createHash("sha256").update(`${cache}\n${name}`).digest("hex");
    return `\0crossing-lab-${hash.slice(0, 32)}`;
}

async function take(
    address: string,
    waiters: Set<Socket>,
    waiting: (holder: string) => void,
): Promise<Server> {
    for (;;) {
        const server = createServer(socket => {
            waiters.add(socket);
            socket.on("error", () => undefined);
            socket.on("close", () => waiters.delete(socket));
            socket.write(`process ${process.pid} in ${repository}\n`);
        });
        server.listen(address);
        try {
            await once(server, "listening");
            return server;
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") {
                throw error;
            }
        }
        await gone(address, waiting);
    }
}

/** Waits until the holder's end of a connection is closed: by the holder, or by the kernel when it is dead. */
async function gone(address: string, waiting: (holder: string) => void): Promise<void> {
    const socket = createConnection(address);
    socket.once("data", (text: Buffer) => waiting(text.toString().trim()));
    // It may have gone before it was asked.
    socket.on("error", () => undefined);
    await new Promise(resolve => socket.on("close", resolve));
}
