/** What the server writes into the spec of policies: K10 documentation, API "Policies", export. */
import { randomBytes } from "node:crypto";
import { STAND_IN, STAND_IN_ANNOTATION, labels, suffix } from "./constants.ts";
import { specHash } from "./hash.ts";
import {
    at,
    fieldsAt,
    listAt,
    refAt,
    textAt,
    type Fields,
    type KubeObject,
    type Ref,
} from "./json.ts";
import { hasCode } from "./kube.ts";
import { pathOf, SECRETS } from "./resources.ts";
import { parametersOf } from "./rules-policy.ts";
import { locationKind } from "./rules-location.ts";
import { profileStore } from "./rules-profile.ts";
import { newKey, sealHandOff, type HandOff } from "./seal.ts";
import { configResource, storeAccess, usableProfile, type World } from "./world.ts";
import { log } from "./log.ts";
import { messageOf } from "./failure.ts";
import { markerKey } from "./layout.ts";
import { Store } from "./s3.ts";

/** What the catalog keeps of an export policy: under `hand-off/<uid of the policy>`. */
export interface HandOffNote {
    receiveString: string;
    migrationToken: Ref;
    bucket: string;
    handOff: HandOff;
    /** Milliseconds since 1970: when the string was made. */
    made: number;
}

const POLICIES = configResource("policies");
const noteName = (uid: string | undefined) => `hand-off/${uid}`;

/** Whether a policy's export carries data: only then it has a receiveString (seen in public tools). */
export function exportsData(spec: Fields | undefined): boolean {
    return at(parametersOf(spec, "export"), "exportData", "enabled") === true;
}

/** The hand-off that a policy's exports are sealed with. */
export function handOffOf(world: World, policyUID: string): HandOffNote | undefined {
    return world.catalog.note<HandOffNote>(noteName(policyUID));
}

/** A new receiveString for a profile, with its token Secret. */
export async function makeHandOff(
    world: World,
    profile: KubeObject,
    policy: { name: string; namespace: string },
): Promise<HandOffNote> {
    const { bucket, path } = profileStore(profile.spec);
    const handOff: HandOff = {
        version: 1,
        clusterUID: world.clusterUID,
        policy,
        profilePath: path,
        id: randomBytes(12).toString("hex"),
        dataKey: newKey(),
    };
    const { namespace } = world.config;
    const name = `export-${suffix(10)}-migration-token`;
    await world.cluster.create(pathOf(SECRETS, namespace), {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
            name,
            labels: {
                [labels.policyName]: policy.name,
                [labels.policyNamespace]: policy.namespace,
            },
            annotations: { [STAND_IN_ANNOTATION]: STAND_IN },
        },
        type: "Opaque",
        stringData: { migrationToken: randomBytes(32).toString("base64url") },
    });
    // Elsewhere nothing is written, also no export: the run says so.
    if (locationKind(profile.spec) === "S3") {
        await mark(world, profile);
    }
    return {
        receiveString: sealHandOff(handOff, { bucket, path }),
        migrationToken: { name, namespace },
        bucket,
        handOff,
        made: Date.now(),
    };
}

/** Whether a fault keeps a policy's receiveString from being shown yet. */
export async function isWithheld(
    { faults }: World,
    policy: KubeObject,
    { made }: HandOffNote,
): Promise<boolean> {
    const late = await faults.seconds("receiveStringLate");
    return (
        Date.now() - made < late * 1000 ||
        (await faults.strikes("receiveStringEmpty", policy.metadata.name))
    );
}

/** Leaves the marker in the bucket. A bucket that cannot be written to will fail the export, with its reason. */
async function mark(world: World, profile: KubeObject): Promise<void> {
    const access = await storeAccess(world, profile);
    const store = new Store(access);
    const text = `Written by a stand-in for Veeam Kasten K10 (not Kasten's product), cluster ${world.clusterUID}.\n`;
    try {
        await store.put(markerKey(access.path), Buffer.from(text));
    } catch (error) {
        log(`could not write to bucket ${access.bucket}: ${messageOf(error)}`);
    } finally {
        store.close();
    }
}

