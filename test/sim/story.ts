import type { Spell } from "./nature.ts";
import { type Line, type Simulation, startMs } from "./simulation.ts";

const width = 220;

/** A line of a trace as people read it: time since the start, who, what. */
export function storyLine({ atMs, by, text }: Line): string {
  const clock = new Date(Math.round(atMs - startMs)).toISOString().slice(11, 23);
  const said = text.length > width ? `${text.slice(0, width)}...` : text;
  return `${clock}  ${by.padEnd(10)} ${said}`;
}

/** Has the trace say when something begins and ends. */
export function tellOf(sim: Simulation, what: string, fromMs: number, toMs: number): void {
  const tell = async (atMs: number, line: string) => {
    await sim.clock.sleep(atMs - sim.clock.now());
    sim.say("world", () => line);
  };
  void tell(fromMs, `BEGINS: ${what}`);
  void tell(toMs, `ENDS: ${what}`);
}

/** Has the trace say when each spell begins and ends. */
export function tellOfSpells(sim: Simulation, spells: readonly Spell[]): void {
  for (const { host, fromMs, toMs, behaviour, from } of spells) {
    const who = host === "*" ? "every host" : host;
    tellOf(sim, `${who}: ${JSON.stringify(behaviour)}, for ${from?.join(", ") ?? "all"}`, fromMs, toMs);
  }
}
