import { describe, expect, test } from "vitest";
import { holdOn, wantsEvidence } from "../../lambda/core/decide.ts";
import type { Health } from "../../lambda/core/health.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { shopConfig } from "../sim/config.ts";
import { ballots } from "./fixture.ts";
import { anna, pinned, work } from "./order-fixture.ts";
import {
  allSay,
  are,
  at,
  atFrankfurt,
  atIreland,
  atNothing,
  atOrphan,
  back,
  decided,
  down,
  failback,
  ids,
  manual,
  outcome,
  type Situation,
  up,
} from "./situation.ts";

const worked = (health: Health): Health => ({ ...health, maintenance: work });
const frozen = (state: ServiceState): ServiceState => ({
  ...state,
  frozen: { ...anna, is: "frozen", toldMs: at(-2) },
});
const placed = (target: string, state: ServiceState): ServiceState => ({
  ...state,
  placed: { ...anna, target, pinned: false, toldMs: at(-2) },
});

describe("an operator's hold wins", () => {
  const outage = { healths: are(down(), up(), up()), ballots: allSay("duu") };
  test.each<[string, Partial<Situation>, string]>([
    ["frozen, in an outage", { ...outage, state: frozen(atFrankfurt) }, "held"],
    ["pinned, in an outage", { ...outage, state: pinned("frankfurt", atFrankfurt) }, "held"],
    ["pinned to a target that came and went", { ...outage, state: pinned("oslo", atFrankfurt) }, "held"],
    ["frozen, and all is well: nothing to tell", { state: frozen(atFrankfurt) }, "healthy"],
    ["frozen, and nobody probes it", { state: frozen(atOrphan) }, "healthy"],
    ["frozen, and there is no record", { state: frozen(atNothing) }, "healthy"],
    ["frozen, and due to go back", { ...back, state: frozen(atIreland) }, "healthy"],
    [
      "frozen, and being worked on",
      { state: frozen(atFrankfurt), healths: are(worked(up()), up(), up()) },
      "healthy",
    ],
    ["put there, and due to go back", { ...back, state: placed("ireland", atIreland) }, "healthy"],
    [
      "put elsewhere before, and due to go back",
      { ...back, state: placed("oslo", atIreland) },
      "failback to frankfurt",
    ],
    [
      "put there, and down: it is left",
      { state: placed("ireland", atIreland), healths: are(up(), down(), up()), ballots: allSay("udu") },
      "failback to frankfurt",
    ],
    ["none", outage, "failover to ireland"],
  ])("%s", (_, over, expected) => expect(outcome(decided(over))).toBe(expected));

  test("and says whose it is, beside what is down", () => {
    const decision = decided({ ...outage, state: frozen(atFrankfurt) });
    expect(decision).toMatchObject({ why: "frozen by anna: she tries it; as the test says" });
    expect(holdOn(pinned("oslo", atFrankfurt))).toBe("pinned to oslo by anna: she tries it");
    expect(holdOn(placed("oslo", atFrankfurt))).toBeUndefined();
  });
});

describe("while somebody works on a target", () => {
  test.each<[string, Partial<Situation>, string]>([
    [
      "the name at it goes to the first that is up",
      { healths: are(worked(up()), up(), up()) },
      "moved to ireland",
    ],
    [
      "also when fewer than three locations judge",
      {
        config: shopConfig({ locations: ["a"] }),
        ballots: ballots(ids, "uuu"),
        healths: are(worked(up()), up(), up()),
      },
      "moved to ireland",
    ],
    [
      "to the first that nobody works on",
      { healths: are(worked(up()), worked(up()), up()) },
      "moved to oslo",
    ],
    [
      "to the first that is proven up",
      { healths: are(worked(up()), up(), up()), ballots: allSay("udu") },
      "moved to oslo",
    ],
    [
      "nowhere, when nothing is",
      { healths: are(worked(up()), up(), up()), ballots: allSay("udd") },
      "healthy",
    ],
    [
      "it is told when it is down then",
      { healths: are(worked(down()), up(), up()), ballots: allSay("ddd") },
      "not-proven",
    ],
    [
      "or when everything is",
      { healths: are(worked(down()), down(), worked(up())), ballots: allSay("ddu") },
      "all-down",
    ],
    [
      "no name fails over to it",
      { healths: are(down(), worked(up()), up()), ballots: allSay("duu") },
      "failover to oslo",
    ],
    [
      "no name is created there",
      { state: atNothing, healths: are(worked(up()), up(), up()) },
      "created to ireland",
    ],
    [
      "no name goes back to it",
      { ...back, healths: are(worked(up({ sinceMs: at(-120) })), up(), up()) },
      "healthy",
    ],
    ["what is at another target stays", { healths: are(up(), worked(up()), up()) }, "healthy"],
  ])("%s", (_, over, expected) => expect(outcome(decided(over))).toBe(expected));

  test("a move away from it says for whom, and is none that is counted", () => {
    expect(decided({ healths: are(worked(up()), up(), up()) })).toMatchObject({
      why: "frankfurt is being worked on",
      by: work,
      fromUp: false,
    });
  });

  test("an outage says that there is nowhere else", () => {
    const all = decided({ healths: are(down(), down(), worked(up())), ballots: allSay("ddu") });
    expect(all).toMatchObject({ why: "every target is down, or being worked on" });
    const plain = decided({ healths: are(down(), down(), down()), ballots: allSay("ddd") });
    expect(plain).toMatchObject({ why: "every target is down" });
  });
});

