/** What a contract test is made of: behaviours that somebody wrote down, and those who are asked whether they show them. */
import type { Scratch } from "./scratch.ts";

/** One documented behaviour. */
export interface Behaviour<World> {
    /** A sentence in the present tense: "A RestoreAction outside of its target namespace is refused." */
    name: string;
    /** Where it is written: for K10 the evidence keys of k10-api.md and its section ("D api, §2"); else a page or a section of a specification. */
    source: string;
    /** False where the source names no page: the table says *unconfirmed*. */
    confirmed: boolean;
    /** Seconds that the check may take, without what it leaves to be undone. @default 60 */
    deadline?: number;
    /** Whether it may run while its neighbours in the list that say so, too, are running. @default false */
    together?: boolean;
    /**
     * Asks. What it makes goes to `scratch.later`, to be undone however the check ends.
     *
     * @returns nothing when the subject behaves so; `skipped: why` only where it cannot be asked at all
     * @throws when it behaves otherwise: the message says what was seen
     */
    check(world: World, scratch: Scratch): Promise<void | `skipped: ${string}`>;
}

/** Who is asked: a stand-in, or what it stands in for. */
export interface Subject<World> {
    /** For people: "stand-in 9.0.4 on https://…". */
    what: string;
    world: World;
    /**
     * Undoes what it took to ask.
     * @throws Error that says what is left behind
     */
    close(): Promise<void>;
}

/** Why a subject is not asked, as a part of a sentence: "the lab has not been built in this checkout". */
export interface Absent {
    absent: string;
}

/** An option of the command line that only one part has. */
export interface PartOption {
    /** As commander has it: "--profile <name>". */
    flags: string;
    help: string;
    default?: string;
}

/** What a person gave on the command line. */
export interface Given {
    /** Which real one to ask: the value of `--real`, else of the variable that `Part.environment` names. */
    real?: string;
    /** Which stand-in to ask: the value of `--stand-in`. Absent: the one that the part starts or finds by itself. */
    standIn?: string;
    /** The part's own options by their names in camel case. */
    options: Record<string, string | undefined>;
}

/** Everything that is asked about one stand-in. */
export interface Part<World> {
    /** As on the command line, and its folder: "k10". */
    name: string;
    /** "Kasten K10's API". */
    title: string;
    /** What `--real` names: "the kubeconfig of a cluster with K10". */
    realIs: string;
    /** The environment variable that means the same as `--real`: KUBECONFIG where a cluster is asked. @default none */
    environment?: string;
    /** The real one that this machine has, asked where a person gives none. @default none */
    installed?: string;
    /** What a run makes on the real one, each a line for people. It makes nothing else, and removes it again. */
    makes: string[];
    options: PartOption[];
    standIn(given: Given): Promise<Subject<World> | Absent>;
    /** Called only with `given.real`. */
    real(given: Given): Promise<Subject<World> | Absent>;
    behaviours: Behaviour<World>[];
}
