import {
  type Brownout,
  isBad,
  isDegraded,
  isPartial,
  isWatched,
  noBrownout,
  scoreRound,
} from "../../lambda/core/brownout.ts";
import { policy } from "../sim/config.ts";
import { nineMs } from "./fixture.ts";

export const places = ["a", "b", "c", "d", "e"];

/** One letter for each location: `x` failed, `.` answered, `b`lind, `-` not asked. */
export function round(
  before: Brownout,
  letters: string,
  state: "up" | "down" = "up",
  atMs = nineMs,
  kind: "confirm" | "round" = "round",
): Brownout {
  const where = (of: string) => places.filter((_, i) => of.includes(letters[i] ?? "-"));
  const looks = where("x.").map((location) => ({ location, ok: !where("x").includes(location) }));
  return scoreRound(before, { looks, blind: where("b"), kind }, state, {
    atMs,
    policy,
    locations: letters.length,
  });
}

export const rounds = (...letters: string[]): Brownout =>
  letters.reduce((now, one, i) => round(now, one, "up", nineMs + i * 5_000), noBrownout);

export const says = (state: Brownout, locations = 5) => ({
  watched: isWatched(state, locations),
  degraded: isDegraded(state, false, locations),
  partial: isPartial(state, locations),
  bad: isBad(state, false, locations),
});
export const nothing = { watched: false, degraded: false, partial: false, bad: false };
export const watched = { ...nothing, watched: true };
export const degraded = { ...watched, degraded: true };

export const times = (count: number, letters: string): string[] =>
  Array.from({ length: count }, () => letters);
