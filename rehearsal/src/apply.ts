/**
 * One constraint against one pod: fills in what the pod leaves open, then says what the constraint does not allow.
 * Source, here and in fill.ts and check.ts: github.com/openshift/apiserver-library-go,
 * pkg/securitycontextconstraints/sccmatching/provider.go.
 */
import { containerProblems, podProblems } from "./check";
import { containersOf } from "./containers";
import { fillContainer, fillPod } from "./fill";
import { Provider } from "./provider";
import type { Pod } from "./types";

/** The pod as the constraint completes it, and what the constraint does not allow of it. */
export function apply(provider: Provider, original: Pod): { pod: Pod; problems: string[] } {
    const pod = structuredClone(original);
    const at = `provider ${provider.metadata.name}: `;
    fillPod(provider, pod);
    const problems = podProblems(provider, pod, at);
    for (const { container, path } of containersOf(pod)) {
        fillContainer(provider, pod, container);
        problems.push(...containerProblems(provider, pod, container, `${at}.${path}`));
    }
    return { pod, problems };
}
