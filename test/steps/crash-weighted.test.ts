import { describe, expect, test } from "vitest";
import { type Place, play, sayFlaws } from "../matrix/course.ts";
import { every, strikeAt } from "../matrix/strike.ts";
import type { TroubleName } from "../matrix/troubles.ts";

const shop = { shape: "weighted", way: "api" } as const;

/** Effects that have to do with the record; what has to do with probes is the same for every shape (crash.test.ts). */
const ofRecord = ["answers", "change", "read zone", "put service", "status", "name servers"];

/** The rest of it is the matrix: `npm run matrix -- --only weighted`. */
const strikes = [
  ["taken-out", "killed-before", { 1: 1 }],
  ["taken-out", "fails-after", { 1: 1 }],
  ["step-back", "killed-after", { 3: 1 }],
  ["step-back", "late-30s", { 3: 2 }],
  ["reweigh", "fails-before", { 3: 1 }],
  ["conversion", "killed-after", { 3: 2, 7: 1 }],
] as const satisfies readonly (readonly [string, TroubleName, Record<number, number>])[];

describe("a name whose load is spread", () => {
  test("loses a target, gets it back in two steps, and is told each time", async () => {
    const { open, flaws } = await play({ ...shop, move: "taken-out" }, undefined, { isLoud: true });
    expect(flaws, sayFlaws(flaws)).toEqual([]);
    const kinds = [...open.sim.memory.history.values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "taken-out" || kind === "reweighted")).toEqual([
      "taken-out",
      "reweighted",
      "reweighted",
    ]);
    expect(kinds.filter((kind) => kind === "answered")).toHaveLength(3);
  });

  test.each(strikes)(
    "%s: whatever effect on the record a sweep is %s at, nothing is broken",
    async (move, trouble, steps) => {
      const isSome = every(steps);
      const isMeant = (place: Place) => ofRecord.includes(place.name) && isSome(place);
      await strikeAt({ ...shop, move }, trouble, isMeant);
    },
  );
});
