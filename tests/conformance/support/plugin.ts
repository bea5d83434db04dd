/**
 * A plugin of Pulumi's, a stand-in or the real one, called as Pulumi's engine calls it: check before create and update,
 * secrets wrapped only for those who take them so, and put back afterwards.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { keepSecrets, plain } from "../../../lab/plugins/shared/values.ts";
import type { Properties } from "../../../lab/plugins/shared/values.ts";
import { standIns } from "../../../lab/plugins/install.ts";
import { PluginProcess, urn } from "../../lab/plugins/support/plugin.ts";
import type { Absent, Given, Part, PartOption, Subject } from "../behaviour.ts";
import type { Scratch } from "../scratch.ts";

export { secret, unknown } from "../../../lab/plugins/shared/values.ts";
export type { Properties };

/** A resource as the engine keeps it. */
export interface State {
    type: string;
    name: string;
    id: string;
    inputs: Properties;
    outputs: Properties;
}

export interface Change {
    changed: boolean;
    /** The properties for which there has to be a new resource, sorted. */
    replaces: string[];
}

export class Plugin {
    readonly #process: PluginProcess;
    readonly #takesSecrets: boolean;

    private constructor(process: PluginProcess, takesSecrets: boolean) {
        this.#process = process;
        this.#takesSecrets = takesSecrets;
    }

    static async start(process: PluginProcess): Promise<Plugin> {
        return new Plugin(process, await process.configure());
    }

    stop(): Promise<void> {
        return this.#process.stop();
    }

    cancel(): Promise<void> {
        return this.#process.cancel();
    }

    version(): Promise<string> {
        return this.#process.version();
    }

    /** The lines that were shown beside a resource of this name. */
    lines(type: string, name: string): string[] {
        return this.#process.logged
            .filter(line => line.urn === urn(type, name))
            .map(line => line.message.trimEnd());
    }

    /** What is wrong with inputs, and what they become. */
    async check(type: string, inputs: Properties, name = "thing", olds: Properties = {}) {
        const checked = await this.#process.check(
            ...([this.#sent(inputs), this.#sent(olds), urn(type, name)] as const),
        );
        return {
            failures: checked.failures,
            inputs: this.#received(checked.inputs, inputs),
        };
    }

    /** @throws with all reasons when the check finds something, or what the plugin says */
    async create(type: string, inputs: Properties, name = "thing"): Promise<State> {
        const checked = await this.#checked(type, name, inputs, {});
        const { id, outputs } = await this.#process.create(this.#sent(checked), urn(type, name));
        return { type, name, id, inputs: checked, outputs: this.#received(outputs, checked) };
    }

    /** The same, and it is deleted when the behaviour is over. */
    async make(type: string, inputs: Properties, scratch: Scratch): Promise<State> {
        const state = await this.create(type, inputs, `thing-${scratch.suffix}`);
        // As a destroy after a refresh: what is gone already is not deleted again.
        scratch.later(`${type} \`${state.id}\``, async () => {
            const now = await this.read(state);
            return now && this.delete(now);
        });
        return state;
    }

    /** What running the program again with other inputs would mean. */
    async diff(state: State, inputs: Properties): Promise<Change> {
        const { type, name } = state;
        const checked = await this.#checked(type, name, inputs, state.inputs);
        const difference = await this.#process.diff(
            ...([this.#sent(state.outputs), this.#sent(checked), urn(type, name)] as const),
            this.#sent(state.inputs),
        );
        return {
            changed: difference.changes === "some",
            replaces: difference.replaces.toSorted(),
        };
    }

    async update(state: State, inputs: Properties): Promise<State> {
        const { type, name, id } = state;
        const checked = await this.#checked(type, name, inputs, state.inputs);
        const outputs = await this.#process.update(
            ...([id, this.#sent(state.outputs), this.#sent(checked), urn(type, name)] as const),
            this.#sent(state.inputs),
        );
        return { ...state, inputs: checked, outputs: this.#received(outputs, checked) };
    }

    /** The resource as it is now, or undefined where it is gone. */
    async read(state: State): Promise<State | undefined> {
        const { id, outputs } = await this.#process.read(
            ...([state.id, this.#sent(state.outputs), urn(state.type, state.name)] as const),
        );
        const received = this.#received(outputs, state.outputs);
        return id === "" ? undefined : { ...state, id, outputs: received };
    }

    delete({ type, name, id, inputs, outputs }: State): Promise<void> {
        return this.#process.delete(
            ...([id, this.#sent(outputs), urn(type, name), this.#sent(inputs)] as const),
        );
    }

    async #checked(type: string, name: string, inputs: Properties, olds: Properties) {
        const checked = await this.check(type, inputs, name, olds);
        if (checked.failures.length > 0) {
            throw new Error(checked.failures.map(failure => failure.reason).join("\n"));
        }
        return checked.inputs;
    }

    #sent(properties: Properties): Properties {
        return this.#takesSecrets ? properties : (plain(properties) as Properties);
    }

    #received(properties: Properties, source: Properties): Properties {
        return this.#takesSecrets ? properties : keepSecrets(properties, source);
    }
}

/** What the parts of plugins have in common. */
export function pluginPart<World>(
    name: string,
    rest: Pick<Part<World>, "title" | "makes" | "behaviours"> & {
        options?: PartOption[];
        environment?: NodeJS.ProcessEnv;
    },
    world: (plugin: Plugin, given: Given) => Promise<World | Absent>,
): Part<World> {
    const { version = "" } = standIns.find(each => each.name === name) ?? {};
    const program = `pulumi-resource-${name}`;
    const ofUser = join(homedir(), ".pulumi", "plugins", `resource-${name}-v${version}`);

    const subject = async (
        what: string,
        start: () => Promise<PluginProcess>,
        given: Given,
    ): Promise<Subject<World> | Absent> => {
        const plugin = await Plugin.start(await start());
        const found = await world(plugin, given);
        if (typeof found === "object" && found !== null && "absent" in found) {
            await plugin.stop();
            return found;
        }
        return {
            what: `${what}, version ${await plugin.version()}`,
            world: found,
            close: () => plugin.stop(),
        };
    };
    const { options = [], environment = {}, ...more } = rest;
    return {
        ...{ name, options, ...more },
        realIs: `the folder with the real ${program} of version ${version}`,
        installed: existsSync(join(ofUser, program)) ? ofUser : undefined,
        standIn: given =>
            subject(
                `the ${name} stand-in`,
                () => PluginProcess.start(name, "", environment),
                given,
            ),
        real: given => {
            const path = join(given.real ?? "", program);
            return existsSync(path)
                ? subject(path, () => PluginProcess.run([path], "", environment), given)
                : Promise.resolve({ absent: `there is no \`${path}\`` });
        },
    };
}
