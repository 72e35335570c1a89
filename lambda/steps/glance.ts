import type { Service } from "../core/config.ts";
import { isWorthALook, untouched } from "../core/glance.ts";
import { oncePer } from "../core/once-per.ts";
import { type Answer, isAsAsked, sayAnswer } from "../core/propagation.ts";
import { placesOf, type RecordSet, sameValues } from "../core/records.ts";
import { show } from "../core/service-state.ts";
import { askServer } from "./follow.ts";
import { inBackground, type Sweep, type Switch } from "./watch.ts";

/** A server that says nothing is no suspicion; the next one is asked, and then nobody knows. */
const serversPerGlance = 2;

/** Every 20 s, or as rarely as it takes to ask 40 questions a second at most: each opens a socket. */
const glanceEveryMs = oncePer((services: readonly Service[]): number =>
  Math.max(20_000, services.reduce((questions, { dns }) => questions + 1 + placesOf(dns).length, 0) * 25),
);

/**
 * Asks a name server, another one each time, for a name that nothing should have changed, beside the ticks.
 *
 * @param look is called, with what was answered, where that is not what we left
 */
export function startGlancing(
  sweep: Sweep,
  each: Switch,
  fromMs: number,
  toMs: number,
  look: (why: string) => void,
): void {
  const everyMs = glanceEveryMs(sweep.config.services);
  const phaseMs = each.phase * everyMs;
  const turn = Math.floor((toMs - phaseMs) / everyMs);
  if (each.glancing || turn <= Math.floor((fromMs - phaseMs) / everyMs)) return;
  const asked = each.state && untouched(each.service, each.state, sweep.owner);
  if (asked === undefined) return;
  each.glancing = true;
  void inBackground(sweep, each.service.id, glance(sweep, each, asked, turn, look)).then(() => {
    each.glancing = false;
  });
}

async function glance(
  sweep: Sweep,
  each: Switch,
  asked: readonly RecordSet[],
  turn: number,
  look: (why: string) => void,
): Promise<void> {
  const said = await askOne(sweep, each.service, asked, turn);
  if (sweep.work.over.aborted) return;
  each.unheard = said === undefined;
  const strange = said?.find((answer) => !isAsAsked(answer));
  if (strange === undefined || each.state === undefined) return;
  // A move that began meanwhile, or one that ended, makes what was asked old.
  const now = untouched(each.service, each.state, sweep.owner);
  const isStill = now?.every((one, i) => sameValues(one, asked[i] ?? null)) ?? false;
  if (!isStill || !isWorthALook(each.state, sweep.world.now())) return;
  const why = `${sayAnswer(each.service)(strange)}; the record was left at ${show(each.state.written)}`;
  sweep.world.log("warn", "a name server answers something else than we left; looked into", {
    service: each.service.id,
    why,
  });
  look(why);
}

/** What one server says of all of them; none where nobody can be asked, or says nothing. */
async function askOne(
  sweep: Sweep,
  { dns }: Service,
  asked: readonly RecordSet[],
  turn: number,
): Promise<readonly Answer[] | undefined> {
  const servers = await sweep.world.dns.nameServers(dns).catch(() => []);
  for (let attempt = 0; attempt < Math.min(serversPerGlance, servers.length); attempt++) {
    const server = servers[(turn + attempt) % servers.length] ?? "";
    try {
      return await askServer(sweep, server, asked);
    } catch {
      if (sweep.work.over.aborted) return undefined;
    }
  }
  return undefined;
}
