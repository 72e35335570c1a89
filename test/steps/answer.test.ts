import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { RunCheck } from "../../lambda/checks/registry.ts";
import type { Check, TcpCheck } from "../../lambda/core/config.ts";
import type { Finding, ProbeAnswer, Question } from "../../lambda/core/probe.ts";
import { handler } from "../../lambda/probe.ts";
import { type AnswerPorts, answer } from "../../lambda/steps/answer.ts";
import { httpCheck, listen, page, says } from "../checks/servers.ts";

type Sleeper = { readonly atMs: number; readonly wake: () => void };

/** Time that moves only when everybody sleeps, and then to the next who wakes. */
function virtualTime() {
  let nowMs = 1000;
  const sleepers = new Set<Sleeper>();
  const sleep: AnswerPorts["sleep"] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = () => {
        sleepers.delete(sleeper);
        resolve();
      };
      const sleeper: Sleeper = { atMs: nowMs + ms, wake };
      sleepers.add(sleeper);
      signal.addEventListener("abort", wake);
    });
  const settle = async () => {
    for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  };
  const until = async <T>(work: Promise<T>): Promise<T> => {
    let running = true;
    const finish = () => {
      running = false;
    };
    work.then(finish, finish);
    await settle();
    while (running) {
      const next = [...sleepers].sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) throw new Error("everybody waits and nobody sleeps");
      nowMs = next.atMs;
      next.wake();
      await settle();
    }
    return await work;
  };
  return { nowMs: () => nowMs, sleep, until, asleep: () => sleepers.size };
}

const good: Finding = { ok: true, latencyMs: 1 };
const bad = (reason: "connect-refused" | "first-byte-timeout" | "no-time"): Finding => ({
  ok: false,
  latencyMs: 1,
  reason,
  detail: "It was like this.",
});

/** What one try meets: it ends after this long, unless its time-out or the signal is earlier. */
type Fate = { readonly afterMs: number; readonly finds: Finding; readonly late?: boolean };
const ok = (afterMs: number): Fate => ({ afterMs, finds: good });
const refused = (afterMs: number): Fate => ({ afterMs, finds: bad("connect-refused") });
const hangs: Fate = { afterMs: Number.POSITIVE_INFINITY, finds: good };

/** A world in which the tries of every question meet these fates, in the order in which they start. */
function world(fates: readonly Fate[]) {
  const time = virtualTime();
  const seen = { open: 0, mostOpen: 0, started: 0, late: 0, proberClosed: 0, watchStopped: 0 };
  const meet = async (fate: Fate, timeoutMs: number, signal: AbortSignal): Promise<Finding> => {
    if (signal.aborted) return bad("no-time");
    await time.sleep(Math.min(fate.afterMs, timeoutMs), signal);
    if (fate.late) seen.late += 1;
    if (signal.aborted) return bad("no-time");
    return fate.afterMs < timeoutMs ? fate.finds : bad("first-byte-timeout");
  };
  const runCheck: RunCheck = async (_check, timeoutMs, signal) => {
    const fate = fates[seen.started % fates.length];
    if (fate === undefined) throw new Error("a bug of ours");
    seen.started += 1;
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    const finding = await meet(fate, timeoutMs, signal);
    seen.open -= 1;
    return finding;
  };
  const ports: AnswerPorts = {
    nowMs: time.nowMs,
    sleep: time.sleep,
    openProber: () => ({ runCheck, close: () => (seen.proberClosed += 1) }),
    watchLateness: () => ({ count: () => seen.late, stop: () => (seen.watchStopped += 1) }),
  };
  return { time, seen, ports };
}

const check: TcpCheck = { type: "tcp", host: "192.0.2.1", port: 80 };
const question = (triesAtMs: readonly number[], id = "shop", timeoutMs = 3000): Question => ({
  id,
  check,
  timeoutMs,
  triesAtMs,
});

const summary = ({ probes }: ProbeAnswer): string[] =>
  probes.map((probe) => `${probe.startedAfterMs} ${probe.ok ? "ok" : probe.reason}`);

