import * as pulumi from "@pulumi/pulumi";

/**
 * A mistake of the user's, whose message is all there is to show.
 *
 * It has no stack: Pulumi formats one even where it does not show it, and Node.js 22.23 never comes to an end with lines
 * such as `node_modules/@pulumi/stackReference.ts`, to which Pulumi's source maps lead.
 */
export function mistake(message: string): pulumi.RunError {
    return Object.assign(new pulumi.RunError(message), { stack: message });
}
