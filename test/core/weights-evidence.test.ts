import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { accepted, intend } from "../../lambda/core/move.ts";
import { partsOf, type RecordSet, recordFor } from "../../lambda/core/records.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { fullSpread, nextWeight, stepsOf } from "../../lambda/core/shares.ts";
import { stepped } from "../../lambda/core/stepped.ts";
import { wantsWeights } from "../../lambda/core/weights.ts";
import { sharedRecord, sharedShop } from "../sim/weighted.ts";
import { at } from "./situation.ts";
import { decided, frozen, healths, shared } from "./weights-fixture.ts";
import { pointing } from "./zone-fixture.ts";

const full = "100 100 50";
const waiting = (...movesFromUpMs: number[]): Partial<ServiceState> => ({
  movesFromUpMs,
  condition: { code: "limit", sinceMs: 0, toldMs: 0 },
});

describe("asks for evidence", () => {
  test.each<[string, boolean, string, string, Partial<ServiceState>?, Partial<Service>?]>([
    ["while all are well", false, full, "uuu"],
    ["while one that carries is down", true, full, "duu"],
    ["while one that carries is worked on", true, full, "wuu"],
    ["while one is down that carries nothing", false, "0 100 50", "duu"],
    ["while all are down", false, full, "ddd"],
    ["when one is up again", true, "0 100 50", "uuu"],
    ["while its step is held", false, "5 100 50", "uuu", { steppedMs: { frankfurt: at(-1) } }],
    ["when its step is over", true, "5 100 50", "uuu"],
    [
      "while it waits for the hour to be over, and that was told",
      false,
      "0 100 50",
      "uuu",
      waiting(at(-9), at(-8)),
    ],
    ["when the hour is over", true, "0 100 50", "uuu", waiting(at(-3_601), at(-9))],
    ["while the record sets are not the config's", true, "none", "uuu", { written: pointing("192.0.2.10") }],
    ["while there is no record", true, "none", "ddd"],
    ["of a name that is disarmed", false, full, "duu", { disarmed: { why: "", sinceMs: 0 } }],
    ["of one that is frozen and down, until people were told", true, full, "duu", frozen],
    ["of one that is frozen and well", false, "0 100 50", "uuu", frozen],
    [
      "in shadow mode, once people were told",
      false,
      "0 100 50",
      "uuu",
      { condition: { code: "would-move/back/x", sinceMs: 0, toldMs: 0 } },
      { mode: "shadow" },
    ],
  ])("%s: %s", (_, expected, weights, letters, over, service) => {
    const state = shared(weights, over);
    expect(wantsWeights({ ...sharedShop, ...service }, state, healths(letters), at(0))).toBe(expected);
  });

  test("while a change is saved; once it is accepted, it is known whose weight it changed", () => {
    const decision = decided([full, "duu", "duu"]);
    if (decision.do === "stay") throw new Error("it moves");
    const state = intend(sharedShop, shared(full), decision, at(0));
    if (state.intent === undefined) throw new Error("it is saved");
    expect(wantsWeights(sharedShop, state, healths("uuu"), at(0))).toBe(true);
    const after = accepted(sharedShop, state, state.intent, "C1", at(1));
    expect(after.written).toEqual(sharedRecord([0, 100, 50]));
    expect(after.steppedMs).toEqual({ frankfurt: at(1), ireland: 0, oslo: 0 });
  });
});

test("while all is well each has its weight", () => {
  expect(fullSpread(sharedShop).id).toBe("frankfurt 100, ireland 100, oslo 50");
});

test("a target's steps are rounded, and never nothing", () => {
  const [first] = sharedShop.targets;
  if (first === undefined) throw new Error("the shop has targets");
  const weighted = { stepsPercent: [1, 5, 100], stepForMs: 1 };
  const of = (weight: number) => stepsOf({ ...sharedShop, weighted }, { ...first, weight });
  expect(of(100)).toEqual([1, 5, 100]);
  expect(of(50)).toEqual([1, 3, 50]);
  expect(of(10)).toEqual([1, 1, 10]);
  const { weighted: _, ...plain } = sharedShop;
  expect(stepsOf(plain, first)).toEqual([]);
  const scene = {
    service: plain,
    state: shared("5 100 50"),
    evidence: { healths: healths("uuu"), atMs: at(0) },
  };
  expect(nextWeight(scene, first, 5, false)).toBeUndefined();
});

test("only who has another weight was stepped", () => {
  const [from, to] = [sharedRecord([5, 100, 50]), sharedRecord([25, 100, 50])];
  expect(stepped(from, to, { ireland: 7, gone: 8 }, 9)).toEqual({ frankfurt: 9, ireland: 7, oslo: 0 });
  expect(stepped(pointing("192.0.2.10"), to, {}, 9)["frankfurt"]).toBe(9);
  expect(stepped(null, to, {}, 9)).toEqual({ frankfurt: 9, ireland: 9, oslo: 9 });
});

test("a weighted record without targets is no record", () => {
  const nobody = { ...sharedShop, targets: [] };
  expect(() => recordFor(nobody, { id: "", weights: new Map() })).toThrow("no targets");
});

test("one record set for each target at each place, sorted by identifier", () => {
  const beside = [{ name: "www.example.com", type: "A" as const }];
  const targets = sharedShop.targets.toReversed();
  const service = { ...sharedShop, targets, dns: { ...sharedShop.dns, beside } };
  const said = partsOf(recordFor(service, { id: "", weights: new Map([["oslo", 7]]) })).map(
    ({ name, weighted }: RecordSet) => `${name} ${weighted?.setIdentifier} ${weighted?.weight}`,
  );
  expect(said).toEqual([
    "shop.example.com frankfurt 0",
    "shop.example.com ireland 0",
    "shop.example.com oslo 7",
    "www.example.com frankfurt 0",
    "www.example.com ireland 0",
    "www.example.com oslo 7",
  ]);
});
