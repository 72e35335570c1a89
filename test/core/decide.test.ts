import { describe, expect, test } from "vitest";
import { locations, shopConfig } from "../sim/config.ts";
import { ballots, health } from "./fixture.ts";
import {
  allSay,
  are,
  at,
  at3,
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
import { frankfurt, ireland } from "./zone-fixture.ts";

const two = { config: shopConfig({ locations: locations.slice(0, 2) }) };
const accepting = (n: number) => ({
  config: shopConfig({ locations: locations.slice(0, n), acceptSingleLocation: true }),
});
const outage = { healths: are(down(), up(), up()), ballots: allSay("duu") };

describe("the target the name points to is down", () => {
  test.each<[string, string, Partial<Situation>]>([
    ["failover to ireland", "the first standby is proven up", outage],
    [
      "failover to oslo",
      "the first standby is down as well, the second is not",
      { healths: are(down(), down(), up()), ballots: allSay("ddu") },
    ],
    [
      "failover to oslo",
      "the first standby is believed up, but this confirm does not prove it",
      { ...outage, ballots: allSay("d-u") },
    ],
    [
      "failover to ireland",
      "the standby is believed down, but proven up now",
      { ...outage, healths: are(down(), down(), up()) },
    ],
    [
      "failback to frankfurt",
      "it is the standby, and the primary is up: whatever failback says",
      { service: manual, state: atIreland, healths: are(up(), down(), up()), ballots: allSay("udu") },
    ],
    [
      "failover to oslo",
      "it is the standby, and the primary is still down",
      { state: atIreland, healths: are(down(), down(), up()), ballots: allSay("ddu") },
    ],
    [
      "failover to ireland",
      "moves away from healthy targets were many: leaving a dead one is never held back",
      { ...outage, state: at3(frankfurt.values, { movesFromUpMs: [at(-1), at(-2), at(-3)] }) },
    ],
    [
      "failover to ireland",
      "three locations are enough",
      {
        ...outage,
        config: shopConfig({ locations: locations.slice(0, 3) }),
        ballots: ballots(ids, "duu", "duu", "duu"),
      },
    ],
    [
      "failover to ireland",
      "one location judges, and the user accepts that",
      { ...outage, ...accepting(1), ballots: ballots(ids, "duu") },
    ],
    ["all-down", "so is every other", { healths: are(down(), down(), down()), ballots: allSay("ddd") }],
    [
      "not-proven",
      "the standbys are believed up, but this confirm did not see them: we may be blind",
      { ...outage, ballots: allSay("d--") },
    ],
    ["not-proven", "the standbys refuse our probes", { ...outage, ballots: allSay("drr") }],
    [
      "not-proven",
      "it is believed down, but this confirm says otherwise",
      { ...outage, ballots: allSay("uuu") },
    ],
    [
      "not-proven",
      "it is down for three of five only",
      { ...outage, ballots: ballots(ids, "duu", "duu", "duu", "uuu", "uuu") },
    ],
    [
      "not-proven",
      "one standby is unknown, the others down",
      { healths: are(down(), down(), health("unknown")), ballots: allSay("dd-") },
    ],
    ["not-proven", "nobody has answered", { ...outage, ballots: {} }],
    [
      "coming-back",
      "it is seen good again",
      { ...outage, healths: are(down({ goodSinceMs: at(-30) }), up(), up()) },
    ],
    ["too-few-locations", "two locations judge", { ...outage, ...two, ballots: ballots(ids, "duu", "duu") }],
    [
      "disarmed",
      "somebody changed the record",
      { ...outage, state: at3(frankfurt.values, { disarmed: { why: "changed", sinceMs: at(-9) } }) },
    ],
  ])("%s: %s", (is, _, over) => expect(outcome(decided(over))).toBe(is));

  test("the move says what it leaves, why, and since when that has failed", () =>
    expect(
      decided({
        ...outage,
        healths: are(down({ why: "down at 5 of 5 locations", foundMs: at(-1) }), up(), up()),
      }),
    ).toEqual({
      do: "move",
      kind: "failover",
      from: "frankfurt",
      to: ireland,
      why: "down at 5 of 5 locations",
      fromUp: false,
      failedMs: at(-5),
      foundMs: at(-1),
    }));
});

const hour = 3_600;

describe("the target the name points to is not down", () => {
  test.each<[string, string, Partial<Situation>]>([
    ["healthy", "it is the primary", {}],
    [
      "healthy",
      "it is the primary, and a standby is down",
      { healths: are(up(), down(), up()), ballots: allSay("udu") },
    ],
    ["healthy", "a first failed probe is no outage, whatever this confirm says", { ballots: allSay("duu") }],
    [
      "healthy",
      "it was never judged",
      { healths: are(health("unknown"), up(), up()), ballots: allSay("duu") },
    ],
    ["healthy", "it is the standby, and going back is the user's to decide", { ...back, service: manual }],
    ["failback to frankfurt", "the primary has been up for two minutes", back],
    [
      "healthy",
      "the primary has been up for a second less",
      { ...back, healths: are(up({ sinceMs: at(-119) }), up(), up()) },
    ],
    [
      "healthy",
      "the primary is up for some only",
      { ...back, healths: are(up({ sinceMs: at(-120), trouble: "partial" }), up(), up()) },
    ],
    [
      "healthy",
      "the primary was up for some only until less than two minutes ago",
      { ...back, healths: are(up({ sinceMs: at(-900), clearSinceMs: at(-119) }), up(), up()) },
    ],
    [
      "failback to frankfurt",
      "the primary was up for some only until two minutes ago",
      { ...back, healths: are(up({ sinceMs: at(-900), clearSinceMs: at(-120) }), up(), up()) },
    ],
    [
      "healthy",
      "that ended only in this confirm",
      {
        ...back,
        service: failback({ failbackAfterMs: 0 }),
        healths: are(up({ sinceMs: at(-900), clearSinceMs: at(0) }), up(), up()),
      },
    ],
    ["healthy", "the primary is down", { ...back, healths: are(down(), up(), up()), ballots: allSay("duu") }],
    ["healthy", "the primary was never judged", { ...back, healths: {} }],
    [
      "healthy",
      "the primary is believed up, but this confirm does not prove it",
      { ...back, ballots: allSay("-uu") },
    ],
    [
      "healthy",
      "the primary is up for three of five in this confirm",
      { ...back, ballots: ballots(ids, "uuu", "uuu", "uuu", "duu", "duu") },
    ],
    [
      "healthy",
      "two locations judge: that is no alarm while the standby serves",
      { ...back, ...two, ballots: ballots(ids, "uuu", "uuu") },
    ],
    [
      "failback to frankfurt",
      "two locations judge, and the user accepts that",
      { ...back, ...accepting(2), ballots: ballots(ids, "uuu", "uuu") },
    ],
    [
      "limit",
      "it went back twice within the hour",
      { ...back, state: at3(ireland.values, { movesFromUpMs: [at(1 - hour), at(-9)] }) },
    ],
    [
      "failback to frankfurt",
      "it went back twice, once an hour ago",
      { ...back, state: at3(ireland.values, { movesFromUpMs: [at(-hour), at(-9)] }) },
    ],
    [
      "disarmed",
      "somebody changed the record",
      { ...back, state: at3(ireland.values, { disarmed: { why: "changed", sinceMs: at(-9) } }) },
    ],
    [
      "failback to frankfurt",
      "the config no longer has it, and the primary is up",
      { ...back, state: atOrphan },
    ],
    [
      "orphan",
      "the config no longer has it, and going back is the user's to decide",
      { ...back, service: manual, state: atOrphan },
    ],
    [
      "orphan",
      "the config no longer has it, and the primary is not proven up",
      { ...back, state: atOrphan, ballots: allSay("-uu") },
    ],
    [
      "orphan",
      "the config no longer has it, and two locations judge",
      { ...back, ...two, state: atOrphan, ballots: ballots(ids, "uuu", "uuu") },
    ],
    [
      "healthy",
      "a service without targets moves nothing",
      { service: failback({ targets: [] }), state: atOrphan },
    ],
  ])("%s: %s", (is, _, over) => expect(outcome(decided(over))).toBe(is));

  test("going back says what it leaves, and that it was up", () => {
    const why = "frankfurt has been up again for 120 s";
    const move = { do: "move", kind: "failback", from: "ireland", to: frankfurt, why, fromUp: true };
    expect(decided(back)).toEqual(move);
    expect(decided({ ...back, state: atOrphan })).toEqual({ ...move, from: "orphan" });
  });

  test("a name that stays says why", () => {
    expect(decided({})).toMatchObject({ why: "the name points to the primary" });
    expect(decided({ state: atIreland, service: manual })).toMatchObject({
      why: "the name points to ireland",
    });
  });
});

describe("the name has no record", () => {
  test.each<[string, string, Partial<Situation>]>([
    ["created to frankfurt", "the primary is proven up", { state: atNothing }],
    ["created to ireland", "the primary is not", { state: atNothing, ballots: allSay("duu") }],
    ["not-proven", "no target is", { state: atNothing, ballots: allSay("ddd") }],
    [
      "too-few-locations",
      "two locations judge",
      { state: atNothing, ...two, ballots: ballots(ids, "uuu", "uuu") },
    ],
    [
      "created to frankfurt",
      "two locations judge, and the user accepts that",
      { state: atNothing, ...accepting(2), ballots: ballots(ids, "uuu", "uuu") },
    ],
    [
      "disarmed",
      "and there is a TXT record we know nothing of",
      { state: { ...atNothing, disarmed: { why: "lost", sinceMs: at(-9) } } },
    ],
  ])("%s: %s", (is, _, over) => expect(outcome(decided(over))).toBe(is));

  test("a first record leaves nothing", () =>
    expect(decided({ state: atNothing })).toMatchObject({
      from: undefined,
      fromUp: false,
      why: "the name had no record",
    }));
});
