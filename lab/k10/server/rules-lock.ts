/** `protectionPeriod` of a Profile (K10 documentation, API "Profiles" and "Immutable backups"). */
import { duration } from "./config.ts";

/** What a bucket says of its object lock. */
export interface Lock {
    enabled: boolean;
    /** Days of its default retention, if it has one. */
    days?: number;
}

const DAY = 24 * 3600;
const MOST_DAYS = 90;
/** K10 lengthens retentions meanwhile. */
const MARGIN_DAYS = 20;

/** What is wrong with a period by itself. */
export function periodErrors(period: unknown): string[] {
    if (period === undefined || period === "" || period === null) {
        return [];
    }
    const seconds = typeof period === "string" ? duration(period) : undefined;
    return seconds !== undefined && seconds >= DAY && seconds <= MOST_DAYS * DAY
        ? []
        : [
              `spec.locationSpec.objectStore.protectionPeriod must be a duration from 24h to ${MOST_DAYS * 24}h, found ${JSON.stringify(period)}`,
          ];
}

/** What the bucket has against a period that is right by itself. */
export function lockErrors(bucket: string, period: string, lock: Lock): string[] {
    const needed = (duration(period) ?? 0) / DAY + MARGIN_DAYS;
    if (!lock.enabled) {
        return [`Immutability is not supported: bucket "${bucket}" has no object lock`];
    }
    return lock.days !== undefined && lock.days < needed
        ? [
              `The protection period ${period} is too long: bucket "${bucket}" keeps objects for ${lock.days} days by default, which must be ${needed} or more`,
          ]
        : [];
}
