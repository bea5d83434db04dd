/** Stand-in for the `random` provider: the resources and properties that Crossing uses, and nothing else. */
import { serve } from "../shared/plugin.ts";
import { randomId } from "./id.ts";
import { randomPassword, randomString } from "./string.ts";

await serve({
    name: "random",
    version: "4.21.1",
    resources: {
        "random:index/randomId:RandomId": randomId,
        "random:index/randomPassword:RandomPassword": randomPassword,
        "random:index/randomString:RandomString": randomString,
    },
});
