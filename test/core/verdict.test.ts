import { describe, expect, test } from "vitest";
import { isDown, quorum, sayTally, sightOf, type Tally, tally, verdict } from "../../lambda/core/verdict.ts";
import { shopConfig } from "../sim/config.ts";
import { ballots } from "./fixture.ts";

const count = (up: number, down: number, refused: number, abstaining: number, pending: number): Tally => ({
  up,
  down,
  refused,
  abstaining,
  pending,
});

/** Every tally of so many locations. */
function tallies(configured: number): Tally[] {
  const upTo = (n: number) => Array.from({ length: n + 1 }, (_, i) => i);
  return upTo(configured).flatMap((up) =>
    upTo(configured - up).flatMap((down) =>
      upTo(configured - up - down).flatMap((refused) =>
        upTo(configured - up - down - refused).map((abstaining) =>
          count(up, down, refused, abstaining, configured - up - down - refused - abstaining),
        ),
      ),
    ),
  );
}

/** Everything a tally may still become. */
const completions = (t: Tally): Tally[] =>
  tallies(t.pending)
    .filter(({ pending }) => pending === 0)
    .map((more) =>
      count(t.up + more.up, t.down + more.down, t.refused + more.refused, t.abstaining + more.abstaining, 0),
    );

const final = (configured: number) => tallies(configured).filter(({ pending }) => pending === 0);

/** How many must agree when so many can say: more than two thirds, written out. */
const moreThanTwoThirdsOf: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5 };
const enough = (votes: number, sighted: number, configured: number): boolean =>
  votes >= (moreThanTwoThirdsOf[sighted] ?? Number.NaN) && votes >= Math.min(3, configured);

const sizes = [1, 2, 3, 4, 5, 6, 7];

describe("the verdict of five locations", () => {
  test.each([
    ["all say down", count(0, 5, 0, 0, 0), "down"],
    ["four of five say down", count(1, 4, 0, 0, 0), "down"],
    ["three of five are not enough", count(2, 3, 0, 0, 0), "partial"],
    ["three of four that can see are", count(1, 3, 0, 1, 0), "down"],
    ["three say down, two are blind", count(0, 3, 0, 2, 0), "down"],
    ["two say down, three are blind: nobody knows", count(0, 2, 0, 3, 0), "unknown"],
    ["nobody could be asked", count(0, 0, 0, 5, 0), "unknown"],
    ["all say up", count(5, 0, 0, 0, 0), "up"],
    ["down from one place only is that place's trouble", count(4, 1, 0, 0, 0), "up"],
    ["up for some, down for two", count(3, 2, 0, 0, 0), "partial"],
    ["a firewall refuses most", count(1, 0, 4, 0, 0), "refused"],
    ["a firewall refuses two of five", count(3, 0, 2, 0, 0), "up"],
    ["a firewall refuses two, three say down", count(0, 3, 2, 0, 0), "partial"],
    ["a firewall refuses as many as say down", count(0, 2, 2, 1, 0), "refused"],
    ["four say down, one has not answered", count(0, 4, 0, 0, 1), "down"],
    ["three say down, two have not answered", count(0, 3, 0, 0, 2), "open"],
    ["four say up, one has not answered", count(4, 0, 0, 0, 1), "up"],
    ["nobody has answered yet", count(0, 0, 0, 0, 5), "open"],
  ])("%s", (_, votes, is) => expect(verdict(votes, 5)).toBe(is));
});

test.each([
  [1, 1],
  [2, 2],
  [3, 3],
  [5, 3],
  [20, 3],
])("of %i locations at least %i must agree", (configured, least) => expect(quorum(configured)).toBe(least));

describe.each(sizes)("with %i locations, for every possible tally", (configured) => {
  test("down and up need more than two thirds of those that can say, and the quorum", () => {
    for (const t of final(configured)) {
      const canSay = t.up + t.down + t.refused;
      expect(verdict(t, configured) === "down", JSON.stringify(t)).toBe(enough(t.down, canSay, configured));
      if (enough(t.up, canSay, configured)) expect(verdict(t, configured), JSON.stringify(t)).toBe("up");
    }
  });

  test("a verdict given early is what every completion would have come to", () => {
    for (const t of tallies(configured)) {
      const is = verdict(t, configured);
      if (is === "open") continue;
      const ends = new Set(completions(t).map((end) => verdict(end, configured)));
      expect([...ends], JSON.stringify(t)).toEqual([is]);
    }
  });

  test("down is said as soon as it is certain", () => {
    for (const t of tallies(configured)) {
      const isCertain = completions(t).every((end) => verdict(end, configured) === "down");
      expect(isDown(t, configured), JSON.stringify(t)).toBe(isCertain);
    }
  });

  test("the last answer always brings a verdict", () => {
    for (const t of final(configured)) expect(verdict(t, configured), JSON.stringify(t)).not.toBe("open");
  });

  test("up, partial and refused each rest on what a location saw", () => {
    const isSeen: Record<string, (t: Tally) => boolean> = {
      up: (t) => t.up > 0 && (t.down < 2 || enough(t.up, t.up + t.down + t.refused, configured)),
      partial: (t) => t.down >= 2,
      refused: (t) => t.refused > t.up,
    };
    const wrong = final(configured).filter((t) => isSeen[verdict(t, configured)]?.(t) === false);
    expect(wrong).toEqual([]);
  });

  test("with fewer than the quorum sighted nothing is said but unknown", () => {
    for (const t of final(configured)) {
      const isBlind = t.up + t.down + t.refused < Math.min(3, configured);
      expect(verdict(t, configured) === "unknown", JSON.stringify(t)).toBe(isBlind);
    }
  });
});

describe("counting the votes", () => {
  const believeAll = () => true;
  const believeNone = () => false;
  const votes = ballots(["shop", "reference"], "uu", "du", "dd", "ru", "-u");

  test("each location once; who has not answered is pending", () =>
    expect(tally(votes, "shop", 7, believeAll)).toEqual(count(1, 2, 1, 1, 2)));

  test("a down vote of one that cannot see is an abstention; up and refused are proof enough of sight", () =>
    expect(tally(votes, "shop", 5, believeNone)).toEqual(count(1, 0, 1, 3, 0)));

  test("a reference that answers, or refuses, shows that the location can see", () => {
    expect(tally(votes, "shop", 5, sightOf(shopConfig()))).toEqual(count(1, 1, 1, 2, 0));
    expect(sightOf(shopConfig())({ shop: "down", reference: "refused" })).toBe(true);
    expect(sightOf(shopConfig())({ shop: "down", reference: "unknown" })).toBe(false);
  });

  test("another target that answers shows it as well", () =>
    expect(sightOf(shopConfig())({ shop: "down", standby: "up", reference: "down" })).toBe(true));

  test("without references every location is believed", () =>
    expect(sightOf({ references: [] })({ shop: "down" })).toBe(true));

  test("a location that was not asked about it has no view", () =>
    expect(tally(votes, "other", 5, believeAll)).toEqual(count(0, 0, 0, 5, 0)));
});

test.each([
  ["down at 4, up at 1 of 5 locations", count(1, 4, 0, 0, 0), 5],
  ["down at 3, no view from 1 of 5 locations", count(0, 3, 0, 1, 1), 5],
  ["up at 2, refused at 1 of 3 locations", count(2, 0, 1, 0, 0), 3],
  ["down at 1 of 1 location", count(0, 1, 0, 0, 0), 1],
])("said in words: %s", (words, t, configured) => expect(sayTally(t, configured)).toBe(words));
