import type { Beacons, Service } from "../core/config.ts";
import { wayFlaw } from "../core/conversion.ts";
import { checkFlaw, isPair, pairFlaw } from "../core/pair.ts";
import type { Standing } from "../core/records.ts";
import type { ServiceState } from "../core/service-state.ts";
import { noteSoundness } from "../core/unsound.ts";
import { readZone } from "./move.ts";
import { startTelling } from "./tell.ts";
import { inBackground, type Sweep, type Switch, update } from "./watch.ts";

/** Which way a name is moved by, when the state does not say so yet. */
type Way = Pick<ServiceState, "beacons">;

/**
 * A name that the config moves by beacons is moved by them once it stands as their failover records. Where Route 53's
 * API cannot be asked, its beacons say so by being there.
 */
async function wayOf(sweep: Sweep, { configured }: Switch): Promise<Way> {
  const { dns } = configured;
  if (dns.beacons === undefined) return {};
  const sets = await sweep.world.dns.sets(dns, dns).catch(() => undefined);
  return sets === undefined || isPair(sets) ? { beacons: dns.beacons } : {};
}

/** What stands for a name that was never seen before, and by which way it is moved. */
export async function readFirst(
  sweep: Sweep,
  each: Switch,
): Promise<{ readonly standing: Standing; readonly by: Way }> {
  const by = await wayOf(sweep, each);
  const { beacons: _, ...dns } = each.configured.dns;
  const service: Service = { ...each.configured, dns: { ...dns, ...by } };
  return { standing: await readZone(sweep.world, service), by };
}

/** A name that we keep our hands off may have been converted by hand. */
export async function noticeConversion(sweep: Sweep, each: Switch): Promise<void> {
  const { state, configured } = each;
  const { beacons } = configured.dns;
  if (beacons === undefined || !state?.disarmed || state.beacons || state.intent) return;
  const sets = await sweep.world.dns.sets(configured.dns, configured.dns).catch(() => []);
  if (!isPair(sets) || pairFlaw(beacons, sets) !== undefined) return;
  await update(sweep, each, (now) => (now.disarmed && !now.intent ? { ...now, beacons } : now));
}

/** What people are told after a look at a name: of its beacons, and of the way it is moved. Hands off is news enough. */
export const noteHow = (
  configured: Service,
  state: ServiceState,
  standing: Standing | undefined,
  atMs: number,
): ServiceState =>
  state.disarmed
    ? state
    : noteWay(configured, noteSoundness(configured, state, "beacons", standing?.unsound, atMs), atMs);

/** A deploy that the name does not stand for yet keeps nothing from working where it is still allowed. */
export function noteWay(configured: Service, state: ServiceState, atMs: number): ServiceState {
  if (configured.mode === "shadow" || state.disarmed) return state;
  const why = wayFlaw(configured, state);
  return noteSoundness(
    configured,
    state,
    "way",
    why === undefined ? undefined : { why, silent: false },
    atMs,
  );
}

/** How often the failover records and their health checks are looked at, which takes Route 53's API. */
const lookEveryMs = 290_000;

/** Looks, beside the ticks, whether somebody changed what the beacons move the name by. */
export function startLookingAtRecords(sweep: Sweep, each: Switch, fromMs: number, toMs: number): void {
  const { state } = each;
  if (!state?.beacons || state.intent || state.disarmed || each.lookingAtRecords) return;
  // Each at a time of its own: a look takes five requests.
  const phaseMs = each.phase * lookEveryMs;
  const turn = (ms: number) => Math.floor((ms - phaseMs) / lookEveryMs);
  if (turn(toMs) === turn(fromMs)) return;
  each.lookingAtRecords = true;
  void inBackground(sweep, each.service.id, lookAtRecords(sweep, each, state.beacons)).then(() => {
    each.lookingAtRecords = false;
  });
}

async function lookAtRecords(sweep: Sweep, each: Switch, beacons: Beacons): Promise<void> {
  const { service } = each;
  const why = await recordsFlaw(sweep, each, beacons).catch((error: unknown) => {
    // That is what beacons are for: they go on without it.
    sweep.world.log("info", "failover records not looked at", { service: service.id, error: String(error) });
    return "not known" as const;
  });
  if (why === "not known") return;
  const atMs = sweep.world.now();
  await update(sweep, each, (state) =>
    state.beacons === undefined || state.intent
      ? state
      : noteSoundness(
          service,
          state,
          "records",
          why === undefined ? undefined : { why, silent: false },
          atMs,
        ),
  );
  startTelling(sweep, each);
}

async function recordsFlaw(sweep: Sweep, { service }: Switch, beacons: Beacons): Promise<string | undefined> {
  const sets = await sweep.world.dns.sets(service.dns, beacons.record);
  const primary = sets.find(({ failover }) => failover?.role === "PRIMARY");
  const id = beacons.check ?? primary?.failover?.healthCheckId;
  const flaw = pairFlaw(beacons, sets);
  if (flaw !== undefined || id === undefined) return flaw;
  return checkFlaw(beacons, await sweep.world.dns.healthCheck(id, false));
}