/**
 * Makes the hand-off of an export policy, and writes `receiveString`, `migrationToken` and `lastModifyHash`
 * into it if its export carries data. The string stays the same for as long as bucket and path do, also when
 * somebody blanked it.
 */
export async function ensureHandOff(world: World, policy: KubeObject): Promise<void> {
    const { uid, name, namespace = "" } = policy.metadata;
    const actions = listAt(policy.spec, "actions");
    const index = actions.findIndex(action => at(action, "action") === "export");
    const parameters = fieldsAt(actions, index, "exportParameters");
    const ref = refAt(parameters, "profile") ?? presetExportProfile(await presetOf(world, policy));
    if (index < 0 || !ref) {
        return;
    }
    const profile = await usableProfile(world, ref);
    const { bucket, path } = profileStore(profile.spec);
    let note = handOffOf(world, uid ?? "");
    if (!note || note.bucket !== bucket || note.handOff.profilePath !== path) {
        note = await makeHandOff(world, profile, { name, namespace });
        world.catalog.setNote(noteName(uid), note);
        await world.catalog.flush();
    }
    if (await isWithheld(world, policy, note)) {
        retryHandOff(world, policy);
        return;
    }
    const { receiveString, migrationToken } = note;
    if (
        !exportsData(policy.spec) ||
        (textAt(parameters, "receiveString") === receiveString &&
            textAt(parameters, "migrationToken", "name") === migrationToken.name)
    ) {
        return;
    }
    const base = `/spec/actions/${index}`;
    await writeSpec(world, policy, [
        // The list may have changed since it was read.
        { op: "test", path: `${base}/action`, value: "export" },
        { op: "add", path: `${base}/exportParameters/receiveString`, value: receiveString },
        { op: "add", path: `${base}/exportParameters/migrationToken`, value: migrationToken },
        { op: "add", path: "/spec/lastModifyHash", value: specHash(policy.spec) },
    ]);
}

const waiting = new Set<string>();

/** Looks again in a moment whether the receiveString of a policy may be shown. */
function retryHandOff(world: World, { metadata }: KubeObject): void {
    const { uid = "", name, namespace } = metadata;
    const look = async () => {
        waiting.delete(uid);
        const policy = await world.cluster.find(pathOf(POLICIES, namespace, name));
        if (policy?.metadata.uid === uid) {
            await ensureHandOff(world, policy);
        }
    };
    if (!waiting.has(uid)) {
        waiting.add(uid);
        const failed = (error: unknown) =>
            log(`receiveString of ${namespace}/${name}: ${messageOf(error)}`);
        setTimeout(() => void look().catch(failed), 500).unref();
    }
}

async function writeSpec(world: World, policy: KubeObject, operations: object[]): Promise<void> {
    const { name, namespace } = policy.metadata;
    try {
        await world.cluster.patch(pathOf(POLICIES, namespace, name), operations);
    } catch (error) {
        // 422: the test failed, so the policy changed meanwhile and will be validated again.
        if (!hasCode(error, 422) && !hasCode(error, 404)) {
            throw error;
        }
    }
}

/** The preset that a policy refers to. */
export async function presetOf(world: World, policy: KubeObject): Promise<KubeObject | undefined> {
    const ref = refAt(policy.spec, "presetRef");
    return (
        ref &&
        (await world.cluster.find(pathOf(configResource("policypresets"), ref.namespace, ref.name)))
    );
}

function presetExportProfile(preset: KubeObject | undefined): Ref | undefined {
    return refAt(preset?.spec, "export", "profile");
}

/** Appends the export action when the policy's preset exports (K10 documentation, API "Policies"). */
export async function ensurePresetExport(world: World, policy: KubeObject): Promise<KubeObject> {
    const preset = await presetOf(world, policy);
    const profile = presetExportProfile(preset);
    if (!profile || parametersOf(policy.spec, "export")) {
        return policy;
    }
    const exportData = fieldsAt(preset?.spec, "export", "exportData");
    const action = { action: "export", exportParameters: { exportData } };
    await writeSpec(world, policy, [{ op: "add", path: "/spec/actions/-", value: action }]);
    const { name, namespace } = policy.metadata;
    return (await world.cluster.find(pathOf(POLICIES, namespace, name))) ?? policy;
}
