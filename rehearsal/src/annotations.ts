/** OpenShift's annotations: github.com/openshift/api, security/v1/consts.go. */

export const uidRangeAnnotation = "openshift.io/sa.scc.uid-range";
export const supplementalGroupsAnnotation = "openshift.io/sa.scc.supplemental-groups";
export const mcsAnnotation = "openshift.io/sa.scc.mcs";
/** On a pod: the constraint that admitted it. */
export const validatedAnnotation = "openshift.io/scc";
/** On a pod: the only constraint that it wants. */
export const requiredAnnotation = "openshift.io/required-scc";
/** On a pod: whose right to the constraint counted. */
export const subjectAnnotation = "security.openshift.io/validated-scc-subject-type";
