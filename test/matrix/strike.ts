import { expect } from "vitest";
import { type Place, placesIn, play, sayCase, sayFlaws } from "./course.ts";
import type { Cell } from "./moves.ts";
import type { TroubleName } from "./troubles.ts";

/** Failures that take longer, or last: struck at half as many effects. */
const kinOfFailures: readonly TroubleName[] = ["times-out-before", "times-out-after", "throttled"];

/** Strikes a part of a move's effects, one at a time, and shows the whole story of the first case that goes wrong. */
export async function strikeAt(
  cell: Cell,
  trouble: TroubleName,
  isMeant: (place: Place) => boolean,
): Promise<void> {
  const step = kinOfFailures.includes(trouble) ? 2 : 1;
  const places = (await placesIn(cell)).filter(isMeant).filter((_, index) => index % step === 0);
  // A matrix without cases would pass.
  expect(places.length).toBeGreaterThan(5);
  for (const place of places) {
    const strike = { ...place, trouble };
    const { flaws } = await play(cell, strike);
    if (flaws.length === 0) continue;
    const { open } = await play(cell, strike, { isLoud: true });
    const story = [`npm run matrix -- --case ${sayCase(cell, strike)}`, place.name, ...open.sim.trace];
    expect.fail(`${sayFlaws(flaws)}\n${story.join("\n")}`);
  }
}

/** Every so many effects of a sweep; none of a sweep that is not named. */
export const every =
  (steps: Readonly<Record<number, number>>) =>
  ({ sweep, effect }: Place): boolean => {
    const step = steps[sweep];
    return step !== undefined && effect % step === 0;
  };
