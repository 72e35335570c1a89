import { beacons } from "../sim/beacons.ts";
import { at, broken } from "../sim/shop.ts";
import { runMinutes, type Simulation } from "../sim/simulation.ts";
import { checks } from "./checks.ts";
import { type Cell, cells, type Move, moves } from "./moves.ts";
import { type Open, open } from "./open.ts";
import { backAfterMs, type TroubleName, troubleNames, troubles } from "./troubles.ts";

/** What strikes one effect of one sweep. */
export type Strike = { readonly sweep: number; readonly effect: number; readonly trouble: TroubleName };

/** One check that something does not pass, and why. */
export type Flaw = { readonly check: string; readonly what: string };

export type Course = { readonly open: Open; readonly flaws: readonly Flaw[] };

export type Options = {
  /** Keeps the story, and the names of all effects: it takes half as long again. */
  readonly isLoud?: boolean;
  /** The product as it would be without one of its rules. */
  readonly sabotage?: (sim: Simulation) => void;
};

/** Who comes back late has so long to do harm. */
const aftermathMs = 45_000;

const minuteMs = 60_000;

/** Plays a move, with one effect of one sweep struck or none, and says what is wrong in the end. */
export async function play(cell: Cell, strike?: Strike, options: Options = {}): Promise<Course> {
  const move: Move = moves[cell.move];
  const stage = open(cell, move, !options.isLoud);
  const { sim } = stage;
  if (move.outageS) sim.behaviour = broken(["frankfurt", ...move.outageS, "refuse"]);
  if (move.strays) stage.stray();
  if (move.hand) {
    const [atS, does] = move.hand;
    void sim.clock.sleep(atS * 1000).then(() => does(stage));
  }
  if (strike) {
    const trouble = new Map([[strike.effect, troubles[strike.trouble]]]);
    sim.troubleOf = (life) => (life === `sweep ${strike.sweep}` ? trouble : new Map());
  }
  options.sabotage?.(sim);
  await runMinutes(sim, endMs(move, strike));
  const flaws = Object.entries(checks).flatMap(([check, find]) =>
    find(stage, move).map((what) => ({ check, what })),
  );
  return { open: stage, flaws };
}

function endMs({ endS }: Move, strike: Strike | undefined): number {
  if (strike === undefined) return at(endS);
  return Math.max(at(endS), at(0) + strike.sweep * minuteMs + backAfterMs(strike.trouble) + aftermathMs);
}

/** One effect of a sweep, where nothing is struck: the same each time. */
export type Place = { readonly sweep: number; readonly effect: number; readonly name: string };

const known = new Map<string, readonly Place[]>();

/** Everything that a move's sweeps do, in order. */
export async function placesIn(cell: Cell): Promise<readonly Place[]> {
  const key = sayCell(cell);
  const found = known.get(key);
  if (found) return found;
  const { open, flaws } = await play(cell, undefined, { isLoud: true });
  if (flaws.length > 0) throw new Error(`${key} goes wrong untroubled: ${sayFlaws(flaws)}`);
  const sweeps: readonly number[] = moves[cell.move].sweeps;
  const places = open.sim.lives.flatMap(({ number, effects }) =>
    sweeps.includes(number)
      ? effects.map((name, effect) => ({ sweep: number, effect, name: kindOf(name) }))
      : [],
  );
  known.set(key, places);
  return places;
}

/** An effect without whom it is about: one of many locations, name servers or Regions. */
function kindOf(effect: string): string {
  const [what = "", whom = ""] = effect.split(" ");
  if (beacons.regions.includes(whom)) return `${what} beacon`;
  return what === "ask" || what === "answers" ? what : effect;
}

/** A case in one word, as it is printed and asked for again. */
export const sayCell = ({ shape, way, move }: Cell): string => `${shape}/${way}/${move}`;

export const sayCase = (cell: Cell, { sweep, effect, trouble }: Strike): string =>
  `${sayCell(cell)}/${sweep}.${effect}/${trouble}`;

/**
 * What a case's name means; without its last two words, the move as it goes untroubled.
 *
 * @throws Error on anything else
 */
export function parseCase(text: string): { cell: Cell; strike?: Strike } {
  const [shape, way, move, place, name] = text.split("/");
  const cell = cells.find((one) => sayCell(one) === `${shape}/${way}/${move}`);
  if (cell === undefined) throw new Error(`there is no move "${shape}/${way}/${move}"; --list has them all`);
  if (place === undefined) return { cell };
  const trouble = troubleNames.find((one) => one === name);
  const [, sweep, effect] = /^(\d+)\.(\d+)$/.exec(place) ?? [];
  if (trouble === undefined || sweep === undefined) {
    throw new Error(`"${text}" is no case: shape/way/move/sweep.effect/trouble`);
  }
  return { cell, strike: { sweep: Number(sweep), effect: Number(effect), trouble } };
}

export const sayFlaws = (flaws: readonly Flaw[]): string =>
  flaws.map(({ check, what }) => `${check}: ${what}`).join("; ");
