import { describe, expect, test } from "vitest";
import { partsOf } from "../../lambda/core/records.ts";
import { sharedRecord, sharedShop } from "../sim/weighted.ts";
import { ballots } from "./fixture.ts";
import { at, ids } from "./situation.ts";
import { by, decided, frozen, type Given, outcome, two } from "./weights-fixture.ts";
import { pointing } from "./zone-fixture.ts";

const full = "100 100 50";
const says = (...votes: string[]) => ballots(ids, ...votes);
const simple = (value: string) => ({ written: pointing(value) });
const steppedMs = (seconds: number) => ({ steppedMs: { frankfurt: at(seconds), ireland: at(seconds) } });
const edited = sharedShop.targets.map((one) =>
  one.id === "oslo" ? { ...one, values: ["203.0.113.31"] } : one,
);

/** The first target is the same server under another id. */
const renamed = sharedShop.targets.map((one) => (one.id === "frankfurt" ? { ...one, id: "fra" } : one));
const allRenamed = sharedShop.targets.map((one) => ({ ...one, id: `${one.id}-1` }));
const swapped = sharedShop.targets.map((one) => {
  const ids: Readonly<Record<string, string>> = { frankfurt: "ireland", ireland: "frankfurt" };
  return { ...one, id: ids[one.id] ?? one.id };
});

