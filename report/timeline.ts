/** The crossing as a picture: a bar for each action, from the first start to the proof. */
import type { ApplicationReport } from "./report.ts";

export interface Bar {
    label: string;
    /** `ok`, or how it ended otherwise. */
    state: string;
    seconds: number;
    /** Where it begins and how long it is, in percent of the whole. */
    from: number;
    width: number;
}

/** Bars in the order of their start. What has no times has no bar. */
export function timelineOf({ evidence, verification }: ApplicationReport): Bar[] {
    const actions = (evidence?.actions ?? []).map(({ kind, name, startTime, endTime, state }) => ({
        ...{ label: `${kind} ${name}`, state: state ?? "Complete" },
        ...{ start: Date.parse(startTime), end: Date.parse(endTime) },
    }));
    const proof = verification
        ? [
              {
                  ...{ label: "verification", state: verification.status },
                  start: Date.parse(verification.startTime),
                  end: Date.parse(verification.endTime),
              },
          ]
        : [];
    const all = [...actions, ...proof].filter(
        ({ start, end }) => Number.isFinite(start) && Number.isFinite(end),
    );
    const first = Math.min(...all.map(({ start }) => start));
    const span = Math.max(...all.map(({ end }) => end)) - first || 1;
    const percent = (ms: number) => Math.round((1_000 * ms) / span) / 10;
    return all.map(({ label, state, start, end }) => ({
        ...{ label, state },
        seconds: Math.round((end - start) / 100) / 10,
        from: percent(start - first),
        // What was over at once is seen all the same.
        width: Math.max(percent(end - start), 0.4),
    }));
}
