/**
 * OpenShift's `restricted-v2`, as admission policies for a plain cluster of Kubernetes 1.36 or newer: each
 * namespace has a range of user ids; a pod runs under its first one unless its service account, or whoever makes
 * the pod, may use a constraint that allows more. OpenShift's documentation: "Managing security context
 * constraints", "About pre-allocated security context constraints values".
 */

const rangeKey = "openshift.io/sa.scc.uid-range";

/** Constraints that free a pod from the range. `k10-scc` is the one that K10's chart makes. */
const freeing = ["anyuid", "privileged", "k10-scc"];

/** Kubernetes' own namespaces: OpenShift leaves its own out, too. */
const systemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

const pods = {
    namespaceSelector: {
        matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "NotIn", values: systemNamespaces },
        ],
    },
    resourceRules: [
        { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
    ],
};

const may = (who: string, constraint: string) =>
    // With the namespace: a RoleBinding there counts as well as a ClusterRoleBinding.
    `${who}.group('security.openshift.io').resource('securitycontextconstraints').namespace(request.namespace).name('${constraint}').check('use').allowed()`;

const variables = [
    {
        name: "account",
        expression:
            "has(object.spec.serviceAccountName) && object.spec.serviceAccountName != '' ? object.spec.serviceAccountName : 'default'",
    },
    // One variable for each constraint: the cost of more than two checks is over the limit of an expression.
    ...freeing.map(constraint => ({
        name: variable(constraint),
        expression: [
            may("authorizer.serviceAccount(request.namespace, variables.account)", constraint),
            may("authorizer", constraint),
        ].join(" || "),
    })),
    {
        name: "free",
        expression: freeing.map(constraint => `variables.${variable(constraint)}`).join(" || "),
    },
    {
        // A namespace that is older than these policies has no range of its own.
        name: "range",
        expression: `has(namespaceObject.metadata.annotations) && '${rangeKey}' in namespaceObject.metadata.annotations ? namespaceObject.metadata.annotations['${rangeKey}'] : '1000000000/10000'`,
    },
    { name: "first", expression: "int(variables.range.split('/')[0])" },
    { name: "last", expression: "variables.first + int(variables.range.split('/')[1]) - 1" },
    {
        name: "containers",
        expression:
            "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])",
    },
];

function variable(constraint: string): string {
    return constraint.replaceAll("-", "_");
}

/** Gives each new namespace its range, as OpenShift's controller does. */
export const namespaceRanges = {
    failurePolicy: "Fail",
    reinvocationPolicy: "Never",
    matchConstraints: {
        resourceRules: [
            {
                ...{ apiGroups: [""], apiVersions: ["v1"] },
                ...{ operations: ["CREATE"], resources: ["namespaces"] },
            },
        ],
    },
    matchConditions: [
        {
            name: "without-range",
            expression: `!has(object.metadata.annotations) || !('${rangeKey}' in object.metadata.annotations)`,
        },
    ],
    mutations: [
        {
            patchType: "ApplyConfiguration",
            applyConfiguration: {
                expression: `Object{metadata: Object.metadata{annotations: {'${rangeKey}': '1000700000/10000', 'openshift.io/sa.scc.supplemental-groups': '1000700000/10000', 'openshift.io/sa.scc.mcs': 's0:c26,c5'}}}`,
            },
        },
    ],
};

const defaults = (list: string) =>
    `object.spec.${list}.map(c, Object.spec.${list}{name: c.name, securityContext: Object.spec.${list}.securityContext{runAsUser: has(c.securityContext) && has(c.securityContext.runAsUser) ? c.securityContext.runAsUser : (has(object.spec.securityContext) && has(object.spec.securityContext.runAsUser) ? object.spec.securityContext.runAsUser : variables.first), allowPrivilegeEscalation: has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) ? c.securityContext.allowPrivilegeEscalation : false}})`;

/** Fills in what a pod leaves open. */
export const podDefaults = {
    failurePolicy: "Fail",
    reinvocationPolicy: "IfNeeded",
    matchConstraints: pods,
    // Policies that mutate must have a condition; this one always holds.
    matchConditions: [{ name: "every-pod", expression: "true" }],
    variables,
    mutations: [
        {
            patchType: "ApplyConfiguration",
            applyConfiguration: {
                expression: `variables.free ? Object{} : Object{metadata: Object.metadata{annotations: {'openshift.io/scc': 'restricted-v2'}}, spec: Object.spec{securityContext: Object.spec.securityContext{fsGroup: has(object.spec.securityContext) && has(object.spec.securityContext.fsGroup) ? object.spec.securityContext.fsGroup : variables.first, seccompProfile: Object.spec.securityContext.seccompProfile{type: 'RuntimeDefault'}}, containers: ${defaults("containers")}}}`,
            },
        },
        {
            patchType: "ApplyConfiguration",
            applyConfiguration: {
                expression: `variables.free || !has(object.spec.initContainers) ? Object{} : Object{spec: Object.spec{initContainers: ${defaults("initContainers")}}}`,
            },
        },
    ],
};

/** OpenShift's own words, so that what people find about them helps here, too. */
const refusal = (field: string, value: string, why: string) =>
    `'unable to validate against any security context constraint: provider restricted-v2: ${field}: Invalid value: ' + ${value} + ': ${why}'`;

/** Refuses what the range and `restricted-v2` do not allow. */
export const podRefusals = {
    failurePolicy: "Fail",
    matchConstraints: pods,
    variables,
    validations: [
        {
            expression:
                "variables.free || !has(object.spec.securityContext) || !has(object.spec.securityContext.runAsUser) || (object.spec.securityContext.runAsUser >= variables.first && object.spec.securityContext.runAsUser <= variables.last)",
            messageExpression: refusal(
                ".spec.securityContext.runAsUser",
                "string(object.spec.securityContext.runAsUser)",
                "must be in the ranges: [' + string(variables.first) + ', ' + string(variables.last) + ']",
            ),
        },
        {
            expression:
                "variables.free || variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.runAsUser) || (c.securityContext.runAsUser >= variables.first && c.securityContext.runAsUser <= variables.last))",
            messageExpression: refusal(
                ".containers.runAsUser",
                "string(variables.containers.filter(c, has(c.securityContext) && has(c.securityContext.runAsUser) && (c.securityContext.runAsUser < variables.first || c.securityContext.runAsUser > variables.last))[0].securityContext.runAsUser)",
                "must be in the ranges: [' + string(variables.first) + ', ' + string(variables.last) + ']",
            ),
        },
        {
            expression:
                "variables.free || variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)",
            messageExpression: refusal(
                ".containers.privileged",
                "'true'",
                "Privileged containers are not allowed",
            ),
        },
        {
            expression:
                "variables.free || !has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))",
            messageExpression: refusal(
                ".spec.volumes",
                "'hostPath'",
                "hostPath volumes are not allowed to be used",
            ),
        },
        {
            expression:
                "variables.free || ((!has(object.spec.hostNetwork) || !object.spec.hostNetwork) && (!has(object.spec.hostPID) || !object.spec.hostPID) && (!has(object.spec.hostIPC) || !object.spec.hostIPC))",
            messageExpression: refusal(
                ".spec.hostNetwork, hostPID or hostIPC",
                "'true'",
                "Host namespaces are not allowed to be used",
            ),
        },
    ],
};
