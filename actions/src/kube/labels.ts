/** Labels, and what Kubernetes' selectors make of them. */

export type Labels = Record<string, string>;

export interface LabelSelector {
    matchLabels?: Labels;
    matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Whether all wanted labels are there. */
export const hasLabels = (labels: Labels, wanted: Labels = {}): boolean =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** Whether a selector means an object with these labels. An operator that is not known means nothing. */
export function meets(
    labels: Labels,
    { matchLabels, matchExpressions = [] }: LabelSelector,
): boolean {
    return (
        hasLabels(labels, matchLabels) &&
        matchExpressions.every(({ key, operator, values = [] }) => {
            const has = Object.hasOwn(labels, key);
            const isIn = has && values.includes(labels[key] ?? "");
            const answers: Record<string, boolean> = {
                ...{ In: isIn, NotIn: !isIn, Exists: has, DoesNotExist: !has },
            };
            return answers[operator] ?? false;
        })
    );
}
