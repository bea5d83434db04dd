/** Durations as Go writes them: the engine counts nanoseconds, the provider says `1m30s`. */

// In nanoseconds.
const units: Record<string, number> = {
    ns: 1,
    us: 1e3,
    µs: 1e3,
    ms: 1e6,
    s: 1e9,
    m: 6e10,
    h: 3.6e12,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g;
const whole = new RegExp(`^(?:0|(?:${part.source})+)$`);

/** Undefined for what is no duration. */
export function parseDuration(text: string): number | undefined {
    if (!whole.test(text)) {
        return undefined;
    }
    const parts = [...text.matchAll(part)];
    return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0);
}

/** The one way in which Go writes a duration: `90s` comes back as `1m30s`. */
export function formatDuration(nanoseconds: number): string {
    if (nanoseconds === 0) {
        return "0s";
    }
    for (const unit of ["ns", "µs", "ms"]) {
        if (nanoseconds < units[unit] * 1_000) {
            return `${nanoseconds / units[unit]}${unit}`;
        }
    }
    const hours = Math.floor(nanoseconds / units["h"]);
    const minutes = Math.floor((nanoseconds % units["h"]) / units["m"]);
    const seconds = (nanoseconds % units["m"]) / units["s"];
    if (hours > 0) {
        return `${hours}h${minutes}m${seconds}s`;
    }
    return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
