import * as pulumi from "@pulumi/pulumi";
import type { SeedInputs, SeedOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Fills the sample application's database, and puts the sentinel of this run into it. */
export class Seed extends dynamicResource<SeedInputs, SeedOutputs>("seed", "application:Seed", [
    "orders",
]) {
    /** Orders in the database. */
    declare readonly orders: pulumi.Output<number>;
}
