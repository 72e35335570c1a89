import { serve } from "../sim/pool.ts";
import { placesIn, play, sayCase, sayFlaws } from "./course.ts";
import type { Cell } from "./moves.ts";
import type { TroubleName } from "./troubles.ts";

/** All cases of one move and one trouble: one for each effect of its sweeps. */
export type Task = { readonly cell: Cell; readonly trouble: TroubleName };

/** By the name of the effect that was struck: how many cases, and those that went wrong, with what. */
export type Tally = Readonly<Record<string, { cases: number; readonly wrong: string[] }>>;

serve<Task, Tally>(async ({ cell, trouble }) => {
  const tally: Record<string, { cases: number; wrong: string[] }> = {};
  for (const place of await placesIn(cell)) {
    const of = tally[place.name] ?? { cases: 0, wrong: [] };
    tally[place.name] = of;
    of.cases += 1;
    const strike = { ...place, trouble };
    const { flaws } = await play(cell, strike);
    if (flaws.length > 0) of.wrong.push(`${sayCase(cell, strike)}  ${sayFlaws(flaws)}`);
  }
  return tally;
});
