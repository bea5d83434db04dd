/** A cluster for components that live in one. To be made inside of a program. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Cluster } from "../../../components/cluster";
import { Registered, id } from "./mocks";

/** A cluster that is ours, so that all in it goes with it; or one that was there before. */
export function cluster({ ours = true } = {}): Cluster {
    const owner = ours ? new random.RandomId("owner", { byteLength: 1 }) : undefined;
    return {
        kubeconfig: pulumi.secret("kubeconfig of cluster"),
        uid: pulumi.output("uid of cluster"),
        version: pulumi.output("v1.36.2"),
        server: pulumi.output("https://cluster:6443"),
        provider: new k8s.Provider("cluster", { kubeconfig: "x" }),
        owner,
    };
}

/** How a resource shows that it is in the cluster: by its provider, and by what takes it away. */
export const inCluster = {
    provider: "pulumi:providers:kubernetes::cluster",
    deletedWith: "random:index/randomId:RandomId::owner",
};

/** What the component under test made, by `type::name`. */
export function children(all: Registered[]): Record<string, Omit<Registered, "type" | "name">> {
    const own = new Set(["pulumi:providers:kubernetes::cluster", inCluster.deletedWith]);
    return Object.fromEntries(
        all
            .filter(entry => !own.has(id(entry)))
            .map(({ type, name, ...rest }) => [`${type}::${name}`, rest]),
    );
}
