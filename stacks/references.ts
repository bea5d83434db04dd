/** What other stacks say in their outputs. They are read before the first resource: a mistake is told before anything runs. */
import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../components/mistake";
import { ExistingStore, Store } from "../components/store";
import type { Side } from "./choices";
import type { ApplicationHandOff, HandOff } from "./source";

/** The outputs of one stack that are needed: plain ones as they are, secret ones as secret outputs. */
interface Outputs<Plain, Secret> {
    plain: Plain;
    secret: { [Name in keyof Secret]: pulumi.Output<Secret[Name]> };
    /** An output that the stack need not have. */
    optional: (name: string) => Promise<unknown>;
}

async function outputsOf<Plain, Secret>(
    key: string,
    role: string,
    stack: string,
    names: { plain: (keyof Plain & string)[]; secret: (keyof Secret & string)[] },
): Promise<Outputs<Plain, Secret>> {
    const reference = new pulumi.StackReference(stack);
    const details = (name: string): Promise<{ value?: unknown; secretValue?: unknown }> =>
        reference.getOutputDetails(name);
    const missing: string[] = [];
    const needed = (name: string, found: unknown): unknown => {
        if (found === undefined) {
            missing.push(`\`${name}\``);
        }
        return found;
    };
    /** What decides which resources there are cannot stay secret, and must not be shown: it is not taken. */
    const read = async (name: string): Promise<unknown> => {
        const { value, secretValue } = await details(name);
        if (secretValue !== undefined) {
            throw mistake(
                `Output \`${name}\` of stack \`${stack}\`, which \`crossing:${key}\` names, is secret there, and this stack would show it: set what it is made of without \`--secret\` there, and run \`pulumi up\` there again.`,
            );
        }
        return value;
    };
    const plain: Record<string, unknown> = {};
    for (const name of names.plain) {
        plain[name] = needed(name, await read(name));
    }
    const secret: Record<string, pulumi.Output<unknown>> = {};
    for (const name of names.secret) {
        const { value, secretValue } = await details(name);
        secret[name] = pulumi.secret(needed(name, value ?? secretValue));
    }
    if (missing.length > 0) {
        throw mistake(
            `Stack \`${stack}\`, which \`crossing:${key}\` names, has no output ${missing.join(", ")}: check that its \`crossing:role\` is \`${role}\`, and run \`pulumi up\` there first.`,
        );
    }
    return {
        plain: plain as Plain,
        secret: secret as Outputs<Plain, Secret>["secret"],
        optional: read,
    };
}

/** The store of a stack with `role: store`, and the Docker network that it is on, if it is on one. */
export async function storeOfStack(
    stack: string,
    timeout: number,
): Promise<{ store: Store; network?: string }> {
    const { plain, secret, optional } = await outputsOf<
        Record<"bucket" | "region" | `${Side | "program"}StoreEndpoint`, string>,
        Record<"storeAccessKey" | "storeSecretKey", string>
    >("store.stack", "store", stack, {
        plain: [
            ...(["bucket", "region", "sourceStoreEndpoint", "targetStoreEndpoint"] as const),
            "programStoreEndpoint",
        ],
        secret: ["storeAccessKey", "storeSecretKey"],
    });
    const certificates = (await optional("storeCertificates")) as string | undefined;
    const period = (await optional("storeProtectionPeriod")) as string | undefined;
    const network = (await optional("network")) as string | undefined;
    const store = new ExistingStore("store", {
        ...(certificates && { certificates }),
        ...(period && { protection: { period, timeout } }),
        bucket: plain.bucket,
        region: plain.region,
        endpoint: {
            source: plain.sourceStoreEndpoint,
            target: plain.targetStoreEndpoint,
            program: plain.programStoreEndpoint,
        },
        accessKey: secret.storeAccessKey,
        secretKey: secret.storeSecretKey,
    });
    return { store, network };
}

/** What a stack with `role: source` hands over. */
export async function handOffOfStack(stack: string): Promise<HandOff> {
    const { plain, secret } = await outputsOf<
        Record<
            "runId" | "runToken" | "sourceClusterUid" | "sourceK10Version" | "exportLocation",
            string
        > & { applications: Record<string, HandedOver> },
        { receiveStrings: Record<string, string> }
    >("sourceStack", "source", stack, {
        plain: [
            "runId",
            "runToken",
            "sourceClusterUid",
            "sourceK10Version",
            "exportLocation",
            "applications",
        ],
        secret: ["receiveStrings"],
    });
    return {
        ...{ runId: plain.runId, runToken: plain.runToken },
        clusterUid: plain.sourceClusterUid,
        k10Version: plain.sourceK10Version,
        exportLocation: plain.exportLocation,
        applications: Object.entries(plain.applications).map(([namespace, each]) => ({
            ...each,
            ready: [],
            receiveString: secret.receiveStrings.apply(strings => strings[namespace] ?? ""),
        })),
    };
}

/** An application in the outputs of the source. */
type HandedOver = Omit<ApplicationHandOff, "receiveString" | "ready">;
