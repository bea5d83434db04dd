/** What the program knows of K10's API: kinds, states and the fields it reads. */
import type { KubeObject, Resource } from "../kube/client";

const resource =
    (group: string) =>
    (plural: string): Resource => ({
        group: `${group}.kio.kasten.io`,
        version: "v1alpha1",
        plural,
    });
const config = resource("config");
const actions = resource("actions");
const apps = resource("apps");
const dr = resource("dr");

/** The namespace of Kasten's own instructions, where the program installs K10. */
export const k10Namespace = "kasten-io";

/** The profile of the store. Others bear the names of their locations in `crossing:locations`. */
const storeProfile = "crossing";

/** @returns undefined for the store, and where nothing is known of a profile */
export const locationOf = (profile: string | undefined): string | undefined =>
    profile === storeProfile ? undefined : profile;

export const profiles = config("profiles");
export const policies = config("policies");
export const blueprintBindings = config("blueprintbindings");
export const policyPresets = config("policypresets");
export const transformSets = config("transformsets");
export const runActions = actions("runactions");
export const backupActions = actions("backupactions");
export const exportActions = actions("exportactions");
export const importActions = actions("importactions");
export const restoreActions = actions("restoreactions");
export const validateActions = actions("validateactions");
export const reportActions = actions("reportactions");
export const retireActions = actions("retireactions");
export const cancelActions = actions("cancelactions");
export const reports = resource("reporting")("reports");
export const kastenDRReviews = dr("kastendrreviews");
export const kastenDRRestores = dr("kastendrrestores");
export const restorePoints = apps("restorepoints");
export const restorePointContents = apps("restorepointcontents");

/**
 * Action states, from K10's documentation ("Action States"). `AttemptFailed` is not final: K10 tries the phase
 * again. A state that is not listed counts as not finished.
 */
const unsuccessful = new Set(["Failed", "Cancelled", "Skipped"]);

export interface Action extends KubeObject {
    spec?: {
        receiveString?: string;
        subject?: { apiVersion?: string; kind?: string; name?: string; namespace?: string };
    };
    status?: {
        state?: string;
        startTime?: string;
        endTime?: string | null;
        progress?: number;
        /** Of exports of data alone, and dropped some time after their end (K10 documentation, API, ExportAction). */
        progressDetails?: {
            totalBytes?: number;
            processedBytes?: number;
            transferredBytes?: number;
            totalVolumes?: number;
        };
        error?: unknown;
        exceptions?: { message?: string }[];
        receiveString?: string;
        restorePoint?: { name?: string; namespace?: string };
        restorePointContent?: { name?: string };
    };
}

export interface Validated extends KubeObject {
    status?: { validation?: string; error?: string[] | null; hash?: number };
}

export interface Policy extends Validated {
    spec?: {
        actions?: {
            action?: string;
            exportParameters?: { receiveString?: string; profile?: { name?: string } };
            importParameters?: { profile?: { name?: string } };
        }[];
    };
}

/** The language is that of a restore's own transforms (K10 documentation, API "TransformSets"). */
export interface TransformSet extends KubeObject {
    spec?: {
        transforms?: {
            subject?: { group?: string; version?: string; resource?: string; name?: string } | null;
            json?: { op: string; path: string; from?: string }[] | null;
        }[];
    };
}

export interface RestorePointContent extends KubeObject {
    status?: {
        state?: string;
        actionTime?: string;
        restorePointRef?: { name?: string; namespace?: string };
    };
}

export interface RestorePoint extends KubeObject {
    spec?: { restorePointContentRef?: { name?: string } };
}

/** A restore point with its sub-resource `details`. */
export interface RestorePointDetails extends RestorePoint {
    status?: {
        actionTime?: string;
        restorePointDetails?: {
            /** What one looks like is not documented. */
            artifacts?: {
                kind?: string;
                name?: string;
                resource?: { resource?: string; name?: string };
                meta?: { kanister?: { meta?: { k8sVolume?: { pvcName?: string } } } };
            }[];
        };
    };
}

/** Milliseconds. A content that does not tell counts by its creation here (K10 documentation, "Restore points"). */
export const actionTime = ({ status, metadata }: RestorePointContent): number =>
    Date.parse(status?.actionTime ?? metadata?.creationTimestamp ?? "") || 0;

/** Milliseconds of a start, cut to the second, as `actionTime` may be where other times tell a fraction. */
export const startOf = (time: string): number => Math.floor(Date.parse(time) / 1_000) * 1_000;

export const isComplete = (action: Action): boolean => action.status?.state === "Complete";

/** Finished without success: the next attempt gets a new name. */
export const isUnsuccessful = (action: Action): boolean =>
    unsuccessful.has(action.status?.state ?? "");

/** Neither finished nor unknown to have begun: what can be cancelled. */
export const isRunning = (action: Action): boolean =>
    !isComplete(action) && !isUnsuccessful(action) && action.status?.state !== "Deleting";

/** `namespace/name`. */
export const nameOf = ({ metadata }: KubeObject): string =>
    `${metadata?.namespace}/${metadata?.name}`;

/** Labels that K10 puts on what it makes (K10 documentation, API, "Labels"). */
export const labels = {
    runActionName: "k10.kasten.io/runActionName",
    appName: "k10.kasten.io/appName",
    appNamespace: "k10.kasten.io/appNamespace",
    policyName: "k10.kasten.io/policyName",
    exportProfile: "k10.kasten.io/exportProfile",
    exportType: "k10.kasten.io/exportType",
} as const;
