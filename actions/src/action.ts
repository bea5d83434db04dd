/**
 * What a dynamic resource of Pulumi asks of us, made from what an action does. Imports nothing of Pulumi; the
 * shapes are those of `pulumi.dynamic.ResourceProvider`.
 */
import { isDeepStrictEqual } from "node:util";
import pLimit, { LimitFunction } from "p-limit";
import { DiagnosticsInputs, writeDiagnostics } from "./diagnostics";
import { told, UserError } from "./kube/errors";
import { persist } from "./kube/poll";

/** What every action that works in a cluster may be given. */
export interface ClusterInputs {
    kubeconfig: string;
    /** Where diagnostics go when it fails. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

export interface Definition<Inputs extends object, Outs extends object> {
    /** How progress lines begin: "export". */
    title: string;
    /** Inputs whose change means another run, hence a replacement. Any other change only updates what is stored. */
    replaceOn: readonly (keyof Inputs & string)[];
    /** Of them, those that older states lack: where they appear, nothing is replaced. @default none */
    added?: readonly (keyof Inputs & string)[];
    /** What `run` adds to the inputs. All of them defined means that the action is finished. */
    outputs: readonly (keyof Outs & string)[];
    /** What `run` may add beside. Older states lack it, and are finished all the same. @default none */
    extras?: readonly (keyof Outs & string)[];
    /** Unique and stable, without a secret: `namespace/name`. */
    id(inputs: Inputs): string;
    /** Does the work, or goes on with it after an interruption. Never starts a second run of the same `runId`. */
    run(inputs: Inputs, report: (line: string) => void): Promise<Outs>;
    /** Whether what was done serves changed inputs, too. @default yes: what was done stays done */
    serves?(outs: Outs, inputs: Inputs): boolean;
    /** Why what was done can neither serve changed inputs nor be done again for this run: a preview says so, too. */
    refuses?(state: Inputs & Partial<Outs>, inputs: Inputs): string | undefined;
    /** Whether what was recorded is a success, and one that still holds. @default true when all outputs are defined */
    succeeded?(outs: Outs): boolean;
    /** Namespaces to look into when it has failed, beside those of K10. @default none */
    places?(inputs: Inputs): string[];
    /** Whether only so many of them run at once as the configuration allows. @default false */
    limited?: boolean;
    /** Removes what the action made and owns. @default nothing: what K10 made stays K10's */
    remove?(state: Inputs & Partial<Outs>, report: (line: string) => void): Promise<void>;
}

/** What a preview passes for a value that it does not know: `unknownValue` of @pulumi/pulumi's runtime. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Who the cluster is, and what is unique to the run: these are not known only where they become others. Anything else
 * is not known wherever what it comes from is updated, by another time-out for example, and is mostly the same after.
 */
const identities: readonly string[] = ["clusterUid", "runToken"];

/** How many limited actions of one kind run at once. @default 5 */
let concurrency = 5;
export function limitActions(atOnce: number): void {
    concurrency = atOnce;
}

/** An action failed with a result that belongs into the state: the next `up` sees it and tries again. */
export class FailedResult extends UserError {
    readonly outs: object;
    constructor(message: string, outs: object) {
        super(message);
        this.outs = outs;
    }
}

interface Diff {
    changes: boolean;
    replaces: string[];
}

/** The methods of one dynamic resource. The shim in the program calls nothing else. */
export interface Provider {
    create(inputs: object): Promise<{ id: string; outs: object }>;
    diff(id: string, olds: object, news: object): Promise<Diff>;
    update(id: string, olds: object, news: object): Promise<{ outs: object }>;
    delete(id: string, props: object): Promise<void>;
}

