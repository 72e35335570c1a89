import { generationName } from "../../lambda/core/generation.ts";
import type { DemoSite } from "../../local/demo-servers.ts";
import { findSet, type RecordSet } from "../../local/route53/zone.ts";
import { NotHappened, until } from "../../local/timeline.ts";
import {
  addressOf,
  configFile,
  locations,
  type Ports,
  type targets,
  type WrittenService,
  zoneId,
} from "./config-file.ts";
import { type Installation, install } from "./installation.ts";
import type { Synthesized } from "./synthesized.ts";

/** What a deploy changes about one service, and what becomes of its name. */
export type Edit = {
  /** What the service moves, and what it is called until the deploy. */
  readonly name: string;
  readonly before?: Partial<WrittenService>;
  readonly after?: Partial<WrittenService>;
  /** The alerts about it, from the beginning to the end. */
  readonly told: readonly string[];
  /** The TTL of the record in the end. */
  readonly ttlSeconds?: number;
};

/**
 * Each edit is made to a service of its own, all of them by one deploy, which removes a location besides. No more
 * services than these: with them, the names have failed over before the sweep renews its lease for the first time.
 */
export const edits: Readonly<Record<string, Edit>> = {
  "the standby's value edited": {
    name: "edited",
    after: { targets: ["frankfurt", "moved ireland"] },
    told: ["failover", "orphan", "failback"],
  },
  "the standby removed": {
    name: "removed",
    before: { targets: ["frankfurt", "ireland", "ohio"] },
    after: { targets: ["frankfurt", "ohio"] },
    told: ["failover", "orphan", "failback"],
  },
  "the targets re-ordered": {
    name: "reordered",
    after: { targets: ["ireland", "frankfurt"] },
    // Ireland is the primary now: the name leaves it for Ireland's own outage.
    told: ["failover", "failover"],
  },
  "the TTL changed": { name: "ttl", after: { ttl: "30s" }, told: ["failover", "failback"], ttlSeconds: 30 },
  "the service renamed": { name: "renamed", after: { id: "store" }, told: ["failover", "failback"] },
};

const all = Object.values(edits);

/** The location that the deploy takes out: not the last one, so that others take its place in the list. */
const removed = "eu-north-1";
export const remaining = locations.filter((location) => location !== removed);

export const filesOf = (ports: Ports): { readonly before: string; readonly after: string } => ({
  before: configFile(
    ports,
    all.map(({ name, before }) => ({ id: name, name, ...before })),
  ),
  after: configFile(
    ports,
    all.map(({ name, after }) => ({ id: name, name, ...after })),
    remaining,
  ),
});

/** A name as Route 53 holds it, by the service that moves it: its record, and the TXT beside it. */
export type Names = Readonly<
  Record<string, { readonly record: RecordSet | undefined; readonly txt: RecordSet | undefined }>
>;

/** What can be seen of the story when it is over. */
export type Story = {
  /** At the standby, before the deploy. */
  readonly failedOver: Names;
  /** When the new code has been at work for some ticks, and the batches that Route 53 took meanwhile. */
  readonly deployed: Names;
  readonly batches: number;
  /** When Frankfurt is well again, and Ireland is not. */
  readonly inTheEnd: Names;
  /** The alerts about each service, by the name it moves. */
  readonly told: Readonly<Record<string, readonly string[]>>;
  /** Which locations were asked by the old code, and which by the new. */
  readonly asked: { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> };
  readonly failed: readonly unknown[];
  readonly log: string;
};

export type Sites = Readonly<Record<"frankfurt" | "ireland", DemoSite>>;

/** Frankfurt breaks, every name fails over; then the deploy; then Frankfurt heals, and Ireland breaks. */
export async function playDeploy(before: Synthesized, after: Synthesized, sites: Sites): Promise<Story> {
  const home = await install(before);
  try {
    return await play(home, before, after, sites);
  } finally {
    await home.stop();
  }
}

