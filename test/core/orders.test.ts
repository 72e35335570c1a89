import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import type { Order } from "../../lambda/core/hands.ts";
import { type Answer, closing, obey } from "../../lambda/core/orders.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { shopConfig } from "../sim/config.ts";
import { ballots } from "./fixture.ts";
import { anna, ordered, pinned, to, work } from "./order-fixture.ts";
import {
  allSay,
  are,
  at,
  atFrankfurt,
  atIreland,
  atNothing,
  atOrphan,
  ids,
  type Situation,
  up,
} from "./situation.ts";
import { shop3 } from "./zone-fixture.ts";

const well = are(up(), up(), up());
const frozen: ServiceState = { ...atFrankfurt, frozen: { ...anna, is: "frozen", toldMs: at(-2) } };
const disarmed: ServiceState = { ...atFrankfurt, disarmed: { why: "it is foreign", sinceMs: at(-60) } };
const shadow: Service = { ...shop3, mode: "shadow" };

describe("an order ends without a move", () => {
  test.each<[string, ServiceState, Order, string | undefined, Partial<Situation>?]>([
    ["never, when it can be carried out", atFrankfurt, ordered(), undefined],
    [
      "when its time is over",
      atFrankfurt,
      ordered({ expiresMs: at(0) }),
      "expired: it was not carried out in time: anna gave it at 2026-11-21 08:59:57 UTC, and it was good for 3.0 s",
    ],
    [
      "when it was given by a clock that is ahead: nobody knows how old it is",
      atFrankfurt,
      ordered({ atMs: at(61), expiresMs: at(181) }),
      "refused: the clock of whoever ordered it is 61 s ahead of ours: set it, and order again",
    ],
    [
      "never, when that clock is no more than a minute ahead",
      atFrankfurt,
      ordered({ atMs: at(60), expiresMs: at(180) }),
      undefined,
    ],
    [
      "in shadow mode",
      atFrankfurt,
      ordered(),
      "refused: mode: shadow changes nothing in the zone; set mode: armed and deploy first",
      { service: shadow },
    ],
    [
      "where the load is spread: to take a target out is maintenance",
      atFrankfurt,
      ordered(),
      "refused: every target that is up carries its weight; `pointsman maintenance TARGET --for 2h` takes one out",
      { service: { ...shop3, weighted: { stepsPercent: [100], stepForMs: 1 } } },
    ],
    [
      "in shadow mode: an adoption writes, too",
      disarmed,
      ordered({ what: "adopt" }),
      "refused: mode: shadow changes nothing in the zone; set mode: armed and deploy first",
      { service: shadow },
    ],
    ["when we keep our hands off", disarmed, ordered(), "refused: hands off: it is foreign; adopt it first"],
    [
      "when the name is frozen",
      frozen,
      ordered({ force: true, to: "oslo" }),
      "refused: frozen by anna: she tries it; unfreeze it first",
    ],
    [
      "when it is pinned",
      pinned("frankfurt", atFrankfurt),
      to("ireland"),
      "refused: pinned to frankfurt by anna: she tries it; release it first",
    ],
    [
      "when it is pinned: also an order to fail back",
      pinned("ireland", atIreland),
      ordered({ what: "failback" }),
      "refused: pinned to ireland by anna: she tries it; release it first",
    ],
    [
      "not when it is to be pinned anew",
      pinned("frankfurt", atFrankfurt),
      to("ireland", { pin: true }),
      undefined,
    ],
    [
      "when there is no such target",
      atFrankfurt,
      to("paris"),
      "refused: the deployed config has no target paris; it has frankfurt, ireland, oslo",
    ],
    [
      "when something is forced, and nobody says where to",
      atFrankfurt,
      ordered({ force: true }),
      "refused: without a target nothing is forced",
    ],
    ["when the name is there", atIreland, to("ireland"), "done: the name points to ireland already"],
    [
      "when it is back",
      atFrankfurt,
      ordered({ what: "failback" }),
      "done: the name points to frankfurt already",
    ],
    [
      "when somebody works there",
      atFrankfurt,
      to("ireland"),
      "refused: ireland is being worked on by bob: new disks",
      { healths: are(up(), up({ maintenance: work }), up()) },
    ],
    [
      "not when that is forced",
      atFrankfurt,
      to("ireland", { force: true }),
      undefined,
      { healths: are(up(), up({ maintenance: work }), up()) },
    ],
    [
      "when somebody works at home",
      atIreland,
      ordered({ what: "failback" }),
      "refused: frankfurt is being worked on by bob: new disks",
      { healths: are(up({ maintenance: work }), up(), up()) },
    ],
    ["not when there is something to adopt", disarmed, ordered({ what: "adopt" }), undefined],
    [
      "when there is nothing to adopt",
      atFrankfurt,
      ordered({ what: "adopt" }),
      "refused: the record is as it was left: there is nothing to adopt",
    ],
    [
      "when it releases",
      pinned("ireland", atIreland),
      ordered({ what: "release" }),
      "done: it is not held at ireland any more",
    ],
    ["when it releases what nobody held", atIreland, ordered({ what: "release" }), "done: nobody held it"],
    [
      "when it releases, also in shadow mode",
      atIreland,
      ordered({ what: "release" }),
      "done: nobody held it",
      { service: shadow },
    ],
  ])("%s", (_, state, order, end, over = {}) => {
    const got = closing(over.service ?? shop3, state, order, over.healths ?? well, at(0));
    expect(got && `${got.is}: ${got.why}`).toBe(end);
  });
});

