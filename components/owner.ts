import * as pulumi from "@pulumi/pulumi";

/** Who makes what this stack makes, on clusters that others use, too. */
export const owner = () => `${pulumi.getProject()}/${pulumi.getStack()}`;
