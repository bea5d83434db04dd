import assert from "node:assert/strict";
import { limitActions, provider } from "../../actions/src/action";

describe("limited actions", () => {
    afterEach(() => limitActions(5));

    /** How many of ten ran at once at most. */
    async function most(limited: boolean): Promise<number> {
        let [running, peak] = [0, 0];
        const work = provider<object, { done: boolean }>({
            ...{ title: "work", replaceOn: [], outputs: ["done"], id: () => "x", limited },
            async run() {
                peak = Math.max(peak, ++running);
                await new Promise(resolve => setTimeout(resolve, 10));
                running--;
                return { done: true };
            },
        });
        await Promise.all(Array.from({ length: 10 }, () => work.create({})));
        return peak;
    }

    it("run five at once", async () => {
        assert.equal(await most(true), 5);
    });

    it("run as many at once as is said before the first", async () => {
        limitActions(2);
        assert.equal(await most(true), 2);
    });

    it("are no others", async () => {
        limitActions(2);
        assert.equal(await most(false), 10);
    });

    it("give their turn back where they fail", async () => {
        limitActions(1);
        let runs = 0;
        const work = provider<object, { done: boolean }>({
            ...{ title: "work", replaceOn: [], outputs: ["done"], id: () => "x", limited: true },
            run: () =>
                ++runs < 3 ? Promise.reject(new Error("no")) : Promise.resolve({ done: true }),
        });
        const all = await Promise.allSettled([1, 2, 3].map(() => work.create({})));
        assert.deepEqual(
            all.map(({ status }) => status),
            ["rejected", "rejected", "fulfilled"],
        );
    });
});