describe("evidence is wanted", () => {
  const told = (state: ServiceState, code: string, secondsAgo: number): ServiceState => ({
    ...state,
    condition: { code, sinceMs: at(-secondsAgo), toldMs: at(-secondsAgo) },
  });
  const outage = are(down(), up(), up());
  test.each<[string, ServiceState, Situation["healths"], boolean]>([
    ["of a frozen name that is down, to tell of it", frozen(atFrankfurt), outage, true],
    ["not when that was told", told(frozen(atFrankfurt), "held", 60), outage, false],
    ["when it was told an hour ago", told(frozen(atFrankfurt), "held", 3_600), outage, true],
    ["when something else was told", told(frozen(atFrankfurt), "not-proven", 60), outage, true],
    ["not of a frozen name that is well", frozen(atFrankfurt), are(up(), up(), up()), false],
    ["not of a frozen name without a record", frozen(atNothing), are(up(), up(), up()), false],
    ["not of a name that was put where it is", placed("ireland", atIreland), are(up(), up(), up()), false],
    ["of a name at a target that somebody works on", atFrankfurt, are(worked(up()), up(), up()), true],
    ["not when nothing else is up", atFrankfurt, are(worked(up()), down(), worked(up())), false],
    ["not of a standby that somebody works on", atFrankfurt, are(up(), worked(up()), up()), false],
  ])("%s", (_, state, healths, wanted) =>
    expect(wantsEvidence(failback(), state, healths, at(0))).toBe(wanted),
  );

  test("not to go back to a primary that somebody works on", () => {
    const healths = are(worked(up({ sinceMs: at(-999) })), up(), up());
    expect(wantsEvidence(failback(), atIreland, healths, at(0))).toBe(false);
    expect(wantsEvidence(manual, atIreland, healths, at(0))).toBe(false);
  });
});

/** All there is to believe of three targets, to vote on them, and to say of the name. */
function* situations(): Generator<Situation> {
  const kinds = [up(), down(), worked(up()), worked(down())];
  const beliefs = kinds.flatMap((a) => kinds.flatMap((b) => kinds.map((c) => are(a, b, c))));
  const votes = ["uuu", "duu", "udu", "ddu", "uud", "dud", "udd", "ddd"].map(allSay);
  for (const healths of beliefs) {
    for (const ballots of votes) {
      for (const state of [atFrankfurt, atIreland, atNothing, atOrphan]) {
        yield { config: shopConfig(), service: failback(), healths, ballots, state };
      }
    }
  }
}

test("whatever is believed and voted: no held name moves, and none moves to where somebody works", () => {
  let moves = 0;
  for (const situation of situations()) {
    for (const held of [frozen(situation.state), pinned("frankfurt", situation.state)]) {
      expect(decided({ ...situation, state: held }).do).toBe("stay");
    }
    const free = decided(situation);
    if (free.do === "stay") continue;
    moves += 1;
    expect(situation.healths[free.to.endpoint]?.maintenance).toBeUndefined();
    expect(situation.ballots["location-0"]?.[free.to.endpoint]).toBe("up");
  }
  expect(moves).toBeGreaterThan(500);
});
