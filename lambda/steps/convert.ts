import { type Saying, stepFor } from "../core/beacons.ts";
import type { Beacons } from "../core/config.ts";
import {
  contradiction,
  intendConversion,
  isStuck,
  sayingFor,
  strangeAmong,
  unread,
} from "../core/conversion.ts";
import { generationName, generationRecord, readGeneration } from "../core/generation.ts";
import type { Order } from "../core/hands.ts";
import { type Closing, close, isAnswered } from "../core/orders.ts";
import { type Conversion, checkFlaw, type HealthCheck, pairFlaw, pairOf, saySets } from "../core/pair.ts";
import { type RecordSet, sameRecord, sameValues, sayContent } from "../core/records.ts";
import type { ServiceState } from "../core/service-state.ts";
import { swap } from "../core/swap.ts";
import { lookAt, write } from "./beacons.ts";
import { isStillOrdered } from "./hands.ts";
import { send } from "./move.ts";
import { type Group, type Sweep, type Switch, update } from "./watch.ts";

/** What an order to convert comes to now: a batch to be sent, an end, or something to wait for. */
type Answer =
  | { readonly conversion: Conversion; readonly txt?: RecordSet | null }
  | { readonly refused: string }
  | { readonly waits: string };

/** What still waits when so much is left of an order's time has to be told why. */
const lastWordMs = 12_000;

/**
 * Converts a name to the failover records of beacons, or back, as an operator has ordered: once all that it will depend
 * on is as it should be. Called again every few seconds, until the order is answered.
 */
export async function convert(sweep: Sweep, group: Group, each: Switch, order: Order): Promise<void> {
  if (each.converting || each.state === undefined) return;
  each.converting = true;
  try {
    // A move that does not get through is tried without end: it has to stand still while it is looked at.
    if (isStuck(each.state)) await alone(sweep, group, () => tryOnce(sweep, group, each, order));
    else await tryOnce(sweep, group, each, order);
  } finally {
    each.converting = false;
  }
}

async function tryOnce(sweep: Sweep, group: Group, each: Switch, order: Order): Promise<void> {
  const { state } = each;
  if (state === undefined) return;
  const ask = order.what === "convert" ? toBeacons : toApi;
  const answer = await ask(sweep, each, state).catch((error: unknown) => ({ waits: String(error) }));
  if ("conversion" in answer) {
    if (!(await isStillOrdered(sweep, group, order))) return;
    if (state.intent) return await begin(sweep, each, order, state, answer);
    if (!sweep.confirming.has(group.id))
      await alone(sweep, group, () => begin(sweep, each, order, state, answer));
    return;
  }
  const isLast = sweep.world.now() >= order.expiresMs - lastWordMs;
  sweep.world.log("info", "conversion", { service: each.service.id, ...answer });
  if ("waits" in answer && !isLast) return;
  const end: Closing = { is: "refused", why: "refused" in answer ? answer.refused : answer.waits };
  await update(sweep, each, (now) => close(each.configured, now, order, end, sweep.world.now()));
}

/** How often whoever waits for a group looks whether it is free. */
const waitMs = 100;

/** Does `work` while nobody else decides for the group: once whoever does that now is done. */
async function alone(sweep: Sweep, group: Group, work: () => Promise<void>): Promise<void> {
  while (sweep.confirming.has(group.id)) {
    if (sweep.work.over.aborted || sweep.lost) return;
    await sweep.world.sleep(waitMs, sweep.work.over);
  }
  sweep.confirming.add(group.id);
  try {
    await work();
  } finally {
    sweep.confirming.delete(group.id);
  }
}

/** The change is saved before it is sent. Whatever came between ends it: it is asked for again by itself. */
async function begin(
  sweep: Sweep,
  each: Switch,
  order: Order,
  read: ServiceState,
  { conversion, txt }: Extract<Answer, { conversion: Conversion }>,
): Promise<void> {
  const isAsRead = (now: ServiceState) =>
    now.intent === read.intent &&
    !now.disarmed &&
    !now.propagation &&
    !now.frozen &&
    !isAnswered(now, order) &&
    now.generation === read.generation &&
    sameRecord(now.written, read.written);
  const atMs = sweep.world.now();
  const saved = await update(sweep, each, (now) =>
    isAsRead(now) ? intendConversion(each.configured, now, order, conversion, txt, atMs) : now,
  );
  if (saved && each.state?.intent?.conversion) await send(sweep, each, "move");
}

