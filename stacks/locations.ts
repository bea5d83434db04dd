/** The locations of the configuration as profiles of K10 on one side. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import { ExportLocation, Location, LocationProfile } from "../components/k10";
import { mistake } from "../components/mistake";
import { ObjectLock, Store, StoredObjects } from "../components/store";
import { Config, cosEndpoint, LocationSettings, storeLocation } from "../config";
import { Side, diagnostics } from "./choices";
import type { HandOff } from "./source";

/** Names of validated profiles, by location. The store is one of them. */
export type Profiles = Record<string, pulumi.Output<string>>;

/** The certificates that K10 on a side has to trust, in one text. */
export function certificatesOf(config: Config, side: Side, store: Store): string | undefined {
    const all = Object.values(config.locations)
        .filter(({ sides }) => sides.includes(side))
        .map(location => ("caFile" in location ? location.caFile : undefined));
    const found = [store.certificates, ...all].filter(each => each !== undefined);
    return found.length > 0 ? [...new Set(found)].join("") : undefined;
}

/** A profile for each location that the side has. */
export function makeLocations(
    side: Side,
    config: Config,
    cluster: Cluster,
    after: pulumi.Resource[],
): Profiles {
    const here = Object.entries(config.locations).filter(([, { sides }]) => sides.includes(side));
    return Object.fromEntries(
        here.map(([name, settings]) => {
            const locks = makeLock(side, config, name, settings);
            const profile = new LocationProfile(
                `${side}-location-${name}`,
                {
                    ...{ cluster, profileName: name, location: locationFor(side, settings) },
                    secrets: config.locationSecrets[name] ?? {},
                    timeout: config.timeouts.validation,
                    ...diagnostics(config),
                },
                { dependsOn: [...after, ...locks] },
            );
            return [name, profile.profileName];
        }),
    );
}

/** A location as one side reaches it. */
function locationFor(side: Side, settings: LocationSettings): Location {
    switch (settings.type) {
        case "s3":
        case "rgw":
        case "cos": {
            const { type, bucket, region, protectionPeriod } = settings;
            const endpoint = endpointFor(side, settings);
            return {
                ...{ type, bucket, region },
                ...(endpoint && { endpoint }),
                ...(protectionPeriod && { protectionPeriod }),
            };
        }
        case "nfs": {
            const { type, claimName, path } = settings;
            return { type, claimName, ...(path && { path }) };
        }
        case "vbr": {
            const { type, server, port, repository } = settings;
            return { type, server, port, repository };
        }
        default: {
            const { sides: _, ...location } = settings;
            return location;
        }
    }
}

type S3Settings = Extract<LocationSettings, { type: "s3" | "rgw" | "cos" }>;

const isS3 = (settings: LocationSettings | undefined): settings is S3Settings =>
    settings?.type === "s3" || settings?.type === "rgw" || settings?.type === "cos";

/** The addresses of locations, by name, as far as they are configured. */
export function endpointsOf({ locations }: Config, side: Side): [name: string, url: string][] {
    return Object.entries(locations).flatMap(([name, settings]) => {
        const url = settings.sides.includes(side) && isS3(settings) && endpointFor(side, settings);
        return url ? [[name, url] as [string, string]] : [];
    });
}

/** Undefined: Amazon's own, which follows from the region. */
function endpointFor(side: Side | "program", settings: S3Settings): string | undefined {
    return settings.type === "cos" ? cosEndpoint(settings.region) : settings.endpoint?.[side];
}

/** The bucket's object lock is looked at once, from where this program runs. */
function makeLock(
    side: Side,
    config: Config,
    name: string,
    settings: LocationSettings,
): pulumi.Resource[] {
    const isFirst = settings.sides.includes("source") ? side === "source" : true;
    if (!("protectionPeriod" in settings) || !settings.protectionPeriod || !isFirst) {
        return [];
    }
    const { protectionPeriod } = settings;
    const lock = new ObjectLock(`location-${name}`, {
        ...{ ...bucketOf(config, name, settings), protectionPeriod, location: name },
        timeout: config.timeouts.store,
    });
    return [lock];
}

/** The bucket of a location, as this program reaches it. */
function bucketOf(config: Config, name: string, settings: S3Settings) {
    const { bucket, region } = settings;
    const { accessKey = "", secretKey = "" } = config.locationSecrets[name] ?? {};
    const certificates = "caFile" in settings ? settings.caFile : undefined;
    return {
        endpoint: endpointFor("program", settings) ?? `https://s3.${region}.amazonaws.com`,
        ...{ bucket, region, accessKey, secretKey },
        ...(certificates && { certificates }),
    };
}

/** The location that takes what of an export is no volume: VBR has another one for that. */
export function metadataLocation({ exportLocation, locations }: Config): string {
    const settings = locations[exportLocation];
    return settings?.type === "vbr" ? settings.metadataLocation : exportLocation;
}

/** What lies in the bucket that was exported to, if it is one and not the store's, which is looked at anyway. */
export function makeStored(
    config: Config,
    { runId, applications }: HandOff,
): StoredObjects | undefined {
    const location = metadataLocation(config);
    const settings = config.locations[location];
    if (!isS3(settings)) {
        return undefined;
    }
    return new StoredObjects(
        `location-${location}-stored`,
        {
            ...{ ...bucketOf(config, location, settings), location, run: runId },
            timeout: config.timeouts.store,
        },
        { dependsOn: applications.flatMap(({ ready }) => ready) },
    );
}

/**
 * The profiles that an export goes to, if it is not the store's. VBR takes volumes alone: all else goes to the location
 * beside it.
 * @param name of the location. @default that of the crossing
 */
export function exportTo(
    { exportLocation, locations }: Config,
    profiles: Profiles,
    name: string = exportLocation,
): ExportLocation | undefined {
    if (name === storeLocation) {
        return undefined;
    }
    const settings = locations[name];
    return settings?.type === "vbr"
        ? { profile: profiles[settings.metadataLocation], blockModeProfile: profiles[name] }
        : { profile: profiles[name] };
}

/** The target reads where the source wrote, and both call that by one name. */
export function requireSameLocation(config: Config, handOff: { exportLocation: string }): void {
    const [here, there] = [config.exportLocation, handOff.exportLocation];
    if (here !== there) {
        throw mistake(
            `\`crossing:exportLocation\` is \`${here}\`, and the source exported to \`${there}\`: set it to \`${there}\`, and describe that location in \`crossing:locations\` of this stack if it is not the store.`,
        );
    }
}

/** A location, or the store, as the source reaches it. */
export function placeOf(config: Config, store: Store, name: string): pulumi.Input<Location> {
    const settings = config.locations[name];
    return settings
        ? locationFor("source", settings)
        : pulumi
              .all([store.bucket, store.region, store.endpoint.source])
              .apply(([bucket, region, endpoint]) => ({
                  ...{ type: "s3" as const, bucket, region, endpoint },
              }));
}
