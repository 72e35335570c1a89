import { alert } from "../../../lambda/core/alert.ts";
import type { EndpointRecord } from "../../../lambda/core/endpoint-record.ts";
import type { ProbeAnswer } from "../../../lambda/core/probe.ts";
import type { ServiceState } from "../../../lambda/core/service-state.ts";
import type { Cell, World } from "../../../lambda/steps/world.ts";
import { applyBatch, type Change } from "../../../local/route53/zone.ts";
import type { Sabotage } from "./run.ts";

/** What Route 53 would make of a batch whose DELETEs match whatever stands there. */
const unconditional = (isAbout: (change: Change) => boolean): Sabotage => {
  const blunt = (changes: readonly Change[]): Change[] =>
    changes.flatMap((change) => {
      if (!isAbout(change)) return [change];
      return change.action === "CREATE" ? [{ ...change, action: "UPSERT" as const }] : [];
    });
  return (sim) => {
    sim.apply = (zone, changes) => applyBatch(zone, blunt(changes));
  };
};

const altered =
  (alter: (world: World) => World): Sabotage =>
  (sim) => {
    sim.alter = alter;
  };

const withStore = (world: World, store: Partial<World["store"]>): World => ({
  ...world,
  store: { ...world.store, ...store },
});

const withCells = (world: World, wrap: <T extends object>(key: string, cell: Cell<T>) => Cell<T>): World =>
  withStore(world, { cell: <T extends object>(key: string) => wrap(key, world.store.cell<T>(key)) });

/** A cell that is written whatever stands there. */
const unfenced = <T extends object>(cell: Cell<T>): Cell<T> => ({
  ...cell,
  put: async (body) => cell.put(body, (await cell.read())?.version ?? 0),
});

const withAnswers = (world: World, see: (answer: ProbeAnswer) => ProbeAnswer): World => ({
  ...world,
  ask: async (request) => see(await world.ask(request)),
});

const lookUp = (answer: ProbeAnswer, isMeant: (id: string) => boolean): ProbeAnswer => ({
  ...answer,
  probes: answer.probes.map((probe) => {
    const { id, startedAfterMs } = probe;
    return isMeant(id) ? { ok: true, latencyMs: 20, id, startedAfterMs } : probe;
  }),
});

const withDns = (world: World, dns: Partial<World["dns"]>): World => ({
  ...world,
  dns: { ...world.dns, ...dns },
});

/** What is up is so for ten minutes more, and nothing was the matter with it. */
const upForLong = (record: EndpointRecord): EndpointRecord => {
  const { health } = record;
  return health.state === "up"
    ? { ...record, health: { state: "up", sinceMs: health.sinceMs - 600_000, why: health.why } }
    : record;
};

/** Two requests for what belongs in one. */
const inHalves =
  ({ dns }: World): World["dns"]["change"] =>
  async (zone, changes, ...rest) => {
    const [old, young] = (["DELETE", "CREATE"] as const).map((what) =>
      changes.filter(({ action }) => action === what),
    );
    const deleted = await dns.change(zone, old ?? [], ...rest);
    return deleted.is === "accepted" ? dns.change(zone, young ?? [], ...rest) : deleted;
  };

const isStandby = (id: string): boolean => id.endsWith("/s");
const isReference = (id: string): boolean => id.startsWith("reference/");

/** The product without one of its rules. Each has to be noticed by the oracle: else the oracle watches nothing. */
export const sabotages: Readonly<Record<string, Sabotage>> = {
  "UPSERT instead of compare-and-set": unconditional(() => true),
  "UPSERT of the record, fenced by its generation": unconditional(({ set }) => set.type !== "TXT"),
  "no generation TXT": unconditional(({ set }) => set.type === "TXT"),
  "no fencing": altered((world) => withCells(world, (_, cell) => unfenced(cell))),
  "no standby gate": altered((world) => withAnswers(world, (answer) => lookUp(answer, isStandby))),
  "no sight rules": altered((world) =>
    withAnswers(world, (answer) =>
      answer.probes.some(({ ok }) => ok) ? answer : lookUp(answer, (id) => isReference(id) || isStandby(id)),
    ),
  ),
  "a batch in two halves": altered((world) => withDns(world, { change: inHalves(world) })),
  "no intent": altered((world) =>
    withCells(world, (_, cell) => ({
      ...cell,
      put: async (body, seen) => {
        const { intent, ...rest } = body as Partial<ServiceState>;
        const before = (await cell.read())?.body as Partial<ServiceState> | undefined;
        return cell.put(intent && !before?.intent ? (rest as typeof body) : body, seen);
      },
    })),
  ),
  "an alert is tried once": altered((world) => ({
    ...world,
    publish: (alert) => world.publish(alert).catch(() => {}),
  })),
  "an event is filed once": altered((world) =>
    withStore(world, { file: (event) => world.store.file(event).catch(() => {}) }),
  ),
  "outages begin, and end, ten minutes before they do": altered((world) =>
    withStore(world, {
      file: (event) => world.store.file({ ...event, sinceMs: (event.sinceMs ?? event.atMs) - 600_000 }),
    }),
  ),
  "nothing is said to be up again": altered((world) =>
    withStore(world, {
      file: async (event) => (event.kind === "up" ? undefined : world.store.file(event)),
    }),
  ),
  "failbackAfter begins ten minutes before it does": altered((world) =>
    withStore(world, { putRecords: (records) => world.store.putRecords(records.map(upForLong)) }),
  ),
  "what was told of standbys is not kept": altered((world) =>
    withCells(world, (_, cell) => ({
      ...cell,
      put: async (body, seen) => {
        const { readiness: _, ...rest } = body as Partial<ServiceState>;
        return cell.put(rest as typeof body, seen);
      },
    })),
  ),
  "alert before save": altered((world) =>
    withCells(world, (_, cell) => ({
      ...cell,
      put: async (body, seen) => {
        const { outbox = [] } = body as Partial<ServiceState>;
        for (const event of outbox) if (event.alert) await world.publish(alert(event));
        return cell.put(body, seen);
      },
    })),
  ),
};
