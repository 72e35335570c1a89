import type { Policy } from "./config.ts";
import { askEveryMs, maxGapMs } from "./due.ts";
import type { Health } from "./health.ts";
import type { Ballots, Vote } from "./vote.ts";

/**
 * A brown-out: an endpoint that answers some probes and not others. No single confirm finds it, because one good
 * answer is enough for up. So every location keeps a score, a sequential probability ratio test (Wald, "Sequential
 * Analysis", 1947): a failed probe adds the logarithm of how much likelier it is in a brown-out than on an ordinary
 * day, a good one takes the same of its own away. At 0 nothing is the matter.
 */
export type Brownout = {
  /** The share of probes that fails on an ordinary day, 0 to 1. */
  readonly usual: number;
  /** Location -> score, those above 0. */
  readonly scores: Readonly<Record<string, number>>;
  /** Location -> when its last failed probe was taken in, Unix milliseconds: those that have a score. */
  readonly failedMs?: Readonly<Record<string, number>>;
  /** The second test. Location -> what the rounds since it is watched say of a rate bad enough to leave, those above 0. */
  readonly rates?: Readonly<Record<string, number>>;
  /** The locations that saw nothing at all when all were asked last. */
  readonly blind?: readonly string[];
  /** When anything was last taken in, Unix milliseconds. */
  readonly untilMs?: number;
  /** When it began to be watched, Unix milliseconds. */
  readonly sinceMs?: number;
};

export const noBrownout: Brownout = { usual: 0, scores: {} };

/** What one location's first try found. */
export type Look = { readonly location: string; readonly ok: boolean };

/** How often a watched endpoint is asked by all locations, one try each. */
export const roundEveryMs = 5_000;

const dayMs = 86_400_000;

/** A location's score in the sum: what one location alone can say. */
const fullScore = 4;
/** A location votes down with this score: what it fell to after four good probes is still a failure to it. */
const voteScore = 3;
/** So old may the failure be: four rounds. What is down is asked less often, and its outage may be over meanwhile. */
const voteMs = 4 * roundEveryMs;
/** Scores are kept up to here, so that a path that stays bad is told from a bad minute. */
const mostScore = 12;
const badPath = 6;
/** Sums for five locations; in proportion for others. */
const watchSum = 4.5;
const degradedSum = 12;
/** What one round adds to the sum at most: one blip seen from everywhere is one blip. */
const roundSum = 4;

/**
 * The second test, of each location by itself: 40 % of probes fail against 20 %. What fails everywhere in the same instant
 * is not as many failures as there are locations: for five of them a round adds this at most, as three of them do by chance.
 */
const rateFailed = Math.log(0.4 / 0.2);
const rateGood = Math.log(0.8 / 0.6);
const rateOfRound = 2;
const mostRate = 3;
/** It is bad enough to leave with this sum for five locations that see, in proportion for others, */
const leaveSum = 9;
/**
 * and with this of those alone that have seen it best, as many as would have to be well for a name to stay: two of five.
 * Some bad paths, however bad, do not make up for those that are good.
 */
const leaveLeast = 2;
/** So much of both is enough for what was left already: that it is as bad as it was need not be found anew. */
const stillBad = 0.5;

type Weights = { readonly failed: number; readonly good: number };

/** Twice the ordinary share against 18 % more than that; a share nobody has measured yet counts as 1 %. */
function weights(usual: number): Weights {
  const p0 = Math.min(0.15, Math.max(0.02, 2 * usual));
  const p1 = p0 + 0.18;
  return { failed: Math.log(p1 / p0), good: Math.log((1 - p0) / (1 - p1)) };
}

/** When something was found, Unix milliseconds, how the endpoint is judged, and how many locations ask. */
export type Taken = { readonly atMs: number; readonly policy: Policy; readonly locations: number };

/**
 * What still counts of the scores: nothing once there was a time nobody looked. Who fails and who answers has to be
 * seen in one go, and an outage may have begun and ended since.
 */
const stillSaid = (state: Brownout, { atMs, policy }: Taken): Brownout =>
  state.untilMs !== undefined && atMs - state.untilMs > maxGapMs(policy) ? forgotten(state) : state;