const obeyed = (state: ServiceState, order: Order, over: Partial<Situation> = {}): Answer =>
  obey(over.config ?? shopConfig(), over.service ?? shop3, state, order, {
    healths: over.healths ?? well,
    ballots: over.ballots ?? allSay("uuu"),
    atMs: at(0),
  });

const said = (answer: Answer): string => {
  if (answer === "wait") return answer;
  return answer.do === "close" ? `${answer.is}: ${answer.why}` : `${answer.from} -> ${answer.to.id}`;
};

describe("on the word of all locations", () => {
  test.each<[string, ServiceState, Order, Partial<Situation>, string]>([
    ["the name leaves what is up", atFrankfurt, ordered(), {}, "frankfurt -> ireland"],
    ["it goes where it is told", atFrankfurt, to("oslo"), {}, "frankfurt -> oslo"],
    ["it goes back", atIreland, ordered({ what: "failback" }), {}, "ireland -> frankfurt"],
    [
      "it goes to the first that is proven up",
      atFrankfurt,
      ordered(),
      { ballots: allSay("udu") },
      "frankfurt -> oslo",
    ],
    [
      "it does not go where somebody works",
      atFrankfurt,
      ordered(),
      { healths: are(up(), up({ maintenance: work }), up()) },
      "frankfurt -> oslo",
    ],
    ["from a standby it may go to the primary", atIreland, ordered(), {}, "ireland -> frankfurt"],
    ["a name without a record gets one", atNothing, ordered(), {}, "undefined -> frankfurt"],
    ["an orphan is left", atOrphan, ordered(), {}, "orphan -> frankfurt"],
    [
      "few locations are enough for an operator",
      atFrankfurt,
      ordered(),
      { config: shopConfig({ locations: ["a"] }), ballots: ballots(ids, "uuu") },
      "frankfurt -> ireland",
    ],
    [
      "it goes nowhere when nothing is up",
      atFrankfurt,
      ordered(),
      { ballots: allSay("udr") },
      "refused: no target to move to is proven up; ireland down at 5 of 5 locations; oslo refused at 5 of 5 locations",
    ],
    [
      "it does not go where it is told when that is not up",
      atFrankfurt,
      to("ireland"),
      { ballots: allSay("udu") },
      "refused: no target to move to is proven up; ireland down at 5 of 5 locations",
    ],
    [
      "unless it is forced",
      atFrankfurt,
      to("ireland", { force: true }),
      { ballots: allSay("udu") },
      "frankfurt -> ireland",
    ],
    [
      "too few who see it up are no proof",
      atFrankfurt,
      to("ireland"),
      { ballots: ballots(ids, "uuu", "uuu", "uuu", "udu", "udu") },
      "refused: no target to move to is proven up; ireland down at 2, up at 3 of 5 locations",
    ],
    [
      "it waits for those who were not heard",
      atFrankfurt,
      to("ireland"),
      { ballots: ballots(ids, "uuu", "uuu", "uuu", "uuu") },
      "wait",
    ],
    [
      "it waits when only others were asked for",
      atFrankfurt,
      to("ireland"),
      { ballots: ballots(["frankfurt", "oslo"], "uu", "uu", "uu", "uu", "uu") },
      "wait",
    ],
    [
      "what cannot be done is refused at once",
      atFrankfurt,
      to("paris"),
      { ballots: {} },
      "refused: the deployed config has no target paris; it has frankfurt, ireland, oslo",
    ],
  ])("%s", (_, state, order, over, outcome) => expect(said(obeyed(state, order, over))).toBe(outcome));

  test("the move says what was seen, that it was forced, and who wanted it", () => {
    expect(obeyed(atFrankfurt, to("ireland"))).toMatchObject({
      kind: "moved",
      why: "ireland up at 5 of 5 locations",
      fromUp: false,
      by: to("ireland"),
    });
    const forced = obeyed(atFrankfurt, to("ireland", { force: true }), { ballots: allSay("udu") });
    expect(forced).toMatchObject({ why: "forced: ireland down at 5 of 5 locations" });
    expect(obeyed(atFrankfurt, to("ireland", { force: true }))).toMatchObject({
      why: "ireland up at 5 of 5 locations",
    });
  });
});
