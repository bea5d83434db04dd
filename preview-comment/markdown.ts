/** Text of others inside Markdown: it is shown as it is, and never read as Markdown, HTML or a mention. */

/** A code span, good inside a table's cell, too. White space becomes single blanks. */
export function code(text: string): string {
    const line = text.replace(/\s+/g, " ").trim();
    if (line === "") {
        return "*(empty)*";
    }
    const fence = "`".repeat(longestRun(line) + 1);
    // A backtick at an end would be taken for the fence; one blank at both ends is not shown.
    const inner = /^`|`$/.test(line) ? ` ${line} ` : line;
    // GitHub splits cells before it looks for code: only a backslash keeps a bar in its cell.
    return `${fence}${inner.replaceAll("|", "\\|")}${fence}`;
}

/** A block of code. */
export function block(text: string): string {
    const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
    return `${fence}text\n${text}\n${fence}`;
}

function longestRun(text: string): number {
    return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** Text inside HTML, such as a `<summary>`. */
export function html(text: string): string {
    const entities: Record<string, string> = {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
    };
    return text.replace(/[&<>"]/g, character => entities[character] ?? character);
}

/** Part of a text that is too long: around `at`, where it becomes interesting. */
export function excerpt(text: string, longest: number, at = 0): string {
    if (text.length <= longest) {
        return text;
    }
    const start = Math.max(0, Math.min(at - Math.floor(longest / 4), text.length - longest));
    const end = start + longest;
    return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}
