import assert from "node:assert/strict";
import { local, prefix, repository } from "../../lab/paths.ts";
import { isOwnProcess } from "../../lab/processes.ts";

describe("processes that `make clean` ends", () => {
    const plugin = `${repository}lab/plugins/docker/main.ts`;
    const cases: [name: string, command: string[], own: boolean][] = [
        ["this checkout's Pulumi", ["pulumi", "up"], true],
        ["its language host", [`${local}/bin/pulumi-language-nodejs`, "127.0.0.1:1"], true],
        ["its plugins", [`${local}/pulumi/plugins/resource-x-v1.0.0/pulumi-resource-x`], true],
        ["stand-ins", ["/usr/bin/node", "--disable-warning=x", plugin, "127.0.0.1:1"], true],
        ["a kind of this checkout", ["kind", "create", "cluster", "--name", prefix("lab")], true],
        ["another checkout's programs", ["/elsewhere/.crossing/bin/pulumi-x"], false],
        ["another checkout's kind", ["kind", "delete", "cluster", "--name", "crossing-x"], false],
        ["an editor", ["vim", plugin], false],
        ["a shell in the lab's environment", ["bash"], false],
        ["tests of a stand-in", ["node", "mocha", `${repository}tests/lab/x.test.ts`], false],
        ["the kernel's threads", [""], false],
    ];
    const environment = ["HOME=/root", `PULUMI_HOME=${local}/pulumi`];
    for (const [name, command, own] of cases) {
        it(`${name}: ${own ? "yes" : "no"}`, () =>
            assert.equal(isOwnProcess(command, environment), own));
    }

    it("a Pulumi with a home of its own: no", () =>
        assert.equal(isOwnProcess(["pulumi", "up"], ["HOME=/root"]), false));
});
