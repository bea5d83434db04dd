import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError, UserError } from "../../../actions/src/kube/errors";
import {
    Clock,
    interval,
    lasting,
    Look,
    persist,
    poll,
    PollOptions,
    seconds,
} from "../../../actions/src/kube/poll";
import { beforeRequest } from "../../../actions/src/kube/requests";

/** Time that passes only while somebody sleeps, or when a test says so. */
class FakeClock implements Clock {
    time = 1_000_000;
    readonly slept: number[] = [];
    now = () => this.time;
    sleep = (ms: number) => {
        this.slept.push(ms);
        this.time += ms;
        return Promise.resolve();
    };
}

const unavailable = () => new ApiError(503, "service unavailable");

describe("poll", () => {
    let clock: FakeClock;
    let lines: string[];
    beforeEach(() => {
        clock = new FakeClock();
        lines = [];
    });

    const options = (more: Partial<PollOptions> = {}): PollOptions => ({
        what: "the kettle to boil",
        timeout: 600,
        report: line => lines.push(line),
        clock,
        ...more,
    });

    /** Looks that go as listed; the last one again and again. An error is thrown. */
    const looks = (...list: (Look<string> | Error)[]) => {
        let next = 0;
        return () => {
            const look = list[Math.min(next++, list.length - 1)];
            return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
        };
    };
    const done: Look<string> = { done: true, value: "tea" };
    const cold: Look<string> = { done: false, seen: "cold" };
    const repeat = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

    it("looks at once, and does not sleep when that is enough", async () => {
        assert.equal(await poll(options(), looks(done)), "tea");
        assert.deepEqual(clock.slept, []);
        assert.deepEqual(lines, []);
    });

    it("looks four times a second for 30 seconds, and then once", async () => {
        const count = 30 * 4 + 5;
        assert.equal(await poll(options(), looks(...repeat(count, cold), done)), "tea");
        assert.deepEqual(clock.slept, [...repeat(120, 250), ...repeat(5, 1_000)]);
    });

    describe("persist", () => {
        /** Work that fails as listed and then succeeds. */
        const work = (...errors: Error[]) => {
            let next = 0;
            return () => {
                const error = errors[next++];
                return error ? Promise.reject(error) : Promise.resolve("tea");
            };
        };
        const doing = (...errors: Error[]) =>
            persist(work(...errors), line => lines.push(line), clock);

        it("does the work once where it succeeds", async () => {
            assert.equal(await doing(), "tea");
            assert.deepEqual([clock.slept, lines], [[], []]);
        });

        it("does it again after the API was away, with growing pauses", async () => {
            assert.equal(await doing(unavailable(), unavailable()), "tea");
            assert.deepEqual(clock.slept, [1_000, 2_000]);
            assert.deepEqual(lines, [
                "service unavailable. Going on in 1s",
                "service unavailable. Going on in 2s",
            ]);
        });

        it("gives up at the fifth failure, with the API's own error", async () => {
            const last = new ApiError(503, "still away");
            await assert.rejects(doing(...repeat(4, unavailable()), last), error => error === last);
            assert.deepEqual(clock.slept, [1_000, 2_000, 4_000, 8_000]);
        });

        it("does not begin again what was given up, though a failing API was the cause", async () => {
            const gaveUp = new UserError("Gave up.", {
                cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
            });
            await assert.rejects(doing(gaveUp), error => error === gaveUp);
            assert.deepEqual(clock.slept, []);
        });

        it("does not repeat what failed for good", async () => {
            await assert.rejects(doing(new UserError("no")), { message: "no" });
            await assert.rejects(doing(new ApiError(403, "forbidden")), { message: "forbidden" });
            assert.deepEqual(clock.slept, []);
        });
    });

    it("looks a last time at the deadline, not after it", async () => {
        const looked: number[] = [];
        const promise = poll(options({ timeout: 0.6 }), () => {
            looked.push(clock.time - 1_000_000);
            return Promise.resolve(cold);
        });
        await assert.rejects(promise, UserError);
        assert.deepEqual(looked, [0, 250, 500, 600]);
        assert.deepEqual(clock.slept, [250, 250, 100]);
    });

    it("counts the time that a look takes", async () => {
        let looked = 0;
        const promise = poll(options({ timeout: 25 }), () => {
            looked++;
            clock.time += 10_000;
            return Promise.resolve(cold);
        });
        await assert.rejects(promise, UserError);
        assert.equal(looked, 3);
        assert.deepEqual(clock.slept, [250, 250]);
    });

    it("takes what the last look finds, even if the look itself goes beyond the deadline", async () => {
        const value = await poll(options({ timeout: 1 }), () => {
            clock.time += 5_000;
            return Promise.resolve(done);
        });
        assert.equal(value, "tea");
    });

    it("fails when the time is over, with what it waited for, what it saw last and where to look", async () => {
        await assert.rejects(poll(options({ timeout: 90, hint: "Light the fire." }), looks(cold)), {
            name: "Error",
            message:
                "Waited 1m30s in vain for the kettle to boil; last seen: cold. Light the fire.",
        });
        const started = clock.time;
        await assert.rejects(poll(options({ timeout: 5 }), looks(cold)), {
            message: "Waited 5s in vain for the kettle to boil; last seen: cold.",
        });
        assert.equal(clock.time - started, 5_000);
    });

    it("does not wait at all without time, but looks", async () => {
        assert.equal(await poll(options({ timeout: 0 }), looks(done)), "tea");
        await assert.rejects(poll(options({ timeout: 0 }), looks(cold)), {
            message: "Waited 0s in vain for the kettle to boil; last seen: cold.",
        });
        assert.deepEqual(clock.slept, []);
    });

    it("reports what it sees when it changes, and only then", async () => {
        const warm: Look<string> = { done: false, seen: "warm" };
        await poll(options(), looks(cold, cold, warm, warm, warm, cold, done));
        assert.deepEqual(lines, [
            "the kettle to boil: cold",
            "the kettle to boil: warm",
            "the kettle to boil: cold",
        ]);
    });

    it("needs nobody to report to", async () => {
        assert.equal(await poll(options({ report: undefined }), looks(cold, done)), "tea");
    });

    it("bears 60 transient errors in a row, a second apart", async () => {
        assert.equal(await poll(options(), looks(...repeat(60, unavailable()), done)), "tea");
        assert.deepEqual(clock.slept, repeat(60, 1_000));
        assert.deepEqual(lines, [
            "the kettle to boil: the API does not answer (service unavailable)",
        ]);
    });

    it("gives up at the 61st transient error in a row, with what it waited for", async () => {
        const promise = poll(options({ hint: "Look at the stove." }), looks(unavailable()));
        await assert.rejects(promise, (thrown: Error) => {
            assert.ok(thrown instanceof UserError);
            assert.equal(
                thrown.message,
                "Gave up waiting for the kettle to boil: the API did not answer 61 times in a row (service unavailable). Look at the stove.",
            );
            return true;
        });
        assert.deepEqual(clock.slept, repeat(60, 1_000));
    });

    it("starts to count errors anew after a look that had an answer", async () => {
        const errors = repeat(60, unavailable());
        const value = await poll(options(), looks(...errors, cold, ...errors, cold, done));
        assert.equal(value, "tea");
    });

    it("ends at the deadline in spite of transient errors, and says so", async () => {
        const error = Object.assign(new Error("https://a:6443 cannot be reached: ECONNREFUSED"), {
            code: "ECONNREFUSED",
        });
        await assert.rejects(poll(options({ timeout: 3 }), looks(error)), {
            message:
                "Waited 3s in vain for the kettle to boil; last seen: the API does not answer (https://a:6443 cannot be reached: ECONNREFUSED).",
        });
        assert.deepEqual(clock.slept, [1_000, 1_000, 1_000]);
    });

    for (const error of [
        new ApiError(401, "who are you?"),
        new ApiError(403, "pods is forbidden"),
        new ApiError(404, "pods not found"),
        new UserError("The kettle is gone."),
        new TypeError("a mistake of ours"),
    ]) {
        it(`passes on at once: ${error.message}`, async () => {
            await assert.rejects(poll(options(), looks(error, done)), thrown => thrown === error);
            assert.deepEqual(clock.slept, []);
        });
    }

    it("waits in real time where nobody brings a clock", async () => {
        const started = Date.now();
        assert.equal(await poll({ what: "it", timeout: 10 }, looks(cold, done)), "tea");
        const took = Date.now() - started;
        // A timer may be a millisecond early; how late it is depends on the machine.
        assert.ok(took >= 249, `${took} ms`);
    });

    it("never sleeps beyond the deadline nor looks after it, whatever the times", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.integer({ min: 0, max: 120 }),
                fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 20 }),
                async (timeout, durations) => {
                    const fake = new FakeClock();
                    const deadline = fake.time + timeout * 1_000;
                    let look = 0;
                    const promise = poll({ what: "it", timeout, clock: fake }, () => {
                        assert.ok(fake.time <= deadline);
                        fake.time += durations[look++ % durations.length];
                        return Promise.resolve(cold);
                    });
                    await assert.rejects(promise, UserError);
                    assert.ok(fake.slept.every(ms => ms > 0));
                    assert.ok(fake.time >= deadline && fake.time <= deadline + 4_000);
                },
            ),
        );
    });

    it("pauses longer after a look of several requests: they are what is counted", async () => {
        let look = 0;
        const requests = [1, 3, 0, 2];
        await poll(options(), async () => {
            for (let left = requests[look] ?? 0; left > 0; left--) {
                await beforeRequest();
            }
            return ++look > requests.length ? done : cold;
        });
        assert.deepEqual(clock.slept, [250, 750, 250, 500]);
    });

    it("of all waits together, no more requests are made than are allowed in a second", async () => {
        const times: number[] = [];
        await poll(options(), async () => {
            for (let left = 45; left > 0; left--) {
                await beforeRequest();
                times.push(clock.time - 1_000_000);
            }
            return done;
        });
        const inSecond = (second: number) => times.filter(time => time === second * 1_000).length;
        assert.deepEqual([inSecond(0), inSecond(1), inSecond(2)], [20, 20, 5]);
    });

    it("does not count what others ask meanwhile", async () => {
        const other = poll(options({ clock: new FakeClock() }), async () => {
            await Promise.all([beforeRequest(), beforeRequest(), beforeRequest()]);
            return done;
        });
        await poll(options(), async () => {
            await other;
            await beforeRequest();
            return clock.slept.length > 0 ? done : cold;
        });
        assert.deepEqual(clock.slept, [250]);
    });

    it("ends soon after the deadline, even if a look never ends", async () => {
        const never = () => new Promise<Look<string>>(() => undefined);
        const started = Date.now();
        await assert.rejects(poll({ what: "it", timeout: 0.05, grace: 50 }, never), {
            message:
                "Waited 0s in vain for it; last seen: nothing yet; since then nothing was answered.",
        });
        assert.ok(Date.now() - started >= 99);
    });

    it("takes what a look finds within its grace", async () => {
        const late = () =>
            new Promise<Look<string>>(resolve => setTimeout(() => resolve(done), 20));
        assert.equal(await poll({ what: "it", timeout: 0, grace: 5_000 }, late), "tea");
    });
});

