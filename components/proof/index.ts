export { Baseline } from "./baseline";
export { FetchedBaseline, KeptBaseline } from "./kept";
export { Verification } from "./verification";
export { sourceTimings, targetTimings } from "./timings";
