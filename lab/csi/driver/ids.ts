/** Ids are made from names, so that a call that is repeated after a crash meets what the first one made. */
import { createHash } from "node:crypto";

const hash = (name: string) => createHash("sha256").update(name).digest("hex").slice(0, 32);

export const volumeId = (name: string) => `vol-${hash(name)}`;
export const snapshotId = (name: string) => `snap-${hash(name)}`;

/** Ids come from callers and become parts of paths: what has not this form is never looked up. */
export const isId = (text: string) => /^(vol|snap)-[0-9a-f]{32}$/.test(text);
