import { describe, expect, test } from "vitest";
import { type Place, play, sayFlaws } from "../matrix/course.ts";
import { isShared, settings } from "../matrix/shapes.ts";
import { strikeAt } from "../matrix/strike.ts";
import type { TroubleName } from "../matrix/troubles.ts";

/** Those of time are the same for every shape (crash.test.ts). */
const troubles: readonly TroubleName[] = ["killed-before", "killed-after", "fails-before", "fails-after"];

/** Effects that have to do with the record; what has to do with probes is the same for every shape (crash.test.ts). */
const isOfRecord = ({ name }: Place): boolean =>
  ["answers", "change", "read zone", "put service", "status", "name servers"].includes(name);

/** Names whose load is spread have moves of their own (crash-weighted.test.ts). */
const shapes = settings.filter((one) => one.shape !== "a" && one.way === "api" && !isShared(one));

describe.each(shapes)("$shape", (setting) => {
  test("moves away and back, and each move is proven", async () => {
    const { open, flaws } = await play({ ...setting, move: "failback" }, undefined, { isLoud: true });
    expect(flaws, sayFlaws(flaws)).toEqual([]);
    const kinds = [...open.sim.memory.history.values()].map(({ kind }) => kind);
    const proof = setting.shape === "private-zone" ? "in-sync" : "answered";
    expect(kinds.filter((kind) => kind === proof)).toHaveLength(2);
  });

  test.each(troubles)(
    "whatever effect on the record a sweep is struck at, nothing is broken: %s",
    async (trouble) => {
      // Moves away and back are the same batch; `npm run matrix` plays each of both.
      const move = trouble.endsWith("before") ? "failover" : "failback";
      await strikeAt({ ...setting, move }, trouble, isOfRecord);
    },
  );
});
