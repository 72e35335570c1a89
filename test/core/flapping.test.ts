import { describe, expect, test } from "vitest";
import { conclude, type Health, recoverAfterMs } from "../../lambda/core/health.ts";
import { policy } from "../sim/config.ts";
import { health, nineMs } from "./fixture.ts";

const at = (minutes: number): number => nineMs + minutes * 60_000;
const down = (...outages: number[]): Health => health("down", { outagesMs: outages.map(at) });

describe("what crashes again and again is believed less each time", () => {
  test.each<[string, Health, number, number]>([
    ["the first outage", down(0), 1, 60],
    ["the second within the hour", down(0, 10), 11, 120],
    ["the third", down(0, 10, 20), 21, 240],
    ["the fifth", down(0, 5, 10, 15, 20), 21, 960],
    ["never more than half an hour", down(0, 5, 10, 15, 20, 25), 26, 1_800],
    ["those of an hour ago are forgotten", down(0, 10, 65), 66, 120],
    ["an outage that lasts for hours is one", down(0), 300, 60],
  ])("%s: seen good for so many seconds", (_, before, minute, seconds) =>
    expect(recoverAfterMs(before, policy, at(minute))).toBe(seconds * 1000),
  );

  test("whoever set a longer time than that gets it", () => {
    const patient = { ...policy, recoverAfterMs: 3_600_000 };
    expect(recoverAfterMs(down(0, 10, 20), patient, at(21))).toBe(3_600_000);
  });

  test("an outage is counted when it begins, once, and goes with what is believed", () => {
    let now = health("up");
    const judge = (verdict: "up" | "down", minute: number) => {
      now = conclude(now, verdict, at(minute), { ...policy, recoverAfterMs: 0 }, "");
    };
    judge("down", 1);
    judge("down", 2);
    judge("up", 3);
    judge("down", 4);
    expect(now.outagesMs).toEqual([at(1), at(4)]);
    judge("up", 5);
    judge("up", 6);
    expect(now.outagesMs).toEqual([at(1), at(4)]);
  });

  test("the list stays short, whatever the hour was like", () => {
    let now = health("up");
    for (let minute = 0; minute < 50; minute += 2) {
      now = conclude(now, "down", at(minute), policy, "");
      now = conclude(now, "up", at(minute + 1), { ...policy, recoverAfterMs: 0 }, "");
      now = { ...now, state: "up" };
    }
    expect(now.outagesMs?.length).toBe(6);
    expect(recoverAfterMs(now, policy, at(50))).toBe(1_800_000);
  });
});