/** Takes in one location's probe of the rotation. What is usual is learnt over a day, while nothing is the matter. */
export function scoreProbe(before: Brownout, { location, ok }: Look, taken: Taken): Brownout {
  const state = stillSaid(before, taken);
  const { failed, good } = weights(state.usual);
  const share = askEveryMs(taken.policy, taken.locations) / dayMs;
  const usual = isWatched(state, taken.locations)
    ? state.usual
    : state.usual + share * ((ok ? 0 : 1) - state.usual);
  const scores = ok
    ? lowered(state.scores, location, good)
    : added(state.scores, location, failed, mostScore);
  return withLooks({ ...state, usual, scores }, [{ location, ok }], taken);
}

/**
 * What all locations found at once, each in its first try. A location that saw nothing at all is not among `looks` but
 * among `blind`. A confirm is asked for because something failed, a round because the time has come.
 */
export type Heard = {
  readonly looks: readonly Look[];
  readonly blind: readonly string[];
  readonly kind: "confirm" | "round";
};

/**
 * Takes in what all locations found at once. What a location said that is blind now is forgotten, because it may have been
 * blind then. A confirm says nothing for the second test: whoever asks when something has just failed finds more failures
 * than there are.
 */
export function scoreRound(
  before: Brownout,
  { looks, blind, kind }: Heard,
  believed: Health["state"],
  taken: Taken,
): Brownout {
  const state = stillSaid(before, taken);
  const { atMs, locations } = taken;
  // Nothing answers, as is to be expected of what is down: that is no sign of a brown-out.
  if (believed === "down" && looks.every(({ ok }) => !ok)) return { ...state, untilMs: atMs };
  const { failed, good } = weights(state.usual);
  // What is down already need not be told from a bad path, and is to be believed again in good time.
  const most = believed === "down" ? fullScore : mostScore;
  const scale = scaleOf(looks, failed, roundSum, locations);
  let scores = without(state.scores, blind);
  for (const { location, ok } of looks) {
    scores = ok ? lowered(scores, location, good) : added(scores, location, failed * scale, most);
  }
  const rates = without(state.rates ?? {}, blind);
  const next = withLooks({ ...state, scores, rates, blind }, looks, taken);
  if (next.sinceMs === undefined) return { ...next, rates: {} };
  // What is down is asked in its turn: its confirms count.
  if (kind === "confirm" && believed !== "down") return next;
  return { ...next, rates: ratesWith(rates, looks, locations) };
}

/** How much of its weight a failure has, so that all of one instant together add no more than `most` for five locations. */
function scaleOf(looks: readonly Look[], weight: number, most: number, locations: number): number {
  const failures = looks.filter(({ ok }) => !ok).length;
  return Math.min(1, (most * locations) / 5 / (failures * weight || 1));
}

function ratesWith(before: Scores, looks: readonly Look[], locations: number): Scores {
  const scale = scaleOf(looks, rateFailed, rateOfRound, locations);
  let rates = before;
  for (const { location, ok } of looks) {
    rates = added(rates, location, ok ? -rateGood : rateFailed * scale, mostRate);
  }
  return rates;
}

