/** K10's backup of itself on the source, and its recovery from that of a lost cluster. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import { DisasterRecovery, K10, Passphrase, Recovery } from "../components/k10";
import type { Store } from "../components/store";
import type { Config } from "../config";
import { diagnostics } from "./choices";
import { placeOf, Profiles } from "./locations";

/**
 * What the configuration asks for of both. K10 is recovered before it is given policies, so that what comes back with it does
 * not take their place.
 * @returns `profiles` with names that are known once K10 is recovered
 */
export function makeOwnBackup(
    config: Config,
    cluster: Cluster,
    store: Store,
    { k10: after, profiles: validated }: { k10: K10; profiles: Profiles },
): OwnBackup {
    const { k10, disasterRecoveryPassphrase } = config;
    if (!k10.disasterRecovery && !k10.recovery) {
        return { profiles: validated };
    }
    // Both find it in the same place. Whichever is configured later or taken out, it stays.
    const passphrase = new Passphrase(
        "source-passphrase",
        { cluster, passphrase: disasterRecoveryPassphrase },
        { dependsOn: [after] },
    );
    const recovery = makeRecovery(config, cluster, passphrase, validated);
    const profiles = recovery ? recovered(recovery, validated) : validated;
    const disasterRecovery = makeDisasterRecovery(config, cluster, store, passphrase, profiles);
    return { passphrase: passphrase.passphrase, recovery, disasterRecovery, profiles };
}

interface OwnBackup {
    /** Secret. */
    passphrase?: pulumi.Output<string>;
    recovery?: Recovery;
    disasterRecovery?: DisasterRecovery;
    profiles: Profiles;
}

/** K10 brought back from the backup of a lost cluster, if the configuration asks for it. */
function makeRecovery(
    config: Config,
    cluster: Cluster,
    passphrase: Passphrase,
    profiles: Profiles,
): Recovery | undefined {
    const { recovery } = config.k10;
    if (!recovery) {
        return undefined;
    }
    const { location, clusterId, point, skip } = recovery;
    return new Recovery("source-recovery", {
        ...{ cluster, passphrase, profile: profiles[location], clusterId, point, skip },
        timeout: config.timeouts.restore,
        ...diagnostics(config),
    });
}

function recovered({ result }: Recovery, profiles: Profiles): Profiles {
    const names = Object.entries(profiles).map(([name, profile]) => [
        name,
        pulumi.all([profile, result]).apply(([profileName]) => profileName),
    ]);
    return Object.fromEntries(names) as Profiles;
}

/** K10's backup of itself, if the configuration asks for it. */
function makeDisasterRecovery(
    config: Config,
    cluster: Cluster,
    store: Store,
    passphrase: Passphrase,
    profiles: Profiles,
): DisasterRecovery | undefined {
    const { k10, timeouts } = config;
    if (!k10.disasterRecovery) {
        return undefined;
    }
    const { location, frequency, catalogSnapshot } = k10.disasterRecovery;
    return new DisasterRecovery("source-disaster-recovery", {
        ...{ cluster, passphrase, frequency, catalogSnapshot, profile: profiles[location] },
        ...{ location: placeOf(config, store, location), k10Version: k10.version },
        timeout: timeouts.validation,
        ...diagnostics(config),
    });
}
