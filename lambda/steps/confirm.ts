import type { Look } from "../core/brownout.ts";
import type { Config, Endpoint, TcpCheck } from "../core/config.ts";
import {
  isAnswered,
  isVoid,
  type Probe,
  type ProbeRequest,
  patienceMs,
  type Question,
} from "../core/probe.ts";
import { provesMove, sightOf, tally, verdict } from "../core/verdict.ts";
import { type Ballots, type Tries, type Vote, vote } from "../core/vote.ts";
import type { Group } from "./watch.ts";
import type { World } from "./world.ts";

/** What a confirm of one group came to. */
export type Confirmed = {
  readonly startedMs: number;
  readonly ballots: Ballots;
  /** The tries behind the votes. */
  readonly probes: readonly { readonly location: string; readonly probe: Probe }[];
  /** What each location's first try of each endpoint found: endpoint -> looks. */
  readonly looks: ReadonlyMap<string, readonly Look[]>;
};

/** Answers that are taken in this much later than home waits for them were lying here while home was paused. */
const staleMs = 2_000;

/** The id of a reference host in requests and ballots. */
const referenceId = (reference: TcpCheck): string => `reference/${reference.host}:${reference.port}`;

/** What all locations are asked, and when a group's answers are enough. */
export type Asking = {
  readonly triesOf: (endpoint: Endpoint) => Tries;
  /** Whether a group is concluded as soon as no location still pending can change what follows, or with the last one. */
  readonly early: (group: Group) => boolean;
  /** Whether a name may go there, should it be up. */
  readonly isCandidate: (endpoint: Endpoint) => boolean;
};

/**
 * Asks every location about every endpoint of the groups at once, one request each, and hands out each group's
 * result when its answers are enough. A confirm that home slept through concludes nothing: what it saw is not
 * evidence any more.
 */
export async function confirm(
  config: Config,
  world: World,
  groups: readonly Group[],
  asking: Asking,
  conclude: (group: Group, confirmed: Confirmed) => Promise<void>,
): Promise<void> {
  const request = confirmRequest(config, groups, asking);
  const startedMs = world.now();
  const answers = new Map<string, readonly Probe[]>();
  const open = new Map(groups.map((group) => [group, {} as Record<string, Votes>] as const));
  const concluded: Promise<void>[] = [];
  const hear = (location: string, probes: readonly Probe[]) => {
    answers.set(location, probes);
    const tries = triesIn(request, probes);
    for (const [group, ballots] of open) ballots[location] = votesOf(config, group, tries);
  };
  const close = (isOver: (ballots: Ballots, group: Group) => boolean) => {
    for (const [group, ballots] of open) {
      if (!isOver(ballots, group)) continue;
      open.delete(group);
      if (world.now() - startedMs > patienceMs(request) + staleMs) {
        world.log("warn", "confirm void: home was paused", { group: group.id });
        continue;
      }
      const probes = probesOf(group, answers);
      concluded.push(conclude(group, { startedMs, ballots, probes, looks: looksOf(request, group, probes) }));
    }
  };
  const over = new AbortController();
  const asked = config.locations.map(async (location) => {
    hear(location, await askOrNothing(world, { ...request, location }));
    close((ballots, group) => asking.early(group) && isSettled(config, group, ballots, asking.isCandidate));
  });
  await Promise.race([Promise.all(asked), patience(world, request, startedMs, over.signal)]);
  // A reason of our own spares a DOMException with its stack.
  over.abort("answered");
  for (const location of config.locations) if (!answers.has(location)) hear(location, []);
  close(() => true);
  await Promise.all(concluded);
}

/** Requests have left so soon after a confirm began. */
const sentMs = 100;

/** What arrived while home was paused is read so soon after it goes on: later than timers that were due meanwhile. */
const lyingMs = 50;

/**
 * Until the locations have been waited for. Requests that left later, because home was paused, are answered later; and
 * whose answer is here, if unread, has answered. Otherwise those would be left out that take longest: who finds failures.
 */
async function patience(
  world: World,
  request: Pick<ProbeRequest, "endMs">,
  startedMs: number,
  over: AbortSignal,
): Promise<void> {
  await world.sleep(sentMs, over);
  const pausedMs = Math.max(0, world.now() - startedMs - sentMs);
  await world.sleep(patienceMs(request) - sentMs + pausedMs, over);
  await world.sleep(lyingMs, over);
}

/** A location that could not be asked has seen nothing. */
async function askOrNothing(world: World, request: ProbeRequest): Promise<readonly Probe[]> {
  try {
    return (await world.ask(request)).probes;
  } catch (error) {
    world.log("warn", "location could not be asked", { location: request.location, error: String(error) });
    return [];
  }
}