/** When who was seen failing, and since when it is watched. */
function withLooks(
  { sinceMs, ...state }: Brownout,
  looks: readonly Look[],
  { atMs, locations }: Taken,
): Brownout {
  const failedMs: Record<string, number> = {};
  for (const location of Object.keys(state.scores)) {
    const isFailed = looks.some((look) => !look.ok && look.location === location);
    failedMs[location] = isFailed ? atMs : (state.failedMs?.[location] ?? atMs);
  }
  const next = { ...state, failedMs, untilMs: atMs };
  return isWatched(next, locations) ? { ...next, sinceMs: sinceMs ?? atMs } : next;
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

type Scores = Brownout["scores"];

const added = (scores: Scores, location: string, by: number, most: number): Scores =>
  withScore(scores, location, Math.min(most, (scores[location] ?? 0) + by));

/** What is above a full score tells only of failures in a row: one good probe ends it. */
function lowered(scores: Scores, location: string, by: number): Scores {
  const before = scores[location];
  return before === undefined ? scores : withScore(scores, location, Math.min(fullScore, before) - by);
}

function withScore(scores: Scores, location: string, score: number): Scores {
  const after = round2(Math.max(0, score));
  if (after === (scores[location] ?? 0)) return scores;
  return after === 0 ? without(scores, [location]) : { ...scores, [location]: after };
}

const without = (scores: Scores, locations: readonly string[]): Scores =>
  locations.some((location) => location in scores)
    ? Object.fromEntries(Object.entries(scores).filter(([location]) => !locations.includes(location)))
    : scores;

/** After an outage everything begins anew: its failures are explained. */
export const forgotten = ({ usual }: Brownout): Brownout => ({ ...noBrownout, usual });

/** Without what locations said that are not asked any more. */
export function onlyOf(state: Brownout, locations: readonly string[]): Brownout {
  const { scores, rates = {}, blind = [] } = state;
  const gone = Object.keys({ ...scores, ...rates }).filter((location) => !locations.includes(location));
  return {
    ...state,
    scores: without(scores, gone),
    rates: without(rates, gone),
    blind: blind.filter((location) => locations.includes(location)),
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const sum = ({ scores }: Brownout): number =>
  total(Object.values(scores).map((score) => Math.min(fullScore, score)));

/** How many locations see, as far as is known. */
const sighted = ({ blind = [] }: Brownout, locations: number): number => locations - blind.length;

/** Fewer than three that see cannot tell a bad endpoint from a bad path, and neither can one of them alone. */
function reaches(state: Brownout, threshold: number, locations: number): boolean {
  const seeing = sighted(state, locations);
  return seeing >= 3 && Object.keys(state.scores).length >= 2 && sum(state) * 5 >= threshold * seeing;
}

/** Whether all locations should ask every few seconds: something may be the matter. */
export const isWatched = (state: Brownout, locations: number): boolean => reaches(state, watchSum, locations);

/** Whether people should know. What was degraded is so until it need not be watched any more. */
export const isDegraded = (state: Brownout, was: boolean, locations: number): boolean =>
  reaches(state, was ? watchSum : degradedSum, locations);

/** Whether some paths are bad and others are spotless: no brown-out, but up for some and down for others. */
export const isPartial = (state: Brownout, locations: number): boolean => {
  const scores = Object.values(state.scores);
  return (
    scores.filter((score) => score >= badPath).length >= 2 && sighted(state, locations) - scores.length >= 2
  );
};

/**
 * Whether more than half of those that see have seen it fail, but not so often in a row that it may be their paths. What is
 * a brown-out to all of them fails and answers everywhere; beside three bad paths one lost probe more would be a fourth.
 */
const isSeenWavering = (state: Brownout, locations: number): boolean =>
  Object.values(state.scores).filter((score) => score < badPath).length * 2 > sighted(state, locations);

/**
 * Whether it is bad enough to leave, to more than two thirds of those that see.
 *
 * @param was whether it is believed down already
 */
export function isBad(state: Brownout, was: boolean, locations: number): boolean {
  const seeing = sighted(state, locations);
  const down = Object.keys(state.scores).filter((location) => votesDown(state, location)).length;
  const worstFirst = Object.values(state.rates ?? {}).sort((a, b) => b - a);
  const best = worstFirst.slice(Math.floor((seeing * 2) / 3));
  const share = was ? stillBad : 1;
  return (
    down * 3 > seeing * 2 &&
    total(worstFirst) * 5 >= share * leaveSum * seeing &&
    total(best) >= share * leaveLeast &&
    reaches(state, degradedSum, locations) &&
    (was || isSeenWavering(state, locations))
  );
}

const votesDown = ({ scores, failedMs, untilMs }: Brownout, location: string): boolean =>
  (scores[location] ?? 0) >= voteScore && (untilMs ?? 0) - (failedMs?.[location] ?? 0) <= voteMs;

/**
 * The ballots with the votes on `endpoint` as the scores have them: a location with a high score votes down whatever
 * it found now, and what was down stays so. Only who looked now has a vote.
 */
export function ballotsByScore(
  ballots: Ballots,
  endpoint: string,
  state: Brownout,
  looks: readonly Look[],
): Ballots {
  const looked = new Set(looks.map(({ location }) => location));
  return Object.fromEntries(
    Object.entries(ballots).map(([location, votes]) => {
      if (!looked.has(location)) return [location, votes] as const;
      const isDown = votes[endpoint] === "down" || votesDown(state, location);
      const vote: Vote = isDown ? "down" : "up";
      return [location, { ...votes, [endpoint]: vote }] as const;
    }),
  );
}

/** The ballots without votes on `endpoint`. */
export const ballotsWithout = (ballots: Ballots, endpoint: string): Ballots =>
  Object.fromEntries(
    Object.entries(ballots).map(([location, votes]) => [location, { ...votes, [endpoint]: "unknown" }]),
  );
