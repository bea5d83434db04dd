/** K10 itself: its aggregated APIs and the pods that work for it. */
import { Cause, showPods } from "../cause";

const showK10 = ({ k10 }: { k10: string }) => `kubectl -n ${k10} get pods,persistentvolumeclaims`;
const showApis = () => "kubectl get apiservices | grep kio.kasten.io";

export const k10: Cause[] = [
    {
        id: "k10-missing",
        pattern: /v1alpha1\.\S+\.kio\.kasten\.io does not exist/,
        waits: ["k10"],
        reason: "K10's chart was installed without its APIServices, or they were removed",
        fix: "Let `apiservices.deployed` in `crossing:k10.values` be true, and run `pulumi refresh` if somebody removed them",
        command: showApis,
        source: "k10-api 2.1, 9",
        examples: [
            { messages: ["v1alpha1.apps.kio.kasten.io does not exist"], evidence: "software" },
        ],
    },
    {
        id: "k10-no-endpoints",
        vague: true,
        pattern:
            /have no addresses|no endpoints available for service|service\/\S+ in "[^"]+" is not present/,
        reason: "K10's pod `aggregatedapis-svc` does not run",
        fix: "Look why K10's pods do not run: images, claims of its volumes and requests are the usual reasons",
        command: showK10,
        source: "k10-api 2.1; aggregated-api (Ready)",
        examples: [
            {
                messages: [
                    'v1alpha1.apps.kio.kasten.io endpoints for service/aggregatedapis-svc in "kasten-io" have no addresses with port name "https"',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "k10-no-answer",
        vague: true,
        pattern: /failing or missing response from https?:/,
        reason: "the API server does not get an answer of K10's aggregated API: its pod is starting, overloaded, or kept from the API server by a network policy or firewall",
        fix: "Wait until K10's pods are ready, and let the control plane reach port 10250 of them",
        command: showK10,
        source: "k10-api 2.1; aggregated-api (Ready)",
        examples: [
            {
                messages: [
                    "v1alpha1.apps.kio.kasten.io failing or missing response from https://10.0.0.1:443/apis/apps.kio.kasten.io/v1alpha1",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "k10-away",
        vague: true,
        pattern:
            /currently unable to handle the request|error trying to reach service|service unavailable/,
        reason: "K10's aggregated API is away: its pod was restarted, or has no room on a node",
        fix: "Wait until K10's pods are ready",
        command: showK10,
        source: "k10-api 2.1; field 0.1",
        examples: [
            {
                messages: [
                    "the API does not answer (the server is currently unable to handle the request (get runactions.actions.kio.kasten.io))",
                ],
                evidence: "seen",
            },
        ],
    },
    {
        id: "k10-worker",
        vague: true,
        pattern: /Failed while waiting for Pod|Mover pod \S+ does not start/,
        reason: "a pod that K10 started for the work does not come up",
        fix: "Look at the pods in the namespace: volumes that cannot be mounted and images that cannot be pulled are the usual reasons",
        command: showPods,
        source: "k10-api 12 (timeout.workerPodReady); field C21, D17",
        examples: [
            {
                messages: ["Mover pod shop/restore-data-x does not start", "phase Pending"],
                evidence: "unconfirmed",
            },
            {
                messages: [
                    "Failed while waiting for Pod kanister-job-x to be ready: timed out waiting for the condition",
                ],
                evidence: "software",
            },
        ],
    },
];
