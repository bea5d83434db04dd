/**
 * The choice of the constraint for a pod, as OpenShift's API server makes it.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/sccadmission/admission.go.
 */
import { isDeepStrictEqual } from "node:util";
import { requiredAnnotation, subjectAnnotation, validatedAnnotation } from "./annotations";
import { apply } from "./apply";
import { withDefaults } from "./defaults";
import { ignores } from "./ignore";
import { byPriority } from "./order";
import { aggregate, forbidden, list, Refusal } from "./problem";
import { Provider, providerFor } from "./provider";
import type { Namespace, Pod, SecurityContextConstraints } from "./types";

/** Whose right to a constraint counts. */
export type Subject = "serviceaccount" | "user";

/** Who of the two may `use` the constraint; the service account is asked first. */
export type MayUse = (scc: SecurityContextConstraints) => Promise<Subject | undefined>;

export interface Request {
    pod: Pod;
    /** The pod before, when it is being changed. */
    oldPod?: Pod;
    /** `ephemeralcontainers`, for example. */
    subresource?: string;
    namespace: Namespace;
    sccs: SecurityContextConstraints[];
    mayUse: MayUse;
}

export type Verdict =
    { allowed: true; pod: Pod; scc?: string } | { allowed: false; message: string };

/** How much of a pod a constraint may change. */
type Scope = "everything" | "ephemeral containers" | "nothing";

const cannotValidate = "unable to validate against any security context constraint";

/**
 * The mutating step: completes a new pod by the first constraint, in their order, that its service account or its
 * maker may use and that admits it. A pod that is there already is not changed: the first constraint that admits
 * it as it is counts.
 */
export function admit(request: Request): Promise<Verdict> {
    return judge(request, async () => {
        const { pod, oldPod, subresource } = request;
        const required = pod.metadata.annotations?.[requiredAnnotation];
        if (oldPod && required !== oldPod.metadata.annotations?.[requiredAnnotation]) {
            throw new Refusal(
                `invalid change of required security context constraint annotation: ${requiredAnnotation}`,
            );
        }
        const scope = !oldPod
            ? "everything"
            : subresource === "ephemeralcontainers"
              ? "ephemeral containers"
              : "nothing";
        const { chosen, problems } = await choose(request, scope);
        if (!chosen) {
            throw new Refusal(`${cannotValidate}: ${aggregate(problems)}`);
        }
        const { scc, subject } = chosen;
        const { metadata } = chosen.pod;
        metadata.annotations = {
            ...metadata.annotations,
            [validatedAnnotation]: scc,
            [subjectAnnotation]: subject,
        };
        return { allowed: true, pod: chosen.pod, scc };
    });
}

/** The validating step, after all others have had their hands on the pod: a constraint must admit it as it is. */
export function validate(request: Request): Promise<Verdict> {
    return judge(request, async () => {
        const { pod } = request;
        const { [requiredAnnotation]: required, [validatedAnnotation]: hint = "" } =
            pod.metadata.annotations ?? {};
        if (required && required !== hint) {
            throw new Refusal(`required scc/${required} does not match the suggested scc/${hint}`);
        }
        const { chosen, problems } = await choose(request, "nothing", hint);
        if (!chosen) {
            throw new Refusal(`${cannotValidate}: ${list(problems)}`);
        }
        return { allowed: true, pod, scc: chosen.scc };
    });
}

async function judge(request: Request, decide: () => Promise<Verdict>): Promise<Verdict> {
    const { pod, oldPod, subresource } = request;
    if (ignores(pod, oldPod, subresource)) {
        return { allowed: true, pod };
    }
    try {
        return await decide();
    } catch (error) {
        if (!(error instanceof Refusal)) {
            throw error;
        }
        const name = pod.metadata.name || pod.metadata.generateName || "Unknown";
        return { allowed: false, message: `pods "${name}" is forbidden: ${error.message}` };
    }
}

interface Choice {
    chosen?: { scc: string; subject: Subject; pod: Pod };
    problems: string[];
}

async function choose(request: Request, scope: Scope, hint = ""): Promise<Choice> {
    const { pod, mayUse } = request;
    const problems: string[] = [];
    const denied: Provider[] = [];
    const providers = providersFor(request, hint);
    for (const provider of providers) {
        const scc = provider.metadata.name;
        const subject = await mayUse(provider);
        if (!subject) {
            denied.push(provider);
            problems.push(forbidden(`provider "${scc}"`, "not usable by user or serviceaccount"));
            continue;
        }
        const outcome = apply(provider, pod);
        problems.push(...outcome.problems);
        if (outcome.problems.length === 0 && changesOnly(scope, pod, outcome.pod)) {
            return { chosen: { scc, subject, pod: outcome.pod }, problems };
        }
    }
    return { problems: [...problems, ...adviceOnRestricted(pod, providers, denied)] };
}

function providersFor({ pod, namespace, sccs }: Request, hint: string): Provider[] {
    const required = pod.metadata.annotations?.[requiredAnnotation];
    const wanted = required ? sccs.filter(({ metadata }) => metadata.name === required) : sccs;
    if (wanted.length === 0) {
        throw new Refusal(
            required
                ? `failed to retrieve the required SCC "${required}": securitycontextconstraints.security.openshift.io "${required}" not found`
                : "no SecurityContextConstraints found in cluster",
        );
    }
    const ordered = byPriority(wanted.map(withDefaults));
    const hinted = ordered.filter(({ metadata }) => metadata.name === hint);
    const others = ordered.filter(({ metadata }) => metadata.name !== hint);
    return [...hinted, ...others].map(scc => providerFor(scc, namespace));
}

function changesOnly(scope: Scope, before: Pod, after: Pod): boolean {
    if (scope === "everything") {
        return true;
    }
    const { ephemeralContainers } = before.spec;
    const ignored = scope === "ephemeral containers" && ephemeralContainers;
    const spec = { ...after.spec, ...(ignored ? { ephemeralContainers } : {}) };
    return isDeepStrictEqual(before, { ...after, spec });
}

/** Before `restricted-v2` everybody had `restricted`: who needs it again is told so. */
function adviceOnRestricted(pod: Pod, providers: Provider[], denied: Provider[]): string[] {
    const restricted = denied.find(({ metadata }) => metadata.name === "restricted");
    const hasSuccessor = providers.some(({ metadata }) => metadata.name === "restricted-v2");
    return restricted && hasSuccessor && apply(restricted, pod).problems.length === 0
        ? [
              forbidden(
                  "no access to scc/restricted",
                  "the pod fails to validate against the `restricted-v2` security context constraint, " +
                      "but would validate successfully against the `restricted` security context constraint",
              ),
          ]
        : [];
}