describe("the tries of a question", () => {
  it.each<[string, readonly number[], number, readonly Fate[], string[]]>([
    ["one that succeeds is all there is", [0, 1000, 2000], 6000, [ok(20)], ["0 ok"]],
    [
      "all of them when all fail",
      [0, 1000, 2000],
      6000,
      [refused(1), refused(1), refused(1)],
      ["0 connect-refused", "1000 connect-refused", "2000 connect-refused"],
    ],
    [
      "none starts after a success",
      [0, 1000, 2000],
      6000,
      [refused(1), ok(5)],
      ["0 connect-refused", "1000 ok"],
    ],
    [
      "each starts in time though an earlier one is open",
      [0, 1000, 2000],
      6000,
      [hangs, hangs, hangs],
      ["0 first-byte-timeout", "1000 first-byte-timeout", "2000 first-byte-timeout"],
    ],
    [
      "a success calls off what is open",
      [0, 1000, 2000],
      6000,
      [hangs, refused(1), ok(5)],
      ["1000 connect-refused", "2000 ok"],
    ],
    ["an early one may still succeed", [0, 1000, 2000], 6000, [ok(1500), hangs], ["0 ok"]],
    [
      "the end cuts one that had no time: void",
      [0, 4000],
      5000,
      [hangs, hangs],
      ["0 first-byte-timeout", "4000 no-time"],
    ],
    ["the end cuts no one that failed by itself", [4000], 5000, [refused(1)], ["4000 connect-refused"]],
    ["a time-out that is over at the very end counts", [2000], 5000, [hangs], ["2000 first-byte-timeout"]],
    ["none starts after the end", [6000], 5000, [ok(1)], ["5020 no-time"]],
    ["no tries, no probes", [], 5000, [ok(1)], []],
  ])("%s", async (_name, triesAtMs, endMs, fates, expected) => {
    const { time, seen, ports } = world(fates);
    const request = { location: "home", questions: [question(triesAtMs)], endMs };
    const answered = await time.until(answer(request, ports));
    expect(summary(answered)).toEqual(expected);
    expect(answered.location).toBe("home");
    expect({ open: seen.open, asleep: time.asleep() }).toEqual({ open: 0, asleep: 0 });
    expect(seen).toMatchObject({ proberClosed: 1, watchStopped: 1 });
  });

  it("are one question's own: another's success does not end them", async () => {
    const { time, ports } = world([ok(1), refused(1), refused(1)]);
    const questions = [question([0], "a"), question([0, 1000], "b")];
    const { probes } = await time.until(answer({ location: "home", questions, endMs: 5000 }, ports));
    expect(probes.map(({ id, ok: succeeded }) => [id, succeeded])).toEqual([
      ["a", true],
      ["b", false],
      ["b", false],
    ]);
  });
});

describe("a question with an end of its own", () => {
  it("is cut there, and the others go on to the request's end", async () => {
    const { time, ports } = world([hangs, hangs]);
    const questions = [{ ...question([1000], "a"), endMs: 2000 }, question([1000], "b")];
    const { probes } = await time.until(answer({ location: "home", questions, endMs: 5000 }, ports));
    expect(probes.map((probe) => [probe.id, probe.ok || probe.reason])).toEqual([
      ["a", "no-time"],
      ["b", "first-byte-timeout"],
    ]);
  });

  it("that is later than the request's does not count", async () => {
    const { time, ports } = world([hangs]);
    const questions = [{ ...question([4000], "a"), endMs: 9000 }];
    const { probes } = await time.until(answer({ location: "home", questions, endMs: 5000 }, ports));
    expect(probes.map((probe) => probe.ok || probe.reason)).toEqual(["no-time"]);
  });
});

describe("a try while this process was late", () => {
  it.each<[Fate, string]>([
    [{ ...refused(5), late: true }, "0 prober-late"],
    [{ ...hangs, late: true }, "0 prober-late"],
    [{ ...ok(5), late: true }, "0 ok"],
    [refused(5), "0 connect-refused"],
  ])("%j: %s", async (fate, expected) => {
    const { time, ports } = world([fate]);
    const request = { location: "home", questions: [question([0])], endMs: 5000 };
    expect(summary(await time.until(answer(request, ports)))).toEqual([expected]);
  });

  it("voids what ran then, and nothing that ran before or after", async () => {
    const { time, ports } = world([refused(5), { ...refused(5), late: true }, refused(5)]);
    const request = { location: "home", questions: [question([0, 1000, 2000])], endMs: 5000 };
    expect(summary(await time.until(answer(request, ports)))).toEqual([
      "0 connect-refused",
      "1000 prober-late",
      "2000 connect-refused",
    ]);
  });
});

