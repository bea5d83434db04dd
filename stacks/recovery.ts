/** K10's backup of itself on the source, and its recovery from that of a lost cluster. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import { DisasterRecovery, Recovery } from "../components/k10";
import type { Store } from "../components/store";
import type { Config } from "../config";
import { diagnostics } from "./choices";
import { placeOf, Profiles } from "./locations";

/**
 * What the configuration asks for of both. K10 is recovered before it is given policies of the crossing, so that what comes
 * back with it does not take their place.
 * @returns `profiles` with names that are known once K10 is recovered
 */
export function makeOwnBackup(
    config: Config,
    cluster: Cluster,
    store: Store,
    profiles: Profiles,
): { disasterRecovery?: DisasterRecovery; recovery?: Recovery; profiles: Profiles } {
    const disasterRecovery = makeDisasterRecovery(config, cluster, store, profiles);
    const { recovery: settings } = config.k10;
    if (!settings) {
        return { disasterRecovery, profiles };
    }
    const { disasterRecoveryPassphrase: passphrase, timeouts } = config;
    const { location, clusterId, point, skip } = settings;
    const recovery = new Recovery(
        "source-recovery",
        {
            ...{ cluster, profile: profiles[location], clusterId, point, skip },
            ...(disasterRecovery ? {} : { passphrase }),
            timeout: timeouts.restore,
            ...diagnostics(config),
        },
        { dependsOn: disasterRecovery ? [disasterRecovery.secret] : [] },
    );
    const recovered = Object.entries(profiles).map(([name, profile]) => [
        name,
        pulumi.all([profile, recovery.result]).apply(([profileName]) => profileName),
    ]);
    return {
        ...{ disasterRecovery, recovery },
        profiles: Object.fromEntries(recovered) as Profiles,
    };
}

/** K10's backup of itself, if the configuration asks for it. */
function makeDisasterRecovery(
    config: Config,
    cluster: Cluster,
    store: Store,
    profiles: Profiles,
): DisasterRecovery | undefined {
    const { k10, timeouts, disasterRecoveryPassphrase: passphrase } = config;
    if (!k10.disasterRecovery) {
        return undefined;
    }
    const { location, frequency, catalogSnapshot } = k10.disasterRecovery;
    return new DisasterRecovery("source-disaster-recovery", {
        ...{ cluster, frequency, catalogSnapshot, profile: profiles[location] },
        ...{ location: placeOf(config, store, location), k10Version: k10.version },
        ...(passphrase && { passphrase }),
        timeout: timeouts.validation,
        ...diagnostics(config),
    });
}
