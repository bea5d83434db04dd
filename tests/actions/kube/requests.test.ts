import assert from "node:assert/strict";
import fc from "fast-check";
import type { Clock } from "../../../actions/src/kube/clock";
import { RequestLimit } from "../../../actions/src/kube/requests";

/** Time that goes on when nobody has anything to do at it. */
class SharedClock implements Clock {
    time = 0;
    private sleepers: { at: number; wake: () => void }[] = [];
    now = () => this.time;
    sleep = (ms: number) =>
        new Promise<void>(wake => void this.sleepers.push({ at: this.time + ms, wake }));

    async until(all: Promise<unknown>): Promise<void> {
        let pending = true;
        void all.then(() => (pending = false));
        while (pending) {
            await new Promise(resolve => setImmediate(resolve));
            this.sleepers.sort((a, b) => a.at - b.at);
            const next = this.sleepers.shift();
            if (next) {
                this.time = Math.max(this.time, next.at);
                next.wake();
            }
        }
    }
}

/** When each of the requests that come at these times is let through. */
async function passes(perSecond: number, arrivals: number[]): Promise<number[]> {
    const clock = new SharedClock();
    const limit = new RequestLimit(perSecond, clock);
    const times: number[] = [];
    const all = Promise.all(
        arrivals.map(async at => {
            await clock.sleep(at);
            await limit.turn();
            times.push(clock.time);
        }),
    );
    await clock.until(all);
    return times;
}

describe("the limit of requests", () => {
    it("lets few through at once", async () => {
        assert.deepEqual(await passes(20, [0, 0, 0, 5, 5]), [0, 0, 0, 5, 5]);
    });

    it("lets 30 waits at once through 20 in a second", async () => {
        const expected = [...Array<number>(20).fill(0), ...Array<number>(10).fill(1_000)];
        assert.deepEqual(await passes(20, Array<number>(30).fill(0)), expected);
    });

    it("begins anew after a pause", async () => {
        assert.deepEqual(await passes(2, [0, 0, 5_000, 5_000, 5_000]), [0, 0, 5_000, 5_000, 6_000]);
    });

    it("never lets more through in any second, and each as soon as it may, whatever comes when", async () => {
        const arrivals = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 });
        await fc.assert(
            fc.asyncProperty(fc.integer({ min: 1, max: 10 }), arrivals, async (most, list) => {
                const sorted = [...list].sort((a, b) => a - b);
                const times = await passes(most, sorted);
                times.forEach((time, index) => {
                    const before = times[index - most];
                    const earliest = Math.max(
                        sorted[index] ?? 0,
                        before === undefined ? 0 : before + 1_000,
                    );
                    assert.equal(time, earliest);
                });
            }),
        );
    });
});
