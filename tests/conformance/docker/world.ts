/** An engine, the plugin that works on it, and a look at the engine without the plugin. */
import type { Behaviour } from "../behaviour.ts";
import { tryRun } from "../../../lab/exec.ts";
import { checkout } from "../../../lab/paths.ts";
import type { Plugin } from "../support/plugin.ts";

export interface Docker {
    plugin: Plugin;
    /** An image that the engine has. */
    image: string;
    /** Docker's command line: what it prints, or undefined where it fails. */
    docker(...args: string[]): Promise<string | undefined>;
}

export const engine =
    (host: string) =>
    (...args: string[]): Promise<string | undefined> =>
        tryRun("docker", args, {
            env: { ...process.env, ...(host ? { DOCKER_HOST: host } : {}) },
        });

/** What addresses of a run begin with: others run in the same engine, from other checkouts. */
export const addresses = `10.${190 + (Number.parseInt(checkout.slice(0, 2), 16) % 64)}`;

/** A property or section of a resource's page. */
export const page = (resource: string, where: string) =>
    `Pulumi registry, docker.${resource}, ${where}`;

/** A file of the provider beneath: github.com/kreuzwerker/terraform-provider-docker 4.6.0. */
export const source = (file: string) => `terraform-provider-docker, internal/provider/${file}`;

export const behaviour = (
    name: string,
    from: string,
    check: Behaviour<Docker>["check"],
): Behaviour<Docker> => ({ name, source: from, check, confirmed: true });
