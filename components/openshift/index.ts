export { Grants } from "./grants";
export { OpenShiftKinds, OpenShiftKindsArgs } from "./kinds";
export { Route } from "./route";
export { Router, RouterArgs } from "./router";
export { OpenShiftRules, OpenShiftRulesArgs } from "./rules";
