import type { HostedZone } from "../../lambda/core/config.ts";
import { patienceMs } from "../../lambda/core/probe.ts";
import { type RecordSet, type Standing, together } from "../../lambda/core/records.ts";
import { answer } from "../../lambda/steps/answer.ts";
import type { Cell, Dns, Store, World } from "../../lambda/steps/world.ts";
import { chosen } from "../../local/route53/weighted.ts";
import type { Zone } from "../../local/route53/zone.ts";
import { answerAtOnce, answerPorts } from "./answers.ts";
import { hash } from "./hash.ts";
import { readIn, setsIn } from "./names.ts";
import { seeded } from "./seeded.ts";
import type { Life, Simulation, Trouble } from "./simulation.ts";

const never = new Promise<never>(() => {});

export type Effect = <T>(name: string, work: () => T | Promise<T>) => Promise<T>;

/** The world as one sweep meets it: everything takes time, and may fail, or stop the sweep, before or after. */
export function worldOf(sim: Simulation, life: Life): World {
  const { clock } = sim;
  const effect = effectsOf(sim, life);
  const random = seeded(hash(sim.seed, life.number));
  return {
    now: clock.now,
    elapsed: clock.now,
    random,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      await awake(sim, life);
    },
    ask: async (request) => {
      const { location } = request;
      const atMs = clock.now();
      if (!sim.isQuiet) sim.asked.push({ atMs, location });
      const answered = effect(`ask ${location}`, () =>
        sim.isQuick
          ? answerAtOnce(request, sim.behaviour, clock, sim.isApart)
          : answer(request, answerPorts(sim, location)),
      );
      try {
        return await answered;
      } catch (error) {
        sim.unasked.push({ atMs, location });
        throw error;
      } finally {
        if (clock.now() - atMs > patienceMs(request)) sim.unasked.push({ atMs, location });
      }
    },
    store: storeOf(sim, life, effect),
    dns: dnsOf(sim, life, effect),
    answers: (server, { name, type }) =>
      effect(`answers ${server}`, () => {
        const inSync = sim.zones.findLast(({ atMs }) => sim.clock.now() - atMs >= sim.syncMs) ?? sim.zones[0];
        const found = inSync ? readIn(inSync.zone, { name, type }) : [];
        return chosen(found, random)?.values ?? [];
      }),
    publish: (alert) =>
      effect("publish", () => {
        const wasSaved = sim.memory.saved.has(alert.id);
        sim.alerts.push({ atMs: clock.now(), alert, wasSaved });
        sim.say(life, () => `PUBLISHED ${alert.subject} (${alert.id})`);
        sim.observe({ is: "published", by: life, alert, wasSaved });
      }),
    log: (level, message, facts) => sim.say(life, () => `${level} ${message} ${JSON.stringify(facts ?? {})}`),
  };
}

/** Goes on when the sweep is not paused any more; never, when it is dead. Most of the time it is neither. */
const awake = (sim: Simulation, life: Life): Promise<void> | undefined =>
  life.dead || life.frozenUntilMs > sim.clock.now() ? awakening(sim, life) : undefined;

async function awakening(sim: Simulation, life: Life): Promise<void> {
  while (life.frozenUntilMs > sim.clock.now()) await sim.clock.sleep(life.frozenUntilMs - sim.clock.now());
  if (life.dead) await never;
}

/** An effect counts the effects before it, takes its time, and meets the trouble that is meant for it. */
export function effectsOf(sim: Simulation, life: Life): Effect {
  const { clock } = sim;
  const strike = (name: string): Trouble | undefined => {
    const isThrottled = clock.now() < (sim.throttled.get(name) ?? 0);
    const trouble =
      life.trouble.get(life.effectCount) ??
      (isThrottled ? "fail before" : undefined) ??
      sim.fault(name, clock.now());
    life.effectCount += 1;
    if (!sim.isQuiet) life.effects.push(name);
    if (trouble) sim.say(life, () => `TROUBLE ${name}: ${JSON.stringify(trouble)}`);
    return trouble;
  };
  const pause = (trouble: Trouble | undefined, when: "before" | "after") => {
    if (typeof trouble === "object" && "pauseMs" in trouble && trouble.when === when)
      life.frozenUntilMs = clock.now() + trouble.pauseMs;
  };
  return async (name, work) => {
    await awake(sim, life);
    const trouble = strike(name);
    pause(trouble, "before");
    await awake(sim, life);
    if (trouble === "kill before") life.dead = true;
    await clock.sleep(sim.takesMs(name, clock.now()));
    await awake(sim, life);
    const failure = await (trouble && failureOf(sim, name, trouble, work));
    if (failure !== undefined) {
      await awake(sim, life);
      throw new Error(`${name}: simulated ${failure}`);
    }
    const result = await work();
    if (trouble === "kill after") life.dead = true;
    pause(trouble, "after");
    await awake(sim, life);
    if (trouble === "fail after") throw new Error(`${name}: simulated failure after it took effect`);
    return result;
  };
}