describe("many questions", () => {
  it("open 800 sockets at most; who waits for a place starts late and says so", async () => {
    const { time, seen, ports } = world([hangs]);
    const questions = Array.from({ length: 1000 }, (_, index) => question([0], `e${index}`));
    const answered = await time.until(answer({ location: "home", questions, endMs: 10_000 }, ports));
    expect(seen.mostOpen).toBe(800);
    expect(new Set(summary(answered).slice(0, 800))).toEqual(new Set(["0 first-byte-timeout"]));
    expect(new Set(summary(answered).slice(800))).toEqual(new Set(["3000 first-byte-timeout"]));
  });

  it("a combination takes a place for each of its checks, and gets them together", async () => {
    const { time, seen, ports } = world([hangs]);
    const three = (index: number): Check => ({ type: "all", checks: [check, check, check].slice(index % 2) });
    const questions = Array.from({ length: 800 }, (_, i) => ({ ...question([0], `e${i}`), check: three(i) }));
    const answered = await time.until(answer({ location: "home", questions, endMs: 20_000 }, ports));
    expect(seen.mostOpen).toBe(320);
    expect(new Set(summary(answered).map((said) => said.split(" ")[1]))).toEqual(
      new Set(["first-byte-timeout"]),
    );
  });

  it("who got no place before the end had no time", async () => {
    const { time, ports } = world([hangs]);
    const questions = Array.from({ length: 801 }, (_, index) => question([0], `e${index}`));
    const answered = await time.until(answer({ location: "home", questions, endMs: 3000 }, ports));
    expect(summary(answered).at(-1)).toMatch(/ no-time$/);
  });
});

describe("a bug of ours", () => {
  it("is thrown, not taken for a failure, and everything is closed", async () => {
    const { time, seen, ports } = world([]);
    const request = { location: "home", questions: [question([0])], endMs: 5000 };
    await expect(time.until(answer(request, ports))).rejects.toThrow("a bug of ours");
    expect(seen).toMatchObject({ proberClosed: 1, watchStopped: 1 });
    expect(time.asleep()).toBe(0);
  });
});

describe("the probe function", () => {
  const context = (leftMs: number) => ({ getRemainingTimeInMillis: () => leftMs });

  it("answers for real endpoints, good and bad, and leaves no connection open", async () => {
    const [healthy, silent] = await Promise.all([listen(says(page(200))), listen(() => {})]);
    const ask = (id: string, port: number, timeoutMs: number, triesAtMs: number[]): Question => ({
      id,
      check: httpCheck(port),
      timeoutMs,
      triesAtMs,
    });
    const questions = [ask("healthy", healthy.port, 5000, [0, 1]), ask("silent", silent.port, 50, [0, 10])];
    const { location, probes } = await handler(
      { location: "eu-west-1", questions, endMs: 8000 },
      context(20_000),
    );
    // Resolves only because the probes' connections are gone.
    await Promise.all([healthy.closed(), silent.closed()]);
    expect(location).toBe("eu-west-1");
    expect(probes.filter(({ id }) => id === "healthy").at(-1)?.ok).toBe(true);
    expect(probes.filter(({ id }) => id === "silent").map(({ ok: succeeded }) => succeeded)).toEqual([
      false,
      false,
    ]);
  });

  it("answers before Lambda would end it", async () => {
    const silent = await listen(() => {});
    const questions: Question[] = [
      { id: "silent", check: httpCheck(silent.port), timeoutMs: 60_000, triesAtMs: [0] },
    ];
    const { probes } = await handler({ location: "eu-west-1", questions, endMs: 60_000 }, context(600));
    await silent.closed();
    expect(probes).toMatchObject([{ ok: false, reason: "no-time" }]);
  });

  it("takes nonsense for a bad check", async () => {
    const questions: Question[] = [
      { id: "odd", check: { ...check, type: "odd" as "tcp" }, timeoutMs: 3000, triesAtMs: [0] },
    ];
    const { probes } = await handler({ location: "eu-west-1", questions, endMs: 5000 }, context(20_000));
    expect(probes).toMatchObject([{ id: "odd", ok: false, reason: "bad-check" }]);
  });
});
