import { expect, test } from "vitest";
import { alert, headline } from "../../lambda/core/alert.ts";
import { accepted, intend, noteLook } from "../../lambda/core/move.ts";
import { note } from "../../lambda/core/report.ts";
import { firstSight, look } from "../../lambda/core/service-state.ts";
import { sharedRecord, sharedShop } from "../sim/weighted.ts";
import { at } from "./situation.ts";
import { decided, type Given, shared } from "./weights-fixture.ts";
import { owner, pointing, standing } from "./zone-fixture.ts";

const full = "100 100 50";

/** What people are told of a weighted name after this decision. */
function toldOf(given: Given): { headline: string; text: string } {
  const decision = decided(given);
  const [weights, , , over] = given;
  const state = shared(weights, over);
  const after =
    decision.do === "stay"
      ? note(sharedShop, state, decision, at(0))
      : intend(sharedShop, state, decision, at(0));
  const moved = after.intent ? accepted(sharedShop, after, after.intent, "C1", at(1)) : after;
  const event = moved.outbox.findLast((each) => each.alert);
  if (event === undefined) throw new Error("nobody is told");
  return { headline: headline(event), text: alert(event).text };
}

test.each<[string, Given, string, RegExp]>([
  [
    "one of several is down and cannot be taken out",
    [full, "duu", "d--"],
    "shop.example.com still leads to a target that is down",
    /as soon as another target is proven up/,
  ],
  [
    "all are down",
    [full, "ddd", "ddd"],
    "shop.example.com is down and stays where it is",
    /every target is down/,
  ],
  [
    "one is worked on and down, the others are down",
    ["0 100 0", "dxd", "ddd"],
    "shop.example.com is down and stays where it is",
    /every target is down, or being worked on/,
  ],
  [
    "one is worked on: nothing is to be failed back",
    [full, "wuu", "uuu"],
    "shop.example.com leads no more to a target that anna works on: now frankfurt 0, ireland 100, oslo 50",
    /^(?!.*failback).*brought back in steps/s,
  ],
  [
    "something is answered that the config does not have",
    ["none", "uuu", "---", { written: pointing("203.0.113.99") }],
    "shop.example.com leads to something that is not in the config",
    /^(?!.*failback).*as soon as a target is proven up/s,
  ],
])("is told in words that are true of several targets: %s", (_, given, says, text) => {
  const told = toldOf(given);
  expect(told.headline).toBe(says);
  expect(told.text).toMatch(text);
});

test("somebody else's weights, before we ever changed any, are told and held as long as a step of ours", () => {
  const first = firstSight(sharedShop, standing(sharedRecord([100, 5, 50])), owner, at(0));
  expect(first.steppedMs).toEqual({ frankfurt: at(0), ireland: at(0), oslo: at(0) });
  const found = look(sharedShop, first, standing(sharedRecord([100, 25, 50])), owner, at(60), () => true);
  expect(found.steppedMs).toEqual({ frankfurt: at(0), ireland: at(60), oslo: at(0) });
  const [told] = noteLook(sharedShop, first, found, at(60)).outbox;
  expect(told && headline(told)).toBe(
    "shop.example.com was given other weights by somebody else: now frankfurt 100, ireland 25, oslo 50",
  );
  expect(firstSight(sharedShop, standing(pointing("192.0.2.10")), owner, at(0))).not.toHaveProperty(
    "steppedMs",
  );
});
