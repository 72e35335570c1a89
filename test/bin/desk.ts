import type { Desk, Say } from "../../bin/operator/desk.ts";
import { runMinutes, type Simulation, valuesOf } from "../sim/simulation.ts";

export const anna: Say = { who: "anna", reason: "she tries it", yes: true };

/** A desk at a simulated deployment; what is printed, and what people were asked. */
export function deskAt(sim: Simulation, over: Partial<Desk> = {}) {
  const printed: string[] = [];
  const desk: Desk = {
    store: sim.memory.store,
    history: async (subject, limit) =>
      [...sim.memory.history.values()]
        .filter((event) => event.subject === subject)
        .sort((a, b) => b.atMs - a.atMs)
        .slice(0, limit),
    resolve: async (name) => valuesOf(sim, name),
    now: sim.clock.now,
    sleep: (ms) => sim.clock.sleep(ms),
    print: (text) => {
      printed.push(text);
    },
    ...over,
  };
  return { desk, said: () => printed.join("\n") };
}

/** Lets a command do its work while sweeps run, until then at most. @throws when it is not over by then */
export async function done(sim: Simulation, command: Promise<number>, untilMs: number): Promise<number> {
  let ended: { code: number } | { error: unknown } | undefined;
  void command.then(
    (code) => {
      ended = { code };
    },
    (error: unknown) => {
      ended = { error };
    },
  );
  await runMinutes(sim, untilMs);
  if (ended === undefined) throw new Error("the command is not over");
  if ("error" in ended) throw ended.error;
  return ended.code;
}
