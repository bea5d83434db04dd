/** The account of every MinIO of ours, wherever it runs: made up once, and secret. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

export function makeKeys(name: string, parent: pulumi.Resource) {
    const make = (kind: string, length: number) =>
        new random.RandomPassword(`${name}-${kind}-key`, { length, special: false }, { parent });
    return {
        accessKey: pulumi.secret(make("access", 20).result),
        secretKey: pulumi.secret(make("secret", 40).result),
    };
}
