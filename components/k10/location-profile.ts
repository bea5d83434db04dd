import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs } from "crossing-actions";
import type { Cluster } from "../cluster/cluster";
import { Location, locationSecret, locationSpec, Secrets } from "./locations";
import { validatedProfile } from "./profile";

export interface LocationProfileArgs {
    cluster: Cluster;
    /** The profile's name. */
    profileName: string;
    /** The location as this cluster reaches it. */
    location: Location;
    /** What opens it. */
    secrets: Secrets;
    /** Seconds that K10 may take to validate the profile. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/** A location profile of K10 beside that of the store, validated. */
export class LocationProfile extends pulumi.ComponentResource {
    /** The profile's name, known once K10 has validated it. */
    readonly profileName: pulumi.Output<string>;

    constructor(name: string, args: LocationProfileArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:LocationProfile", name, args, opts);
        const { location, secrets } = args;
        this.profileName = validatedProfile(this, name, args, {
            secret: locationSecret(location, secrets),
            spec: secret => locationSpec(location, secret),
            version: [JSON.stringify(location)],
        });
        this.registerOutputs({ profileName: this.profileName });
    }
}
