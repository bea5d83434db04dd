/**
 * The inputs of the `docker` stand-in's Container. Which of them need a new container when they change, which have
 * defaults and which are computed is as in terraform-provider-docker 4.6.0, which is beneath @pulumi/docker 5.2.0.
 */
import type { Field, Fields } from "../shared/fields.ts";
import { parseDuration } from "./duration.ts";
import { labelsField } from "./shapes.ts";
import type { Label } from "./shapes.ts";

const strings = (type: "list" | "set"): Field => ({ type, of: { type: "string" }, replaces: true });

const duration: Field = {
    type: "string",
    default: "0s",
    problem: (text: string) =>
        parseDuration(text) === undefined ? "a duration like `10s`" : undefined,
};

const notNegative = (value: number) => (value < 0 ? "at least 0" : undefined);

const pattern = (expression: RegExp, expected: string) => (text: string) =>
    expression.test(text) ? undefined : expected;

export const containerFields: Fields = {
    name: { type: "string", autoname: true, replaces: true },
    image: { type: "string", required: true, replaces: true },
    command: { ...strings("list"), computed: true },
    entrypoints: { ...strings("list"), computed: true },
    envs: { ...strings("set"), computed: true },
    labels: { ...labelsField, computed: true },
    user: { type: "string", computed: true, replaces: true },
    hostname: { type: "string", computed: true, replaces: true },
    workingDir: { type: "string", computed: true, replaces: true },
    privileged: { type: "boolean", replaces: true },
    readOnly: { type: "boolean", default: false, replaces: true },
    networkMode: { type: "string", default: "bridge", replaces: true },
    networksAdvanced: {
        type: "set",
        replaces: true,
        of: {
            type: "object",
            fields: {
                name: { type: "string", required: true },
                aliases: { type: "set", of: { type: "string" } },
                ipv4Address: { type: "string" },
            },
        },
    },
    hosts: {
        type: "set",
        replaces: true,
        of: {
            type: "object",
            fields: {
                host: { type: "string", required: true },
                ip: { type: "string", required: true },
            },
        },
    },
    ports: {
        // A list, but the real provider does not mind its order.
        type: "set",
        replaces: true,
        of: {
            type: "object",
            fields: {
                internal: { type: "integer", required: true },
                external: { type: "integer", computed: true },
                ip: { type: "string", default: "0.0.0.0" },
                protocol: { type: "string", default: "tcp" },
            },
        },
    },
    volumes: {
        type: "set",
        replaces: true,
        of: {
            type: "object",
            fields: {
                containerPath: { type: "string", required: true },
                hostPath: {
                    type: "string",
                    problem: pattern(/^\//, "an absolute path"),
                },
                volumeName: { type: "string" },
                readOnly: { type: "boolean" },
            },
        },
    },
    mounts: {
        type: "set",
        // Terraform asks for a new container only where the block itself says so, not its parts.
        replaces: "count",
        of: {
            type: "object",
            fields: {
                type: {
                    type: "string",
                    required: true,
                    problem: pattern(/^(bind|volume|tmpfs)$/, "`bind`, `volume` or `tmpfs`"),
                },
                target: { type: "string", required: true },
                source: { type: "string" },
                readOnly: { type: "boolean" },
            },
        },
    },
    uploads: {
        type: "set",
        replaces: true,
        of: {
            type: "object",
            fields: {
                file: { type: "string", required: true },
                content: { type: "string" },
                contentBase64: {
                    type: "string",
                    problem: pattern(/^[A-Za-z0-9+/]*={0,2}$/, "base64"),
                },
                source: { type: "string" },
                sourceHash: { type: "string" },
                executable: { type: "boolean", default: false },
                permissions: {
                    type: "string",
                    problem: pattern(/^0[0-7]{3}$/, "permissions like `0644`"),
                },
            },
        },
    },
    healthcheck: {
        type: "object",
        computed: true,
        // Like `mounts`: another interval alone changes nothing but the state.
        replaces: "count",
        fields: {
            tests: { type: "list", of: { type: "string" } },
            interval: duration,
            timeout: duration,
            startPeriod: duration,
            startInterval: duration,
            retries: { type: "integer", default: 0, problem: notNegative },
        },
    },
    restart: {
        type: "string",
        default: "no",
        problem: pattern(
            /^(no|on-failure|always|unless-stopped)$/,
            "`no`, `on-failure`, `always` or `unless-stopped`",
        ),
    },
    maxRetryCount: { type: "integer" },
    memory: { type: "integer", problem: notNegative },
    memorySwap: {
        type: "integer",
        problem: (value: number) => (value < -1 ? "at least -1" : undefined),
    },
    rm: { type: "boolean", default: false },
    start: { type: "boolean", default: true },
    mustRun: { type: "boolean", default: true },
    attach: { type: "boolean", default: false },
    logs: { type: "boolean", default: false },
    wait: { type: "boolean", default: false },
    waitTimeout: { type: "integer", default: 60 },
    destroyGraceSeconds: { type: "integer" },
    removeVolumes: { type: "boolean", default: true },
};

/** What the check above has made sure of. */
export interface ContainerInputs {
    name: string;
    image: string;
    command?: string[];
    entrypoints?: string[];
    envs?: string[];
    labels?: Label[];
    user?: string;
    hostname?: string;
    workingDir?: string;
    privileged?: boolean;
    readOnly?: boolean;
    networkMode?: string;
    networksAdvanced?: { name: string; aliases?: string[]; ipv4Address?: string }[];
    hosts?: { host: string; ip: string }[];
    ports?: { internal: number; external?: number; ip?: string; protocol?: string }[];
    volumes?: Volume[];
    mounts?: { type: string; target: string; source?: string; readOnly?: boolean }[];
    uploads?: Upload[];
    healthcheck?: Healthcheck;
    restart?: string;
    maxRetryCount?: number;
    memory?: number;
    memorySwap?: number;
    rm?: boolean;
    start?: boolean;
    mustRun?: boolean;
    attach?: boolean;
    logs?: boolean;
    wait?: boolean;
    waitTimeout?: number;
    destroyGraceSeconds?: number;
    removeVolumes?: boolean;
}

interface Volume {
    containerPath: string;
    hostPath?: string;
    volumeName?: string;
    readOnly?: boolean;
}

interface Healthcheck {
    tests?: string[];
    interval?: string;
    timeout?: string;
    startPeriod?: string;
    startInterval?: string;
    retries?: number;
}

export interface Upload {
    file: string;
    content?: string;
    contentBase64?: string;
    source?: string;
    executable?: boolean;
    permissions?: string;
}
