/** What is wrong with the applications of a configuration taken together. */
import { listed } from "./fields";
import type { ApplicationSettings, Settings } from "./schema";

/** The longest value of a label: K10 labels what a run started with the name of the run. */
const longestLabel = 63;

/** @returns mistakes as sentences */
export function applicationMistakes({ applications, runId, route }: Settings): string[] {
    const names = applications.map(({ namespace }) => namespace);
    const key = (index: number) => `\`crossing:applications.${index}\``;
    const twice = names.flatMap((name, index) =>
        names.indexOf(name) < index
            ? [
                  `${key(index)} has the namespace \`${name}\` of another application: each needs its own.`,
              ]
            : [],
    );
    const unknown = applications.flatMap(({ after }, index) =>
        after
            .filter(name => !names.includes(name))
            .map(
                name =>
                    `${key(index)} comes after \`${name}\`, which is no application: name one of ${listed(names)}.`,
            ),
    );
    const circle = circleOf(applications);
    const long = names.flatMap((name, index) =>
        `${name}-export-${runId}-1`.length > longestLabel
            ? [
                  `${key(index)} and \`crossing:runId\` make the label \`${name}-export-${runId}-1\` of K10, which is longer than ${longestLabel} characters: use a shorter \`runId\`.`,
              ]
            : [],
    );
    const samples = applications.filter(({ sample }) => sample).length;
    return [
        ...twice,
        ...unknown,
        ...(circle
            ? [
                  `\`crossing:applications\` wait for each other in a circle (${circle.join(", ")}): take one of them out of \`after\`.`,
              ]
            : []),
        ...long,
        ...(route.host && samples > 1
            ? [
                  "`crossing:route.host` is one name for several applications: remove it, so that the cluster chooses names.",
              ]
            : []),
    ];
}

/** Namespaces that wait for each other, if there are any. */
function circleOf(applications: ApplicationSettings[]): string[] | undefined {
    let left = [...applications];
    for (;;) {
        const waiting = left.filter(({ after }) =>
            after.some(name => left.some(({ namespace }) => namespace === name)),
        );
        if (waiting.length === left.length) {
            return left.length > 0 ? left.map(({ namespace }) => namespace).sort() : undefined;
        }
        left = waiting;
    }
}
