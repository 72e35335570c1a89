import { describe, expect, test } from "vitest";
import { provesMove, provesUp, sightOf, tally, verdict } from "../../lambda/core/verdict.ts";
import type { Ballots, Vote } from "../../lambda/core/vote.ts";
import { shopConfig } from "../sim/config.ts";
import { all, ballots, multisets } from "./fixture.ts";

/** No reference hosts: every location is believed. */
const believeAll = sightOf({ references: [] });

const proves = (configured: number, ...locations: string[]): boolean =>
  provesMove(ballots(["primary", "standby"], ...locations), "primary", "standby", configured, believeAll);

describe("five locations, each says of the primary and of the standby: (u)p, (d)own, (r)efused, - no view", () => {
  test.each([
    ["all see the primary down and the standby up", ["du", "du", "du", "du", "du"]],
    ["four of five do", ["du", "du", "du", "du", "uu"]],
    ["three do, two have no view", ["du", "du", "du", "--", "--"]],
    ["three do, one is blind, one sees both up", ["du", "du", "du", "dd", "uu"]],
    ["four have answered, whatever the fifth will say", ["du", "du", "du", "du"]],
  ])("move: %s", (_, locations) => expect(proves(5, ...locations)).toBe(true));

  test.each([
    ["three of five do, two see the primary up", ["du", "du", "du", "uu", "uu"]],
    ["all see the primary down, nobody the standby up: are we blind?", ["dd", "dd", "dd", "dd", "dd"]],
    ["only two see the standby up", ["du", "du", "dd", "dd", "dd"]],
    ["two can see at all", ["du", "du", "--", "--", "--"]],
    ["three do, two have not answered", ["du", "du", "du"]],
    ["the standby is refused to us", ["dr", "dr", "dr", "dr", "dr"]],
    ["a firewall refuses us at the primary", ["ru", "ru", "ru", "ru", "ru"]],
    ["the standby is down for two of five", ["du", "du", "du", "dd", "dd"]],
    ["the primary is up", ["uu", "uu", "uu", "uu", "uu"]],
    ["nobody has answered", []],
  ])("stay: %s", (_, locations) => expect(proves(5, ...locations)).toBe(false));
});

test.each([
  [true, 1, ["du"]],
  [false, 1, ["dd"]],
  [true, 2, ["du", "du"]],
  [false, 2, ["du", "--"]],
  [true, 3, ["du", "du", "du"]],
  [false, 3, ["du", "du", "--"]],
])("proof is %s with %i configured: %j", (is, configured, locations) =>
  expect(proves(configured, ...locations)).toBe(is),
);

test.each([
  [true, "up at three, no view from two", ["u", "u", "u", "-", "-"]],
  [true, "up at four, down at one", ["u", "u", "u", "u", "d"]],
  [false, "up at three, down at two that may be blind", ["u", "u", "u", "d", "d"]],
  [false, "up at two, no view from the others", ["u", "u", "-", "-", "-"]],
  [false, "up at three, two pending", ["u", "u", "u"]],
])("a target is proven up: %s when %s", (is, _, locations) =>
  expect(provesUp(ballots(["standby"], ...locations), "standby", 5, believeAll)).toBe(is),
);

test.each([
  [true, "five of six", "uuuuud"],
  [false, "four of six: two thirds are not more than two thirds", "uuuudd"],
])("a target is proven up: %s at %s", (is, _, letters) => {
  expect(provesUp(ballots(["standby"], ...letters), "standby", 6, believeAll)).toBe(is);
  const primary = [...letters].map((letter) => (letter === "u" ? "du" : "uu"));
  expect(proves(6, ...primary)).toBe(is);
});

test.each([
  [true, "one says no, and one saw nothing at all", ["uu", "uu", "uu", "ud", "--"]],
  [false, "one says no, and one that saw something else cannot say", ["uu", "uu", "uu", "ud", "u-"]],
  [true, "one that saw something else cannot say", ["uu", "uu", "uu", "uu", "u-"]],
])("a target is proven up: %s when %s", (is, _, locations) =>
  expect(provesUp(ballots(["reference", "standby"], ...locations), "standby", 5, believeAll)).toBe(is),
);

