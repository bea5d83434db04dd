/** Files that the `docker` stand-in puts into a container before it starts. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { ask } from "./engine.ts";
import type { Upload } from "./container-fields.ts";

export async function upload(containerId: string, wanted: Upload): Promise<void> {
    const archive = await tarOf(wanted.file, await contentOf(wanted), modeOf(wanted));
    await ask(`upload \`${wanted.file}\``, docker =>
        docker.getContainer(containerId).putArchive(archive, { path: "/" }),
    );
}

async function contentOf({ content, contentBase64, source }: Upload): Promise<Buffer> {
    if (source) {
        return await readFile(source);
    }
    return contentBase64 ? Buffer.from(contentBase64, "base64") : Buffer.from(content ?? "");
}

function modeOf({ permissions, executable }: Upload): number {
    if (permissions) {
        return Number.parseInt(permissions, 8);
    }
    return executable ? 0o744 : 0o644;
}

async function tarOf(file: string, content: Buffer, mode: number): Promise<Buffer> {
    // Loaded here, because starting the plugin must be quick.
    const { pack } = await import("tar-stream");
    const archive = pack();
    archive.entry({ name: file.replace(/^\/+/, ""), mode, mtime: new Date() }, content);
    archive.finalize();
    return await buffer(archive);
}