async function play(
  home: Installation,
  before: Synthesized,
  after: Synthesized,
  sites: Sites,
): Promise<Story> {
  const nextMinute = openMinutes(home, before);
  nextMinute();
  await patiently("every endpoint is up", () => isEverythingUp(home, before));
  await sites.frankfurt.break("refuse");
  await patiently("every name is at its standby", () => all.every((edit) => isAt(home, edit, "ireland")));
  const failedOver = namesOf(home);
  const [batches, calls] = [home.route53.changes().length, home.calls.length];
  const { relieved } = await home.deploy(after);
  nextMinute();
  await relieved;
  const first = home.calls.length;
  await patiently("the new code has asked in two ticks", () => ticksOf(home.calls.slice(first)) >= 2);
  const deployed = namesOf(home);
  const newBatches = home.route53.changes().length - batches;
  await sites.frankfurt.heal();
  const [reordered] = all.filter(({ after }) => after?.targets?.[0] === "ireland");
  await patiently("the names are back", () =>
    all.every((edit) => edit === reordered || isAt(home, edit, "frankfurt")),
  );
  await sites.ireland.break("refuse");
  await patiently("every name is in Frankfurt", () => all.every((edit) => isAt(home, edit, "frankfurt")));
  await patiently("everything is told", () =>
    all.every((edit) => toldOf(home, edit).length >= edit.told.length),
  );
  return {
    failedOver,
    deployed,
    batches: newBatches,
    inTheEnd: namesOf(home),
    told: Object.fromEntries(all.map((edit) => [edit.name, toldOf(home, edit)])),
    asked: { before: locationsOf(home.calls.slice(0, calls)), after: locationsOf(home.calls.slice(first)) },
    failed: home.sweeps.filter(({ ok }) => !ok),
    log: home.log.join("\n"),
  };
}

/** The schedule's minutes, which pass when they are told to. */
function openMinutes(home: Installation, { schedule }: Synthesized): () => void {
  let scheduledMs = Math.floor(Date.now() / 60_000) * 60_000;
  return () => {
    home.deliver({ scheduledTime: new Date(scheduledMs).toISOString().replace(".000Z", "Z") });
    scheduledMs += schedule.everyMinutes * 60_000;
  };
}

const stepMs = 15_000;

/** What does not happen is seen in what is told of the story, for those it did not happen to. */
async function patiently(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  try {
    await until(what, stepMs, async () => ((await look()) ? true : undefined));
  } catch (error) {
    if (!(error instanceof NotHappened)) throw error;
  }
}

/** Whether every endpoint's newest record says so. */
export async function isEverythingUp({ store }: Installation, { config }: Synthesized): Promise<boolean> {
  const ids = config.endpoints.map(({ id }) => id);
  const records = await store.newest(ids, undefined);
  return ids.every((id) => records.get(id)?.health.state === "up");
}

const namesOf = (home: Installation): Names =>
  Object.fromEntries(all.map((edit) => [edit.name, nameOf(home, edit)]));

function nameOf({ route53 }: Installation, { name }: Edit): Names[string] {
  const zone = route53.zone(zoneId);
  if (zone === undefined) throw new Error(`no zone ${zoneId}`);
  const full = `${name}.example.com`;
  return { record: findSet(zone, full, "A"), txt: findSet(zone, generationName(full, "A"), "TXT") };
}

const isAt = (home: Installation, edit: Edit, target: keyof typeof targets): boolean =>
  nameOf(home, edit).record?.values.join() === addressOf(target);

/** Each alert once, as whoever gets it twice does: by its id. When a move is proven is another story. */
function toldOf({ alerts }: Installation, { name, after }: Edit): string[] {
  const ours = alerts.filter(({ attributes }) => [name, after?.id].includes(attributes["service"]));
  const once = new Map(ours.map(({ attributes }) => [attributes["id"], attributes["event"] ?? ""]));
  return [...once.values()].filter((kind) => kind !== "answered");
}

/** Nothing gives reason to ask all locations about a standby that carries the name: one call is one tick. */
const ticksOf = (calls: Installation["calls"]): number =>
  calls.filter(({ request }) => request.questions.some(({ id }) => id === "ttl/ireland")).length;

const locationsOf = (calls: Installation["calls"]): Set<string> =>
  new Set(calls.map(({ location }) => location));
