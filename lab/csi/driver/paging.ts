/** Lists in pages. A token is the id that a page ended with: it stays good when that is deleted meanwhile. */
import { badToken, invalid } from "./errors.ts";
import { isId } from "./ids.ts";
import type { ListRequest } from "./messages.ts";

export interface Page<T> {
    items: T[];
    /** Empty on the last page. */
    nextToken: string;
}

/** @throws ABORTED for a token of somebody else, INVALID_ARGUMENT for a negative number of entries */
export function page<T extends { id: string }>(sorted: T[], request: ListRequest): Page<T> {
    const { startingToken: token, maxEntries } = request;
    if (maxEntries < 0) {
        throw invalid("`max_entries` is negative");
    }
    if (token !== "" && !isId(token)) {
        throw badToken(token);
    }
    const left = sorted.filter(item => item.id > token);
    const items = maxEntries === 0 ? left : left.slice(0, maxEntries);
    return { items, nextToken: items.length < left.length ? (items.at(-1)?.id ?? "") : "" };
}
