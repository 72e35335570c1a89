import { describe, test } from "vitest";
import { every, strikeAt } from "../matrix/strike.ts";
import { troubleNames } from "../matrix/troubles.ts";

const shop = { shape: "a", way: "beacons" } as const;

/** Every how many effects of which sweep; `npm run matrix` takes every one. */
const strikes = [
  ["failover", { 1: 5, 2: 9 }],
  ["failback", { 3: 4 }],
  ["brief-outage", { 1: 4 }],
  ["order", { 2: 8 }],
  ["retake", { 2: 8 }],
] as const;

describe.each(troubleNames)("a sweep %s", (trouble) => {
  test.each(strikes)("at any of its effects breaks nothing: %s", async (move, steps) => {
    await strikeAt({ ...shop, move }, trouble, every(steps));
  });
});
