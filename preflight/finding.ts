/** One thing that was looked at before anything moves. What cannot work at all is an error before the first resource instead. */
export interface Finding {
    /** `STORE-TLS-001`: fixed for good. */
    rule: string;
    level: "ok" | "warn";
    /** The side of the crossing that it is about. */
    side: "source" | "target";
    /** What was found. */
    evidence: string;
    /** What to do about a warning. */
    fix?: string;
}

/** Makes findings of one rule. */
export const tell = (rule: string, side: Finding["side"]) => ({
    ok: (evidence: string): Finding => ({ rule, level: "ok", side, evidence }),
    warn: (evidence: string, fix: string): Finding => ({
        ...{ rule, level: "warn", side },
        ...{ evidence, fix },
    }),
});

/** A warning in one sentence, with the rule that it is of. */
export const sentence = ({ rule, evidence, fix }: Finding): string =>
    `${evidence}${fix ? `: ${fix}` : ""}. (${rule})`;
