export { Baseline } from "./baseline";
export { Verification } from "./verification";
export { timings } from "./timings";
