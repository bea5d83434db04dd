/** Tables for people. Programs get the same by `--json`. */
export function table(rows: string[][]): string {
    const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map(row => row[column]?.length ?? 0)),
    );
    return rows
        .map(row =>
            row
                .map((cell, column) => cell.padEnd(widths[column] ?? 0))
                .join("  ")
                .trimEnd(),
        )
        .join("\n");
}

/** Prints rows as a table under their headings, or the records as JSON. */
export function print<T>(
    records: T[],
    json: boolean,
    headings: string[],
    cells: (record: T) => string[],
): void {
    process.stdout.write(
        json
            ? `${JSON.stringify(records, null, 4)}\n`
            : `${table([headings, ...records.map(cells)])}\n`,
    );
}
