/** What a stand-in plugin has to say about one type of resource. */
import type { Failure, Fields } from "./fields.ts";
import type { Properties } from "./values.ts";

export interface Resource {
    /** What the program may set; everything else is refused. */
    fields: Fields;
    /** Outputs that are always secret. */
    secretOutputs?: string[];
    /** Outputs that may hold anything of the inputs: secret as soon as one of those is. */
    derivedOutputs?: string[];
    /** False where defaults are not to be seen in the inputs. @default true */
    defaultsInInputs?: boolean;
    /** What is wrong with the inputs as a whole; values that are not known yet are left out. */
    check?(inputs: Properties): Failure[];
    /** What a change means, where the fields do not say it. */
    diff?(olds: Properties, news: Properties): Difference;
    /** True where a replacement needs the old object gone first, whatever its name. */
    deleteBeforeReplace?: boolean;

    create(call: Call): Created | Promise<Created>;
    /** Gives the outputs as they are now, or undefined where the object is gone. @default the outputs as they were */
    read?(call: ObjectCall): Promise<Properties | undefined>;
    update?(call: UpdateCall): Promise<Properties>;
    /** @default there is nothing to delete */
    delete?(call: ObjectCall): Promise<void>;
}

export interface Created {
    id: string;
    outputs: Properties;
}

export interface Difference {
    changed: string[];
    replaces: string[];
}

export interface Call {
    /** The resource's name in the program. */
    name: string;
    /** The properties: inputs for create and update, outputs for read and delete; not wrapped. */
    properties: Properties;
    /** Aborted when the person at the terminal wants to stop. */
    signal: AbortSignal;
    /** Shows a line in Pulumi's progress display, without secrets. */
    log: (line: string) => Promise<void>;
}

export interface ObjectCall extends Call {
    id: string;
}

export interface UpdateCall extends ObjectCall {
    /** The outputs so far, not wrapped. */
    olds: Properties;
}

/** A create that failed half way and could not be undone: Pulumi records it, so that destroy takes it away. */
export class PartialCreate extends Error {
    readonly id: string;
    readonly outputs: Properties;
    constructor(message: string, id: string, outputs: Properties) {
        super(message);
        this.id = id;
        this.outputs = outputs;
    }
}