describe("with reference hosts, a location that saw nothing at all has no vote on the standby either", () => {
  const asked = ["primary", "standby", "reference"];
  const withReferences = (...locations: string[]): boolean =>
    provesMove(ballots(asked, ...locations), "primary", "standby", 5, sightOf(shopConfig()));
  test.each([
    [true, "two are blind, the others saw one down and the other up", ["dud", "duu", "duu", "ddd", "ddd"]],
    [false, "two see, and see the standby down", ["duu", "duu", "duu", "ddu", "ddu"]],
    [false, "three are blind", ["duu", "duu", "ddd", "ddd", "ddd"]],
    [false, "two are blind, one of the others sees the primary up", ["duu", "duu", "uuu", "ddd", "ddd"]],
    [false, "all are blind", ["ddd", "ddd", "ddd", "ddd", "ddd"]],
  ])("%s: %s", (is, _, locations) => expect(withReferences(...locations)).toBe(is));
});

type Pair = { readonly primary: Vote; readonly standby: Vote };
const pairs: readonly Pair[] = all.flatMap((primary) => all.map((standby) => ({ primary, standby })));
const asBallots = (said: readonly Pair[]): Ballots =>
  Object.fromEntries(said.map((pair, i) => [`location-${i}`, pair]));
/** Everything `configured` locations may have said so far, whoever they are. */
const situations = (configured: number): Pair[][] =>
  Array.from({ length: configured + 1 }, (_, answered) => multisets(pairs, answered)).flat();
const isProven = (said: readonly Pair[], configured: number): boolean =>
  provesMove(asBallots(said), "primary", "standby", configured, believeAll);

/** The rule in the words of the design, counted by hand and in thirds. */
function witnessed(said: readonly Pair[], configured: number): boolean {
  const pending = configured - said.length;
  const witnesses = said.filter(({ primary, standby }) => primary === "down" && standby === "up").length;
  const against = said.filter(({ primary }) => primary === "up" || primary === "refused").length;
  const standbyUp = said.filter(({ standby }) => standby === "up").length;
  const hasSeen = ({ primary }: Pair) => primary === "up" || primary === "refused";
  const standbySaid = said.filter((pair) => pair.standby !== "unknown" || hasSeen(pair)).length;
  const least = Math.min(3, configured);
  return (
    witnesses >= least &&
    witnesses / 2 > against + pending &&
    standbyUp >= least &&
    standbyUp / 2 > standbySaid - standbyUp + pending
  );
}

describe.each([1, 2, 3, 4, 5])("with %i locations, whatever they have said so far", (configured) => {
  const every = situations(configured);

  test("a move needs the quorum, and more than two thirds, of witnesses that saw one down and the other up", () => {
    const wrong = every.filter((said) => isProven(said, configured) !== witnessed(said, configured));
    expect(wrong).toEqual([]);
    expect(every.some((said) => isProven(said, configured))).toBe(true);
  });

  test("what is proven stays proven, whatever the others will say", () => {
    const wrong = every
      .filter((said) => said.length < configured && isProven(said, configured))
      .flatMap((said) => multisets(pairs, configured - said.length).map((more) => [...said, ...more]))
      .filter((said) => !isProven(said, configured));
    expect(wrong).toEqual([]);
  });

  test("a location that saw nothing up never counts for a move", () => {
    const blinded = ({ primary, standby }: Pair): Pair => ({
      primary: primary === "down" && standby !== "up" ? "unknown" : primary,
      standby,
    });
    const wrong = every.filter(
      (said) => isProven(said, configured) !== isProven(said.map(blinded), configured),
    );
    expect(wrong).toEqual([]);
  });

  test("no move is proven unless the verdict is down, nor both ways at once", () => {
    const wrong = every
      .filter((said) => isProven(said, configured))
      .filter((said) => {
        const votes = tally(asBallots(said), "primary", configured, sightOf(shopConfig()));
        const back = provesMove(asBallots(said), "standby", "primary", configured, believeAll);
        return verdict(votes, configured) !== "down" || back;
      });
    expect(wrong).toEqual([]);
  });
});

test("of five, fewer than three that see anything never prove anything", () => {
  const isSighted = ({ primary, standby }: Pair) =>
    primary === "up" || standby === "up" || standby === "refused";
  const wrong = situations(5).filter(
    (said) =>
      said.filter(isSighted).length < 3 &&
      (isProven(said, 5) ||
        provesUp(asBallots(said), "standby", 5, believeAll) ||
        provesUp(asBallots(said), "primary", 5, believeAll)),
  );
  expect(wrong).toEqual([]);
});
