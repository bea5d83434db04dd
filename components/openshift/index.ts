export { OpenShiftRules, OpenShiftRulesArgs } from "./rules";