async function toBeacons(sweep: Sweep, { configured }: Switch, state: ServiceState): Promise<Answer> {
  const { dns } = sweep.world;
  const { beacons, ...zone } = configured.dns;
  if (beacons?.check === undefined) return { refused: "it has no beacons" };
  const want = sayingFor(beacons, state, sweep.owner);
  if (want === undefined) {
    return { refused: `it points neither to ${beacons.in} nor to ${beacons.out}` };
  }
  const now = await dns.sets(zone, zone);
  const [simple = null, ...others] = now;
  const txt = await txtOf(sweep, zone);
  const left = generationRecord(zone, sweep.owner, state.generation);
  if (others.length > 0 || !sameRecord(simple, state.written) || !sameRecord(txt, left)) {
    return {
      refused: `it stands as ${saySets(now)}${txt ? `, ${txt.values.join()}` : ""}, and was left otherwise`,
    };
  }
  const check = await dns.healthCheck(beacons.check, true);
  const flaw = checkFlaw(beacons, check);
  if (flaw !== undefined || check === undefined) return { refused: flaw ?? "" };
  const answer = await allSay(sweep, beacons, want, check);
  return answer ?? { conversion: { to: "beacons", beacons, now, want: pairOf(beacons, beacons.check) } };
}

/** Brings all beacons to say it; none when their checkers have read that as well. */
async function allSay(
  { world }: Sweep,
  beacons: Beacons,
  want: Saying,
  check: HealthCheck,
): Promise<Answer | undefined> {
  const { beacons: store, log } = world;
  if (store === undefined) return { refused: "there are no buckets" };
  const { regions } = beacons;
  const seen = await lookAt({ store }, beacons);
  const strange = strangeAmong(regions, seen, want);
  if (strange !== undefined) return { refused: strange };
  const said = await Promise.all(seen.map((each, i) => write({ store, log }, beacons, i, each, want)));
  const mute = regions.filter((_, i) => said[i] !== "said");
  if (mute.length > 0) return { waits: `the beacon in ${mute.join(", ")} could not be read and written` };
  if (seen.some((each) => stepFor(each, want) !== "said"))
    return { waits: "the beacons were only just written" };
  const waits = unread(regions, seen, check);
  return waits === undefined ? undefined : { waits };
}

async function toApi(sweep: Sweep, each: Switch, { beacons, written }: ServiceState): Promise<Answer> {
  const { dns, beacons: store } = sweep.world;
  if (beacons === undefined || written === null) return { refused: "it has no beacons, or no record" };
  const { beacons: _, ...zone } = each.configured.dns;
  const now = await dns.sets(zone, beacons.record);
  const [simple = null, ...others] = now;
  const isSimple = others.length === 0 && simple?.failover === undefined && sameValues(simple, written);
  const flaw = isSimple ? undefined : pairFlaw(beacons, now);
  if (flaw !== undefined) return { refused: flaw };
  const txt = await txtOf(sweep, zone);
  if (txt !== null && readGeneration(txt)?.owner !== sweep.owner) {
    return { refused: `${txt.name} is not ours: ${txt.values.join()}` };
  }
  const seen = store ? await lookAt({ store }, beacons) : [];
  const other = each.state && contradiction(beacons, each.state, seen, sweep.owner);
  if (other !== undefined) return { refused: other };
  const unlike = (await unlikeAnswers(sweep, each, written)) ?? (await untaken(sweep, zone, txt));
  return unlike ?? { conversion: { to: "api", beacons, now, want: [written] }, txt };
}

/** The TXT record of the generation, as it stands. */
async function txtOf(sweep: Sweep, zone: Switch["service"]["dns"]): Promise<RecordSet | null> {
  const place = { name: generationName(zone.name, zone.type), type: "TXT" as const };
  const [txt = null] = await sweep.world.dns.sets(zone, place);
  return txt;
}

/**
 * Whether Route 53 takes changes at all, by one that changes nothing: the TXT for the same TXT. Until it takes the batch
 * that retires a name nothing moves that name, and nobody can call the batch back.
 */
async function untaken(
  sweep: Sweep,
  zone: Switch["service"]["dns"],
  txt: RecordSet | null,
): Promise<Answer | undefined> {
  if (txt === null) return undefined;
  const comment = "Pointsman: changes nothing, and shows that changes are taken";
  const { is } = await sweep.world.dns.change(zone, swap(txt, txt), comment, () => !sweep.lost);
  return is === "accepted" ? undefined : { waits: `${txt.name} is not as it was read just now` };
}

/** Asks every name server; none when those that answer say what the record is to say, and one of them does. */
async function unlikeAnswers(
  sweep: Sweep,
  { service }: Switch,
  record: RecordSet,
): Promise<Answer | undefined> {
  const servers = await sweep.world.dns.nameServers(service.dns);
  const said = await Promise.all(
    servers.map(async (server) => {
      const values = await sweep.world.answers(server, record, sweep.work.over).catch(() => undefined);
      return values && { server, values };
    }),
  );
  const heard = said.filter((each) => each !== undefined);
  if (heard.length === 0) return { waits: "none of its name servers says what it answers" };
  const other = heard.find(({ values }) => !sameValues({ ...record, values }, record));
  if (other === undefined) return undefined;
  return {
    refused: `${other.server} answers ${other.values.join(", ")}, and it was left at ${sayContent(record)}`,
  };
}
