/** The end of a stack is refused before it begins, where its own store may not go. */
import * as pulumi from "@pulumi/pulumi";
import { StoreGuard } from "../components/store";
import type { Config } from "../config";
import { endOf, type Ground } from "./ground";
import { bucketRef } from "./parts";

/** Collects the resources of the stack, as they are made from now on. */
export function collectResources(): pulumi.Resource[] {
    const made: pulumi.Resource[] = [];
    pulumi.runtime.registerStackTransformation(({ resource }) => {
        made.push(resource);
        return undefined;
    });
    return made;
}

/**
 * What is depended on goes last: so the guard, which depends on all, goes first.
 * @param all the resources of the stack
 */
export function guardStore(config: Config, ground: Ground, all: pulumi.Resource[]): void {
    const { store, timeouts } = config;
    if (store.type === "minio" || store.type === "minio-in-cluster") {
        new StoreGuard(
            "store-guard",
            {
                ...{ ...bucketRef(ground.store, "program"), onDestroy: endOf(config, store) },
                ...("objectLock" in store && store.objectLock && { objectLock: true }),
                timeout: timeouts.store,
            },
            { dependsOn: all.filter(each => pulumi.CustomResource.isInstance(each)) },
        );
    }
}
