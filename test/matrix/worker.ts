import { serve } from "../sim/pool.ts";
import { placesIn, play, sayCase, sayFlaws } from "./course.ts";
import type { Cell } from "./moves.ts";
import type { TroubleName } from "./troubles.ts";

/** All cases of one move and one trouble: one for each effect of its sweeps. */
export type Task = { readonly cell: Cell; readonly trouble: TroubleName };

/**
 * By the name of the effect that was struck: how many cases, and those that went wrong, with what. A move that goes wrong
 * though nothing strikes it is one case, under `untroubled`.
 */
export type Tally = Readonly<Record<string, { cases: number; readonly wrong: string[] }>>;

serve<Task, Tally>(async ({ cell, trouble }) => {
  const tally: Record<string, { cases: number; wrong: string[] }> = {};
  const places = await placesIn(cell).catch((error: Error) => error);
  if (places instanceof Error) return { untroubled: { cases: 1, wrong: [places.message] } };
  for (const place of places) {
    const of = tally[place.name] ?? { cases: 0, wrong: [] };
    tally[place.name] = of;
    of.cases += 1;
    const strike = { ...place, trouble };
    const { flaws } = await play(cell, strike);
    if (flaws.length > 0) of.wrong.push(`${sayCase(cell, strike)}  ${sayFlaws(flaws)}`);
  }
  return tally;
});
