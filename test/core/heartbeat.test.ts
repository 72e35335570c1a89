import { describe, expect, it } from "vitest";
import { neverSeen } from "../../lambda/core/health.ts";
import { type Beats, hear, readPath, type Unheard, unheardSince } from "../../lambda/core/heartbeat.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Hours into the story. */
const at = (hours: number): number => 1_000_000_000_000 + hours * hourMs;

const nightly = { id: "nightly", intervalMs: 24 * hourMs, graceMs: hourMs };
const first = neverSeen(at(0));

type Row = readonly [name: string, beats: Beats, nowH: number, state: string, sinceH: number];

describe("a job that is due every day, an hour later at the latest", () => {
  it.each<Row>([
    ["has never called", {}, 100, "unknown", 0],
    ["has begun for the first time", { startedMs: at(1) }, 2, "unknown", 0],
    ["and has not ended in an hour", { startedMs: at(1) }, 2.1, "down", 2],
    ["has succeeded", { succeededMs: at(1) }, 2, "up", 1],
    ["is in its grace", { succeededMs: at(1) }, 26, "up", 1],
    ["is late", { succeededMs: at(1) }, 26.1, "down", 26],
    ["is late, and has begun meanwhile", { succeededMs: at(1), startedMs: at(25.9) }, 26.1, "down", 26],
    ["takes more than its grace", { succeededMs: at(1), startedMs: at(3) }, 4.1, "down", 4],
    ["runs", { succeededMs: at(1), startedMs: at(25) }, 25.5, "up", 1],
    ["ran in time", { startedMs: at(1), succeededMs: at(1.5) }, 10, "up", 1.5],
    ["has failed", { succeededMs: at(1), failedMs: at(2) }, 2, "down", 2],
    ["has failed and begun again", { failedMs: at(2), startedMs: at(3) }, 3, "down", 2],
    ["has failed, and then succeeded", { failedMs: at(2), succeededMs: at(3) }, 4, "up", 3],
  ])("%s", (_name, beats, nowH, state, sinceH) => {
    const health = hear(nightly, beats, undefined, first, at(nowH));
    expect([health.state, (health.sinceMs - at(0)) / hourMs]).toEqual([state, sinceH]);
    expect(health.trouble).toBeUndefined();
  });

  it("is in its state since it came to it, and what was remembered of it stays", () => {
    const before = { ...hear(nightly, { succeededMs: at(1) }, undefined, first, at(1)), outagesMs: [at(-3)] };
    const after = hear(nightly, { succeededMs: at(24) }, undefined, before, at(25));
    expect(after).toEqual({ ...before, sinceMs: at(1) });
  });
});

describe("a signal that was due while home was not there", () => {
  const up = hear(nightly, { succeededMs: at(1) }, undefined, first, at(1));

  it.each<[string, Unheard, number, string, string | undefined]>([
    ["may have been given: nothing is known", [at(24.5), at(27)], 27, "up", "blind"],
    ["also if home was away at the very end", [at(25.9), at(26.5)], 26.5, "up", "blind"],
    ["until the next one is late", [at(24.5), at(27)], 52.1, "down", undefined],
    ["and not where home was back long before", [at(2), at(23)], 26.1, "down", undefined],
    ["and not where home went later", [at(26.1), at(30)], 30, "down", undefined],
    ["and nothing is wrong before it is late", [at(24), at(25)], 26, "up", undefined],
  ])("%s", (_name, unheard, nowH, state, trouble) => {
    const health = hear(nightly, { succeededMs: at(1) }, unheard, up, at(nowH));
    expect([health.state, health.trouble]).toEqual([state, trouble]);
    expect(health.why).not.toBe("");
  });

  it.each<[number, Unheard | undefined]>([
    [minuteMs, [1, 2]],
    [3 * minuteMs, [1, 2]],
    [3 * minuteMs + 1, [at(1), at(1) + 3 * minuteMs + 1]],
  ])("home was away when it did not look for more than three minutes: %d ms", (gapMs, expected) => {
    expect(unheardSince([1, 2], at(1), at(1) + gapMs)).toEqual(expected);
  });
});

const token = "abcdefghijklmnopqrstu_";

it.each([
  [`/nightly/${token}`, "succeeded"],
  [`/nightly/${token}/`, "succeeded"],
  [`/nightly/${token}/start`, "started"],
  [`/nightly/${token}/fail`, "failed"],
])("%s says %s", (path, signal) => expect(readPath(path)).toEqual({ id: "nightly", token, signal }));

it.each([
  "/",
  "/nightly",
  `/nightly/${token}x`,
  `/nightly/${token}/stop`,
  `/Nightly/${token}`,
  `/a/b/${token}`,
])("%s says nothing", (path) => expect(readPath(path)).toBeUndefined());
