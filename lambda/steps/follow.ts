import { staysPut } from "../core/conversion.ts";
import {
  type Answer,
  answered,
  followEveryMs,
  inSync,
  type Round,
  type Said,
  syncLate,
  witnesses,
} from "../core/propagation.ts";
import type { RecordSet } from "../core/records.ts";
import type { Propagation } from "../core/service-state.ts";
import { startTelling } from "./tell.ts";
import { inBackground, type Sweep, type Switch, update } from "./watch.ts";

/**
 * Follows an accepted change, beside the ticks, until its name servers answer it or the sweep is over: the next one
 * goes on with it. The sweep does not end before this has.
 */
export function startFollowing(sweep: Sweep, each: Switch): void {
  if (each.following || each.state?.propagation === undefined) return;
  each.following = true;
  void inBackground(sweep, each.service.id, follow(sweep, each)).then(() => {
    each.following = false;
  });
}

async function follow(sweep: Sweep, each: Switch): Promise<void> {
  for (;;) {
    const open = each.state?.propagation;
    if (open === undefined) return;
    await sweep.world.sleep(followEveryMs(open), sweep.work.over);
    if (sweep.work.over.aborted || sweep.lost) return;
    await followOnce(sweep, each);
    startTelling(sweep, each);
  }
}

async function followOnce(sweep: Sweep, each: Switch): Promise<void> {
  const open = each.state?.propagation;
  if (open === undefined) return;
  if (open.changeId !== undefined && open.times.inSyncMs === undefined) {
    if ((await followChange(sweep, each, open.changeId)) === "wait") return;
  }
  await followAnswers(sweep, each, open);
}

/** Asks how far the change is. Where Route 53 does not say, its name servers may: they answer without its API. */
async function followChange(sweep: Sweep, each: Switch, changeId: string): Promise<"wait" | "go on"> {
  const { service } = each;
  const status = await sweep.world.dns.status(service.dns, changeId).catch((error: unknown) => {
    sweep.world.log("warn", "propagation not known", { service: service.id, error: String(error) });
    return "not known" as const;
  });
  if (status === "not asked") return "wait";
  if (status === "not known") return "go on";
  const atMs = sweep.world.now();
  const servers = status === "in-sync" ? await serversOf(sweep, each) : undefined;
  await update(sweep, each, (state) => {
    if (state.propagation?.changeId !== changeId) return state;
    return servers ? inSync(service, state, atMs, servers.length === 0) : syncLate(service, state, atMs);
  });
  return status === "pending" ? "wait" : "go on";
}

/** Asks every name server what it answers, and the public resolvers of the config. */
async function followAnswers(sweep: Sweep, each: Switch, open: Propagation): Promise<void> {
  const { service } = each;
  const servers = await serversOf(sweep, each);
  // What was left may have answered the same by turns, as weighted sets do.
  const mayLookAlike = staysPut(open) || open.from === "orphan";
  const asked = witnesses(each.service, open.want, each.state?.generation ?? 0, sweep.owner, mayLookAlike);
  const round: Round =
    typeof servers === "string"
      ? { servers: [{ server: "Route 53", silent: servers }], resolvers: [] }
      : await askRound(sweep, asked, servers);
  // Whoever was interrupted has not heard what they say.
  if (sweep.work.over.aborted) return;
  const atMs = sweep.world.now();
  await update(sweep, each, (state) =>
    state.propagation?.times.acceptedMs === open.times.acceptedMs
      ? answered(service, state, round, atMs)
      : state,
  );
}

/** The zone's name servers, none where it is private, or why nobody knows. */
const serversOf = (sweep: Sweep, { service }: Switch): Promise<readonly string[] | string> =>
  sweep.world.dns.nameServers(service.dns).catch((error: unknown) => {
    sweep.world.log("warn", "name servers not known", { service: service.id, error: String(error) });
    return String(error);
  });

async function askRound(
  sweep: Sweep,
  asked: readonly RecordSet[],
  nameServers: readonly string[],
): Promise<Round> {
  // Where the zone is private, nobody outside has anything to say.
  const publicOnes = nameServers.length === 0 ? [] : (sweep.config.resolvers ?? []);
  const [servers, resolvers] = await Promise.all([
    askAll(sweep, asked, nameServers),
    askAll(sweep, asked, publicOnes),
  ]);
  return { servers, resolvers };
}

/**
 * What one server says of all of them.
 *
 * @throws when it does not answer one of them
 */
export const askServer = (
  sweep: Sweep,
  server: string,
  asked: readonly RecordSet[],
): Promise<readonly Answer[]> =>
  Promise.all(
    asked.map(async (one) => ({
      server,
      asked: one,
      values: await sweep.world.answers(server, one, sweep.work.over),
    })),
  );

/** A server that does not answer one of the questions has said nothing. */
const askAll = async (
  sweep: Sweep,
  asked: readonly RecordSet[],
  servers: readonly string[],
): Promise<Said[]> => {
  const said = servers.map(async (server): Promise<readonly Said[]> => {
    try {
      return await askServer(sweep, server, asked);
    } catch (error) {
      return [{ server, silent: error instanceof Error ? error.message : String(error) }];
    }
  });
  return (await Promise.all(said)).flat();
};