export function provider<Inputs extends object, Outs extends object>(
    definition: Definition<Inputs, Outs>,
): Provider {
    const { outputs, title } = definition;
    const added: readonly string[] = [...outputs, ...(definition.extras ?? [])];
    // Made at the first run: the limit is not known before.
    let turns: LimitFunction | undefined;
    const report = (line: string) => console.log(`${title}: ${line}`);

    const recorded = (state: object): Partial<Outs> =>
        Object.fromEntries(
            Object.entries(state).filter(([key]) => added.includes(key)),
        ) as Partial<Outs>;

    /** Whether a change of an input means another run. */
    const replaces = (key: string, olds: object, news: object): boolean => {
        const includes = (keys: readonly string[] = []) => keys.includes(key);
        const before: unknown = Reflect.get(olds, key);
        return (
            includes(definition.replaceOn) &&
            !(includes(definition.added) && before === undefined) &&
            (Reflect.get(news, key) !== unknown || includes(identities))
        );
    };

    const finished = (state: object): boolean => {
        const outs = recorded(state);
        const complete = outputs.every(key => outs[key] !== undefined && outs[key] !== null);
        return complete && (definition.succeeded?.(outs as Outs) ?? true);
    };

    /**
     * Runs, and makes a failure a *partial* create: Pulumi records the inputs, so that `destroy` knows of what
     * was begun and the next `up` goes on with it.
     */
    const run = async (inputs: Inputs): Promise<object> => {
        const work = () => persist(() => definition.run(inputs, report), report);
        try {
            turns ??= pLimit(concurrency);
            return { ...inputs, ...(await (definition.limited ? turns(work) : work())) };
        } catch (error) {
            const message = `${messageOf(error)}${await diagnostics(inputs, messageOf(error))}`;
            throw Object.assign(withoutStack(error, message), {
                id: definition.id(inputs),
                properties: { ...inputs, ...(error instanceof FailedResult ? error.outs : {}) },
                reasons: [message],
            });
        }
    };

    /** Where diagnostics of a failure are, as a sentence. Their own failure must not hide it. */
    const diagnostics = async (inputs: Inputs, failure: string): Promise<string> => {
        const { kubeconfig = "", diagnostics } = inputs as Partial<ClusterInputs>;
        if (!diagnostics) {
            return "";
        }
        try {
            const folder = await writeDiagnostics({
                ...{ kubeconfig, title, folder: diagnostics.folder, failure },
                namespaces: definition.places?.(inputs) ?? [],
            });
            return ` Diagnostics: ${folder}`;
        } catch (problem) {
            report(`diagnostics could not be written: ${messageOf(problem)}`);
            return "";
        }
    };

    const serves = (olds: object, news: object): boolean =>
        finished(olds) && (definition.serves?.(recorded(olds) as Outs, news as Inputs) ?? true);

    return {
        create: async inputs => ({
            id: definition.id(inputs as Inputs),
            outs: await run(inputs as Inputs),
        }),

        diff: (_id, olds, news) => {
            const changed = changedKeys(olds, news, added);
            const replaced = changed.filter(key => replaces(key, olds, news));
            const refusal =
                replaced.length === 0 && finished(olds)
                    ? definition.refuses?.(olds as Inputs & Partial<Outs>, news as Inputs)
                    : undefined;
            return refusal === undefined
                ? Promise.resolve({
                      changes: changed.length > 0 || !finished(olds),
                      replaces: replaced,
                  })
                : Promise.reject(withoutStack(new UserError(refusal), refusal));
        },

        update: async (_id, olds, news) => ({
            outs: serves(olds, news) ? { ...news, ...recorded(olds) } : await run(news as Inputs),
        }),

        delete: async (_id, props) => {
            try {
                await definition.remove?.(props as Inputs & Partial<Outs>, report);
            } catch (error) {
                throw withoutStack(error, messageOf(error));
            }
        },
    };
}

/** Keys of the inputs that differ. `__provider` is one of them: the shim changes only with the program. */
function changedKeys(olds: object, news: object, outputs: readonly string[]): string[] {
    const before = new Map(Object.entries(olds));
    const after = new Map(Object.entries(news));
    return [...new Set([...before.keys(), ...after.keys()])]
        .filter(key => !outputs.includes(key))
        .filter(key => !isDeepStrictEqual(before.get(key), after.get(key)))
        .sort();
}

function messageOf(error: unknown): string {
    return told(error) ?? (error instanceof Error ? error.message : String(error));
}

/** What a person can put right shows its message alone; a mistake of ours keeps its stack. */
function withoutStack(error: unknown, message: string): Error {
    const shown = new Error(message);
    const ours = error instanceof Error && told(error) === undefined;
    shown.stack = ours ? error.stack : message;
    return shown;
}
