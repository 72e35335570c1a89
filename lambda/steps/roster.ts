import { isDeepStrictEqual } from "node:util";
import { type Roster, rosterKey, rosterOf } from "../core/roster.ts";
import type { Sweep } from "./watch.ts";

/** Says what is deployed where operators' commands find it. Written once for each deploy. */
export async function publishRoster({ config, world }: Pick<Sweep, "config" | "world">): Promise<void> {
  const cell = world.store.cell<Roster>(rosterKey);
  const roster = rosterOf(config);
  const row = await cell.read();
  // A conflict means that another sweep says the same now.
  if (!isDeepStrictEqual(row?.body, roster)) await cell.put(roster, row?.version ?? 0);
}