/** How a call failed whose answer never comes; none where it goes on. */
async function failureOf(
  { clock, throttled }: Simulation,
  name: string,
  trouble: Trouble,
  work: () => unknown,
): Promise<string | undefined> {
  if (trouble === "fail before") return "failure before it took effect";
  if (typeof trouble !== "object") return undefined;
  if ("lateMs" in trouble) {
    void clock.sleep(trouble.lateMs).then(work);
    return `failure, and it takes effect ${trouble.lateMs} ms later`;
  }
  if ("throttledMs" in trouble) {
    throttled.set(name, clock.now() + trouble.throttledMs);
    return "throttling";
  }
  if (!("silentMs" in trouble)) return undefined;
  if (trouble.when === "after") await work();
  await clock.sleep(trouble.silentMs);
  return `time-out ${trouble.when} it took effect`;
}

function storeOf(sim: Simulation, life: Life, effect: Effect): Store {
  const { store, cells } = sim.memory;
  return {
    cell: <T extends object>(key: string): Cell<T> => {
      const cell = store.cell<T>(key);
      const kind = key.split("#")[0];
      return {
        read: () => effect(`read ${kind}`, () => cell.read()),
        put: (body, seen) =>
          effect(`put ${kind}`, async () => {
            const before = cells.get(key)?.body;
            const outcome = await cell.put(body, seen);
            if (outcome === "saved") sim.observe({ is: "put", by: life, key, before, after: body });
            return outcome;
          }),
      };
    },
    newest: (endpoints, saved) => effect("newest", () => store.newest(endpoints, saved)),
    putRecords: (records) => effect("put records", () => store.putRecords(records)),
    file: (event) =>
      effect("file", async () => {
        await store.file(event);
        sim.observe({ is: "filed", by: life, event });
      }),
  };
}

/** The zone as Route 53 holds it now. */
function zoneNow(sim: Simulation): Zone {
  const last = sim.zones.at(-1);
  if (last === undefined) throw new Error("a simulation always has a zone");
  return last.zone;
}

/** What is asked in a role can fail where the rest does not. */
const inRole = ({ roleArn }: HostedZone): string => (roleArn === undefined ? "" : ` as ${roleArn}`);

const dnsOf = (sim: Simulation, life: Life, effect: Effect): Dns => ({
  change: async (hosted, changes, comment, isWanted) => {
    if (sim.line ? !(await sim.line.turn(isWanted)) : !isWanted()) return { is: "withheld" };
    const sentMs = sim.clock.now();
    sim.observe({ is: "sent", by: life, changes });
    return effect(`change${inRole(hosted)}`, () => {
      const before = zoneNow(sim);
      const result = sim.apply(
        before,
        changes.map(({ action, record }) => ({ action, set: record })),
      );
      if (!result.ok) {
        sim.say(life, () => `REFUSED ${result.messages.join("; ")}`);
        return { is: "refused" as const, why: result.messages.join("; ") };
      }
      const { name: by, config } = life;
      const change = { atMs: sim.clock.now(), sentMs, by, config, zone: result.zone };
      sim.zones.push(change);
      sim.say(life, () => `CHANGED ${comment}`);
      sim.observe({ is: "changed", by: life, change, before });
      return { is: "accepted" as const, changeId: `C${sim.zones.length - 1}` };
    });
  },
  read: async (hosted, places, generation): Promise<Standing> => {
    const readAll = () =>
      together(
        places,
        places.map((place) => readIn(zoneNow(sim), place)),
      );
    if (sim.line || sim.torn) {
      await sim.line?.turn();
      const record = await effect("read zone", readAll);
      await sim.line?.turn();
      return { record, generation: await effect("read generation", () => plain(sim, generation, "TXT")) };
    }
    return effect(`read zone${inRole(hosted)}`, (): Standing => {
      return { record: readAll(), generation: plain(sim, generation, "TXT") };
    });
  },
  sets: (hosted, { name, type }) =>
    effect(`sets${inRole(hosted)}`, () => setsIn(zoneNow(sim), { name, type })),
  healthCheck: () => effect("health check", () => undefined),
  nameServers: (hosted) => effect(`name servers${inRole(hosted)}`, () => sim.nameServers),
  status: async (hosted, changeId) => {
    if (sim.line && sim.line.waiting() > 0) return "not asked";
    await sim.line?.turn();
    return effect(`status${inRole(hosted)}`, () => {
      const change = sim.zones[Number(changeId.slice(1))];
      return change && sim.clock.now() - change.atMs >= sim.syncMs ? "in-sync" : "pending";
    });
  },
});

const plain = (sim: Simulation, name: string, type: RecordSet["type"]): RecordSet | null =>
  readIn(zoneNow(sim), { name, type })[0] ?? null;