describe("lasting", () => {
    it("is so once it has been so for its time without a break", () => {
        const clock = new FakeClock();
        const stands = lasting(15, clock);
        const at = (seconds: number, isSo: boolean) => {
            clock.time = seconds * 1_000;
            return stands(isSo);
        };
        assert.deepEqual(
            [at(0, true), at(14, true), at(15, true), at(16, false), at(17, true), at(31, true)],
            [false, false, true, false, false, false],
        );
        assert.equal(at(32, true), true);
    });

    it("is so at once where it needs no time", () => {
        assert.equal(lasting(0, new FakeClock())(true), true);
    });
});

describe("interval", () => {
    const table: [number, number][] = [
        [0, 250],
        [29_999, 250],
        [30_000, 1_000],
        [3_600_000, 1_000],
    ];
    for (const [elapsed, expected] of table) {
        it(`is ${expected} ms after ${elapsed} ms`, () => {
            assert.equal(interval(elapsed), expected);
        });
    }
});

describe("seconds", () => {
    const table: [number, string][] = [
        [0, "0s"],
        [0.4, "0s"],
        [0.5, "1s"],
        [59, "59s"],
        [59.6, "1m0s"],
        [60, "1m0s"],
        [250, "4m10s"],
        [3_599.9, "60m0s"],
        [5_400, "90m0s"],
    ];
    for (const [value, expected] of table) {
        it(`shows ${value} as ${expected}`, () => {
            assert.equal(seconds(value), expected);
        });
    }
});
