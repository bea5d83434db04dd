/** What other stacks say in their outputs. They are read before the first resource: a mistake is told before anything runs. */
import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../components/mistake";
import { ExistingStore, Store } from "../components/store";
import type { HandOff } from "./source";

/** The outputs of one stack that are needed: plain ones as they are, secret ones as secret outputs. */
interface Outputs<Plain extends string, Secret extends string> {
    plain: Record<Plain, string>;
    secret: Record<Secret, pulumi.Output<string>>;
    /** An output that the stack need not have. */
    optional: (name: string) => Promise<string | undefined>;
}

async function outputsOf<Plain extends string, Secret extends string>(
    key: string,
    role: string,
    stack: string,
    names: { plain: Plain[]; secret: Secret[] },
): Promise<Outputs<Plain, Secret>> {
    const reference = new pulumi.StackReference(stack);
    const missing: string[] = [];
    const read = async (name: string): Promise<string | undefined> => {
        const details = await reference.getOutputDetails(name);
        const found: unknown = details.value ?? details.secretValue;
        return typeof found === "string" ? found : undefined;
    };
    const needed = async (name: string): Promise<string> => {
        const found = await read(name);
        if (found === undefined) {
            missing.push(`\`${name}\``);
        }
        return found ?? "";
    };
    const plain: Partial<Record<Plain, string>> = {};
    for (const name of names.plain) {
        plain[name] = await needed(name);
    }
    const secret: Partial<Record<Secret, pulumi.Output<string>>> = {};
    for (const name of names.secret) {
        secret[name] = pulumi.secret(await needed(name));
    }
    if (missing.length > 0) {
        throw mistake(
            `Stack \`${stack}\`, which \`crossing:${key}\` names, has no output ${missing.join(", ")}: check that its \`crossing:role\` is \`${role}\`, and run \`pulumi up\` there first.`,
        );
    }
    return {
        plain: plain as Record<Plain, string>,
        secret: secret as Record<Secret, pulumi.Output<string>>,
        optional: read,
    };
}

/** The store of a stack with `role: store`, and the Docker network that it is on, if it is on one. */
export async function storeOfStack(
    stack: string,
    timeout: number,
): Promise<{ store: Store; network?: string }> {
    const { plain, secret, optional } = await outputsOf("store.stack", "store", stack, {
        plain: [
            ...(["bucket", "region", "sourceStoreEndpoint", "targetStoreEndpoint"] as const),
            "programStoreEndpoint",
        ],
        secret: ["storeAccessKey", "storeSecretKey"],
    });
    const certificates = await optional("storeCertificates");
    const period = await optional("storeProtectionPeriod");
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
    return { store, network: await optional("network") };
}

/** What a stack with `role: source` hands over. */
export async function handOffOfStack(stack: string): Promise<HandOff> {
    const { plain, secret } = await outputsOf("sourceStack", "source", stack, {
        plain: [
            ...(["runId", "applicationNamespace", "backupStartTime", "bucket"] as const),
            ...(["sourceClusterUid", "sourceK10Version"] as const),
            ...(["baselineKey", "baselineDigest"] as const),
        ],
        secret: ["receiveString"],
    });
    return {
        runId: plain.runId,
        applicationNamespace: plain.applicationNamespace,
        bucket: plain.bucket,
        backupStartTime: plain.backupStartTime,
        clusterUid: plain.sourceClusterUid,
        k10Version: plain.sourceK10Version,
        baseline: { key: plain.baselineKey, digest: plain.baselineDigest },
        receiveString: secret.receiveString,
    };
}