describe("what becomes of the weights", () => {
  test.each<[string, Given, string]>([
    ["all are well", [full, "uuu", "uuu"], "healthy"],
    ["one is down", [full, "duu", "duu"], "taken-out 0 100 50"],
    ["two are down", [full, "ddu", "ddu"], "taken-out 0 0 50"],
    ["all are down", [full, "ddd", "ddd"], "all-down"],
    ["one is down, what is left is worked on", [full, "dww", "duu"], "all-down"],
    ["one is down, nothing else is proven", [full, "duu", "d--"], "not-proven"],
    [
      "one is down only for those who saw nothing else up",
      [full, "duu", says("d--", "d--", "duu", "-uu", "-uu")],
      "not-proven",
    ],
    [
      "one is down for two thirds, not more",
      [full, "duu", says("duu", "duu", "uuu", "-uu", "-uu")],
      "not-proven",
    ],
    ["one is coming back and still carries", [full, "cuu", "uuu"], "coming-back"],
    [
      "the same, and two judge the step of another one",
      ["100 100 3", "cub", says("uuu", "uuu"), steppedMs(-60), {}, two],
      "coming-back",
    ],
    ["one that carried alone is down", ["100 0 0", "duu", "duu"], "taken-out 0 100 50"],
    ["one is down, the other is at its first step", ["100 5 0", "dud", "dud"], "taken-out 0 100 0"],
    ["one is down, the other is coming back only now", ["100 0 0", "dcd", "dud"], "taken-out 0 100 0"],
    [
      "one is down, the other is at its first step, a third with all its weight is not proven",
      ["100 5 50", "dur", "du-", steppedMs(-1)],
      "taken-out 0 100 50",
    ],
    ["one is worked on and down, nobody else is up", ["0 100 0", "dxd", "ddd"], "all-down"],
    ["the same, and it comes back", ["0 100 0", "dcd", "dud"], "coming-back"],
    ["one is worked on and down, another carries", ["0 100 50", "dxu", "d-u"], "moved 0 0 50"],
    ["one is down, too few judge", [full, "duu", says("duu", "duu"), {}, {}, two], "too-few-locations"],
    ["one is worked on", [full, "wuu", "uuu"], "moved 0 100 50"],
    ["one is worked on, two judge", [full, "wuu", says("uuu", "uuu"), {}, {}, two], "moved 0 100 50"],
    ["one is worked on, another is down", [full, "wdu", "udu"], "taken-out 0 0 50"],
    ["all are worked on", [full, "www", "uuu"], "healthy"],
    ["one is up again", ["0 100 50", "buu", "uuu"], "reweighted 5 100 50"],
    ["one is up again, and not proven", ["0 100 50", "buu", "-uu"], "healthy"],
    ["one is up again, and refuses us", ["0 100 50", "ruu", "uuu"], "healthy"],
    ["one is up again, a trouble is over only now", ["0 100 50", "nuu", "uuu"], "healthy"],
    [
      "one is up again for the third time",
      ["0 100 50", "buu", "uuu", { movesFromUpMs: [at(-99), at(-9)] }],
      "limit",
    ],
    ["one is up again, two judge", ["0 100 50", "buu", says("uuu", "uuu"), {}, {}, two], "healthy"],
    ["the first step was held", ["5 100 50", "buu", "uuu", steppedMs(-30)], "reweighted 25 100 50"],
    ["the first step is still held", ["5 100 50", "buu", "uuu", steppedMs(-29)], "healthy"],
    ["the first step was held, in trouble", ["5 100 50", "tuu", "uuu", steppedMs(-60)], "healthy"],
    ["the first step was held, but nobody looked", ["5 100 50", "guu", "uuu", steppedMs(-60)], "healthy"],
    ["the last step", ["25 100 50", "buu", "uuu"], "reweighted 100 100 50"],
    [
      "nobody carries all, each is at a step",
      ["25 5 0", "bbd", "uud", steppedMs(-1)],
      "reweighted 100 100 0",
    ],
    ["all weights are 0, one is up", ["0 0 0", "udd", "udd"], "taken-out 100 0 0"],
    ["all weights are 0, nobody is proven", ["0 0 0", "uuu", "---"], "healthy"],
    ["a weight is more than the config's", ["200 100 50", "uuu", "uuu"], "reweighted 100 100 50"],
    ["there is no record", ["none", "uuu", "udu"], "created 100 0 50"],
    ["there is no record, nobody is up", ["none", "uuu", "ddd"], "not-proven"],
    ["a simple record of a target's", ["none", "uuu", "uuu", simple("192.0.2.10")], "reweighted 100 5 3"],
    ["the same, and that is down", ["none", "duu", "duu", simple("192.0.2.10")], "taken-out 0 100 50"],
    ["a record that was ours", ["none", "uuu", "uuu", simple("203.0.113.99")], "reweighted 100 100 50"],
    ["the same, nobody is proven up", ["none", "uuu", "---", simple("203.0.113.99")], "orphan"],
    ["the same, all are down", ["none", "ddd", "ddd", simple("203.0.113.99")], "orphan"],
    ["the same, one is up", ["none", "udd", "udd", simple("203.0.113.99")], "reweighted 100 0 0"],
    ["the same, frozen", ["none", "uuu", "uuu", { ...simple("203.0.113.99"), ...frozen }], "orphan"],
    ["a target has another id", [full, "uuu", "uuu", {}, { targets: renamed }], "reweighted 100 100 50"],
    [
      "a target that is out has another id",
      ["0 100 50", "duu", "duu", {}, { targets: renamed }],
      "reweighted 0 100 50",
    ],
    ["all have other ids", ["5 100 50", "uuu", "-u-", {}, { targets: allRenamed }], "reweighted 5 100 50"],
    ["two have each other's id", ["0 100 50", "uuu", "-u-", {}, { targets: swapped }], "reweighted 0 100 50"],
    ["a target has another value", [full, "uuu", "uuu", {}, { targets: edited }], "reweighted 100 100 3"],
    ["frozen", [full, "uuu", "uuu", frozen], "healthy"],
    ["frozen, and one is down", [full, "duu", "duu", frozen], "held"],
    ["frozen, and one is coming back", [full, "cuu", "uuu", frozen], "coming-back"],
    [
      "taken over as it stands",
      [
        "none",
        "uuu",
        "uuu",
        { ...simple("203.0.113.99"), placed: { ...by, target: "orphan", pinned: false, toldMs: 0 } },
      ],
      "orphan",
    ],
    [
      "put somewhere when it was no weighted name",
      [
        "none",
        "uuu",
        "uuu",
        { ...simple("192.0.2.10"), placed: { ...by, target: "frankfurt", pinned: false, toldMs: 0 } },
      ],
      "reweighted 100 5 3",
    ],
    ["disarmed", [full, "duu", "duu", { disarmed: { why: "somebody", sinceMs: 0 } }], "disarmed"],
  ])("%s", (_, given, expected) => expect(outcome(given)).toBe(expected));

  test("a target that is down: why, since when, what it was", () => {
    expect(decided([full, "ddu", "ddu"])).toMatchObject({
      from: "frankfurt 100, ireland 100, oslo 50",
      why: "frankfurt: as the test says; ireland: as the test says",
      fromUp: false,
      failedMs: at(-5),
    });
  });

  test("a target that comes back counts for the limit, a further step does not", () => {
    const begun = decided(["0 100 50", "buu", "uuu"]);
    expect(begun).toMatchObject({ why: "frankfurt carries 5 % of its weight", fromUp: true });
    expect(begun).not.toHaveProperty("failedMs");
    expect(decided(["5 100 50", "buu", "uuu"])).toMatchObject({ fromUp: false });
    // It counts as well where another one is taken out by the same change, unless it is needed for that.
    expect(decided(["0 100 50", "bud", "uud"])).toMatchObject({ kind: "taken-out", fromUp: true });
    expect(decided(["0 100 0", "bdd", "udd"])).toMatchObject({ kind: "taken-out", fromUp: false });
  });

  test("a target that is worked on: by whom", () => {
    const drained = decided([full, "wuu", "uuu"]);
    expect(drained).toMatchObject({ by: { who: "anna" }, why: "frankfurt is being worked on" });
    expect(decided([full, "wdu", "udu"])).not.toHaveProperty("by");
  });

  test("sets that a hand left unlike at two places become alike by proof, or where something has to be taken out", () => {
    const beside = [{ name: "www.example.com", type: "A" as const }];
    const service = { dns: { ...sharedShop.dns, beside } };
    const record = sharedRecord([100, 100, 50], { ...sharedShop, ...service });
    const [first, ...others] = partsOf(record);
    const drained = others.map((part) =>
      part.name === "www.example.com" && part.weighted?.setIdentifier === "ireland"
        ? { ...part, weighted: { setIdentifier: "ireland", weight: 0 } }
        : part,
    );
    const written = { ...(first ?? record), beside: drained };
    const of = (healths: string, says: string) => outcome([full, healths, says, { written }, service]);
    expect(of("uuu", "u-u")).toBe("healthy");
    expect(of("uuu", "uuu")).toBe("reweighted 100 100 50");
    expect(of("duu", "d-u")).toBe("taken-out 0 100 50");
  });

  test("a record set that the config does not have is left out of what is wanted", () => {
    const record = sharedRecord([100, 100, 50]);
    const paris = { ...pointing("203.0.113.40"), weighted: { setIdentifier: "paris", weight: 10 } };
    const written = { ...record, beside: [...(record.beside ?? []), paris] };
    expect(decided([full, "uuu", "uuu", { written }])).toMatchObject({
      from: "orphan",
      why: "the record sets become those of the config",
      fromUp: false,
    });
  });
});
