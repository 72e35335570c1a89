import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startMs } from "../simulation.ts";
import { editedPlanOf } from "./edited-plan.ts";
import { type Plan, planOf } from "./plan.ts";
import { runPlan, runSeed } from "./run.ts";
import { sabotages } from "./sabotage.ts";

const replay = (seed: number, violations: readonly string[]) =>
  `npm run simulate -- --replay ${seed}\n${violations.join("\n")}`;

type PlanOf = (seed: number) => Plan;

/** The same trouble, and half of the calls of one kind fail all the time. */
const failing =
  (effects: string): PlanOf =>
  (seed) => {
    const plan = planOf(seed);
    const { calmMs: toMs } = plan;
    return {
      ...plan,
      impairments: [{ fromMs: startMs, toMs, effects, fails: 0.5, how: "fail before", takesMs: 10 }],
    };
  };

const plansOf = {
  "random trouble": planOf,
  "edited meanwhile": editedPlanOf,
  "alerts fail": failing("publish"),
  "filing fails": failing("file"),
} as const;

/** What the oracle says of the product without one of its rules, and a run that shows it. */
const bites: readonly (readonly [without: string, when: keyof typeof plansOf, seed: number, says: RegExp])[] =
  [
    [
      "UPSERT instead of compare-and-set",
      "random trouble",
      99,
      /by a batch sent before the last change \(4\)/,
    ],
    [
      "UPSERT of the record, fenced by its generation",
      "edited meanwhile",
      1,
      /which was somebody else's \(5\)/,
    ],
    ["no generation TXT", "random trouble", 99, /by a batch sent before the last change \(4\)/],
    [
      "no fencing",
      "random trouble",
      1,
      /wrote service.* over epoch|wrote the lease for epoch .* over|took the lease/,
    ],
    ["no standby gate", "random trouble", 7, /moved .*, which was not up \(1\)/],
    ["no sight rules", "random trouble", 6, /moved .* away from .*, which was not down \(2\)/],
    ["a batch in two halves", "random trouble", 1, /left .* empty \(3\)/],
    ["no intent", "random trouble", 1, /sends .* without a saved intent \(6\)/],
    ["an alert is tried once", "alerts fail", 1, /the alert .* was never told \(6\)/],
    ["an event is filed once", "filing fails", 1, /is not in the history \(6\)/],
    [
      "outages begin, and end, ten minutes before they do",
      "random trouble",
      1,
      /which did not fail when it says it began to/,
    ],
    ["outages begin, and end, ten minutes before they do", "random trouble", 7, /which was down meanwhile/],
    [
      "nothing is said to be up again",
      "random trouble",
      1,
      /is the last that was said of .*, which has been up/,
    ],
    [
      "failbackAfter begins ten minutes before it does",
      "random trouble",
      9,
      /moved .* back to .*, which was down within failbackAfter/,
    ],
    ["what was told of standbys is not kept", "random trouble", 1, /standby-not-ready.* was told by a move/],
    ["alert before save", "random trouble", 1, /told .* before it was saved \(6\)/],
  ];

const played = new Map(
  bites.map(([, when, seed]) => [`${when}, seed ${seed}`, plansOf[when](seed)] as const),
);

describe("random trouble", () => {
  test.each([...played])("breaks no invariant: %s", async (when, plan) => {
    const { violations } = await runPlan(plan);
    expect(violations, when.startsWith("random") ? replay(plan.seed, violations) : when).toEqual([]);
  });

  test("is the same for the same seed, byte for byte", async () => {
    const digest = async (seed: number) => {
      const hash = createHash("sha256");
      let lines = 0;
      await runSeed(seed, (line) => {
        hash.update(JSON.stringify(line));
        lines += 1;
      });
      return { lines, digest: hash.digest("hex") };
    };
    const [once, again] = [await digest(9), await digest(9)];
    expect(once.lines).toBeGreaterThan(500);
    expect(again).toEqual(once);
  });
});

describe("the oracle bites: with the same seed the product without one of its rules is caught", () => {
  test("without each of those that can be taken away", () =>
    expect([...new Set(bites.map(([without]) => without))].sort()).toEqual(Object.keys(sabotages).sort()));

  test.each(bites)("%s", async (without, when, seed, says) => {
    const { violations } = await runPlan(plansOf[when](seed), undefined, sabotages[without]);
    expect(violations.filter((violation) => says.test(violation))).not.toEqual([]);
  });
});
