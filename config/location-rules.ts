/** What is wrong with locations only together with what refers to them. */
import { listed } from "./fields";
import { LocationSettings, storeLocation } from "./locations";
import { sidesOf } from "./roles";
import type { Settings } from "./schema";

export function locationMistakes(settings: Settings, secretsSet: readonly string[]): string[] {
    return [
        ...nameMistakes(settings),
        ...metadataMistakes(settings),
        ...exportMistakes(settings),
        ...passphraseMistakes(settings, secretsSet),
        ...disasterRecoveryMistakes(settings),
        ...recoveryMistakes(settings),
        ...lockMistakes(settings),
        ...certificateMistakes(settings),
    ];
}

/** Whether an address is one that only a cluster itself resolves. */
export function isClusterAddress(url: string): boolean {
    const { hostname } = new URL(url);
    return /(^localhost|\.svc|\.cluster\.local)\.?$/.test(hostname);
}

/**
 * Whether a copy there would go with the source cluster: a MinIO in it, an address of that cluster's own, or a claim of
 * which nothing else is said.
 */
export function liesInSource({ locations, store }: Settings, name: string): boolean {
    if (name === storeLocation) {
        return store.type === "minio-in-cluster"
            ? store.cluster === "source"
            : store.type === "existing" && isClusterAddress(store.endpoint.source);
    }
    const location = locations[name];
    switch (location?.type) {
        case "nfs":
            return !location.external;
        case "s3":
        case "rgw":
            return location.endpoint !== undefined && isClusterAddress(location.endpoint.source);
        default:
            return false;
    }
}

/** Names that may stand where a location is asked for, with those of VBR or without. */
function known({ locations }: Settings, vbr: boolean): string[] {
    const names = Object.entries(locations)
        .filter(([, { type }]) => vbr || type !== "vbr")
        .map(([name]) => name);
    return [storeLocation, ...names];
}

function nameMistakes({ locations }: Settings): string[] {
    return Object.hasOwn(locations, storeLocation)
        ? [
              `\`crossing:locations.${storeLocation}\` has the name of the store's profile: choose another name.`,
          ]
        : [];
}

function sideMistakes(
    key: string,
    name: string,
    location: LocationSettings | undefined,
    sides: readonly ("source" | "target")[],
): string[] {
    const missing = sides.filter(side => location && !location.sides.includes(side));
    return missing.map(
        side =>
            `\`crossing:${key}\` is \`${name}\`, which has no profile on the ${side}: add \`${side}\` to \`crossing:locations.${name}.sides\`.`,
    );
}

/** K10 keeps volumes in VBR, and nothing else ("Veeam Repository Location"). */
function metadataMistakes(settings: Settings): string[] {
    return Object.entries(settings.locations).flatMap(([name, location]) => {
        if (location.type !== "vbr") {
            return [];
        }
        const key = `locations.${name}.metadataLocation`;
        const { metadataLocation } = location;
        const allowed = known(settings, false);
        return allowed.includes(metadataLocation)
            ? sideMistakes(
                  key,
                  metadataLocation,
                  settings.locations[metadataLocation],
                  location.sides,
              )
            : [
                  `\`crossing:${key}\` is \`${metadataLocation}\`, which is no location that takes metadata: name one of ${listed(allowed)}.`,
              ];
    });
}

/**
 * What is wrong with a location that something else names.
 * @param vbr whether it may be one of VBR
 */
export function locationOf(
    settings: Settings,
    key: string,
    name: string,
    vbr: boolean,
    sides: readonly ("source" | "target")[],
): string[] {
    const allowed = known(settings, vbr);
    return allowed.includes(name)
        ? sideMistakes(key, name, settings.locations[name], sides)
        : [
              `\`crossing:${key}\` is \`${name}\`, which is no location: name one of ${listed(allowed)}.`,
          ];
}

/** What is wrong with a location that has to be one of VBR. */
export function repositoryOf(
    settings: Settings,
    key: string,
    name: string,
    side: "source" | "target",
): string[] {
    const { locations } = settings;
    const allowed = Object.keys(locations).filter(each => locations[each]?.type === "vbr");
    const advice = allowed.length > 0 ? `name one of ${listed(allowed)}` : "describe one there";
    return allowed.includes(name)
        ? sideMistakes(key, name, locations[name], [side])
        : [
              `\`crossing:${key}\` is \`${name}\`, which is no location of \`type: vbr\` in \`crossing:locations\`: ${advice}.`,
          ];
}

const exportMistakes = (settings: Settings) =>
    locationOf(settings, "exportLocation", settings.exportLocation, true, ["source", "target"]);

function passphraseMistakes({ k10, role }: Settings, secretsSet: readonly string[]): string[] {
    const isSet = secretsSet.includes("disasterRecoveryPassphrase");
    if (k10.recovery && !isSet && sidesOf(role).includes("source")) {
        return [
            "`crossing:k10.recovery` needs what the backup was sealed with: set the secret `crossing:disasterRecoveryPassphrase` to output `disasterRecoveryPassphrase` of the lost cluster's stack.",
        ];
    }
    return isSet && !k10.recovery && !k10.disasterRecovery
        ? [
              "`crossing:disasterRecoveryPassphrase` is of no use without `crossing:k10.disasterRecovery` or `crossing:k10.recovery`: add one of them, or remove it.",
          ]
        : [];
}

function ownDataMistakes(settings: Settings, key: string, location: string): string[] {
    const allowed = known(settings, false);
    return allowed.includes(location)
        ? sideMistakes(key, location, settings.locations[location], ["source"])
        : [
              `\`crossing:${key}\` is \`${location}\`, which is no location that takes K10's own data: name one of ${listed(allowed)}.`,
          ];
}

function recoveryMistakes(settings: Settings): string[] {
    const { recovery } = settings.k10;
    return recovery ? ownDataMistakes(settings, "k10.recovery.location", recovery.location) : [];
}

function disasterRecoveryMistakes(settings: Settings): string[] {
    const { disasterRecovery } = settings.k10;
    if (!disasterRecovery) {
        return [];
    }
    const { location } = disasterRecovery;
    const key = "k10.disasterRecovery.location";
    if (liesInSource(settings, location)) {
        const advice =
            settings.locations[location]?.type === "nfs"
                ? `set \`crossing:locations.${location}.external: true\` if its share lies outside, or name another location`
                : "name a location outside";
        return [
            `\`crossing:${key}\` is \`${location}\`, which goes with the source cluster that it is to save: ${advice}.`,
        ];
    }
    return ownDataMistakes(settings, key, location);
}

function lockMistakes({ store }: Settings): string[] {
    return store.type === "minio" && store.protectionPeriod && !store.objectLock
        ? [
              "`crossing:store.protectionPeriod` needs a bucket with object lock: add `crossing:store.objectLock: true`.",
          ]
        : [];
}

/** K10 takes its certificates from one ConfigMap. */
function certificateMistakes({ store, locations, k10 }: Settings): string[] {
    const all: object[] = [store, ...Object.values(locations)];
    return "cacertconfigmap" in k10.values && all.some(each => "caFile" in each)
        ? [
              "`crossing:k10.values.cacertconfigmap` takes the place of the certificates in `caFile`: put its certificates into one of those files, and remove it.",
          ]
        : [];
}