/** Everything a confirm asks of each location: all endpoints of the groups, and the reference hosts. */
function confirmRequest(
  config: Config,
  groups: readonly Group[],
  { triesOf }: Asking,
): Omit<ProbeRequest, "location"> {
  const questions: Question[] = groups.flatMap(({ endpoints }) =>
    endpoints.map((endpoint) => {
      const { id, check, policy } = endpoint;
      return { id, check, timeoutMs: policy.timeoutMs, ...triesOf(endpoint) };
    }),
  );
  const references = config.references.map((check) => ({
    id: referenceId(check),
    check,
    timeoutMs: 3_000,
    triesAtMs: [0],
  }));
  const endMs = Math.max(...questions.map((question) => question.endMs ?? 0));
  return { questions: [...questions, ...references], endMs };
}

type Votes = Record<string, Vote>;

/**
 * What a location found of each thing it was asked, from when on it saw anything: what failed before says nothing, it was
 * blind until then. One that saw nothing at all votes on all its tries; whether such votes count is decided by who judges.
 */
function triesIn(
  { questions }: Pick<ProbeRequest, "questions">,
  probes: readonly Probe[],
): ReadonlyMap<string, readonly Probe[]> {
  const starts = new Map(questions.map(({ id, triesAtMs }) => [id, triesAtMs] as const));
  const meantMs = ({ id, startedAfterMs }: Probe): number => meantAtMs(starts.get(id) ?? [], startedAfterMs);
  const sightMs = Math.min(...probes.filter(isAnswered).map(meantMs));
  const tries = new Map<string, Probe[]>();
  for (const probe of probes) {
    if (Number.isFinite(sightMs) && meantMs(probe) < sightMs) continue;
    const of = tries.get(probe.id);
    if (of) of.push(probe);
    else tries.set(probe.id, [probe]);
  }
  return tries;
}

/**
 * When a try was to start, in milliseconds of its request. Those of one moment begin one after the other: who compares
 * when they really did takes the first ones for blind. A timer may be early by a millisecond.
 */
const meantAtMs = (triesAtMs: readonly number[], startedAfterMs: number): number =>
  Math.max(0, ...triesAtMs.filter((atMs) => atMs <= startedAfterMs + 1));

/** A location's votes on the reference hosts and the group's endpoints. */
function votesOf(
  { references }: Config,
  { endpoints }: Group,
  tries: ReadonlyMap<string, readonly Probe[]>,
): Votes {
  const votes: Votes = {};
  const cast = (id: string, threshold: number) => {
    votes[id] = vote(tries.get(id) ?? [], threshold);
  };
  for (const reference of references) cast(referenceId(reference), 1);
  for (const { id, policy } of endpoints) cast(id, policy.failureThreshold);
  return votes;
}

/** Whether no pending location can change what follows: every verdict, and where a service could move to. */
function isSettled(
  config: Config,
  group: Group,
  ballots: Ballots,
  isCandidate: Asking["isCandidate"],
): boolean {
  const configured = config.locations.length;
  if (Object.keys(ballots).length === configured) return true;
  const canSee = sightOf(config);
  const verdicts = group.endpoints.map(({ id }) =>
    verdict(tally(ballots, id, configured, canSee), configured),
  );
  if (verdicts.includes("open")) return false;
  const first = group.endpoints.find((endpoint, i) => verdicts[i] === "up" && isCandidate(endpoint));
  // The first target that is up is where a name would go; a later one must not win because it was proven sooner.
  return group.endpoints.every(
    ({ id }, i) =>
      verdicts[i] !== "down" ||
      group.endpoints.length === 1 ||
      (first !== undefined && provesMove(ballots, id, first.id, configured, canSee)),
  );
}

function probesOf(group: Group, answers: ReadonlyMap<string, readonly Probe[]>): Confirmed["probes"] {
  const ids = new Set(group.endpoints.map(({ id }) => id));
  return [...answers].flatMap(([location, probes]) =>
    probes.filter(({ id }) => ids.has(id)).map((probe) => ({ location, probe })),
  );
}

/** What each location's first try found, where that says anything. */
function looksOf(
  { questions }: Pick<ProbeRequest, "questions">,
  { endpoints }: Group,
  probes: Confirmed["probes"],
): Confirmed["looks"] {
  const asked = new Map(questions.map((question) => [question.id, question] as const));
  return new Map(
    endpoints.map(({ id }) => {
      const looks = new Map<string, Look>();
      for (const { location, probe } of probes) {
        if (probe.id !== id || looks.has(location) || isVoid(probe)) continue;
        const [, second = Number.POSITIVE_INFINITY] = asked.get(id)?.triesAtMs ?? [];
        // A first try that is not told of was still open when a later one was answered: it was not answered.
        looks.set(location, { location, ok: isAnswered(probe) && probe.startedAfterMs < second });
      }
      return [id, [...looks.values()]] as const;
    }),
  );
}
