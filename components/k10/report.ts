import type { ReportInputs, ReportOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Has K10 report on itself, once for a `runId`. */
export class Report extends dynamicResource<ReportInputs, ReportOutputs>("report", "k10:Report", [
    "result",
]) {}
