import { hash, hashText } from "../hash.ts";
import type { Nature } from "../nature.ts";
import type { Behaviour } from "../simulation.ts";

/** When a policy began to take a host for down, or up again. */
export type Turn = { readonly atMs: number; readonly isUp: boolean };

/** What a policy made of a host over a time, and what it cost. */
export type Watch = { readonly turns: readonly Turn[]; readonly probes: number };

/** A way to judge a host by probes alone, in the same world as the product. */
export type Policy = {
  readonly name: string;
  /** From where it probes, where the config says from where Pointsman does. */
  readonly locations: (configured: readonly string[]) => string[];
  readonly watch: (
    behaviour: Nature["behaviour"],
    host: string,
    locations: readonly string[],
    span: { readonly fromMs: number; readonly untilMs: number; readonly seed: number },
  ) => Watch;
};

/** Checkers that probe by themselves, each with a threshold of its own, and how many of them make a host healthy. */
type Checkers = {
  readonly intervalMs: number;
  /** How long it waits for a connection; and once connected, for an answer. */
  readonly connectMs: number;
  readonly answerMs: number;
  /** Probes in a row, alike both ways. */
  readonly threshold: number;
  /** Healthy when more than this share of the checkers says so. */
  readonly healthyShare: number;
  /** The interval is counted from the end of a probe, not from its start. */
  readonly isFromEnd: boolean;
};

/** What is well answers, and what refuses refuses, within this time. */
const promptMs = 20;

type Patience = Pick<Checkers, "connectMs" | "answerMs">;

function probe(behaviour: Behaviour, { connectMs, answerMs }: Patience): { ok: boolean; tookMs: number } {
  if (typeof behaviour === "object") {
    return { ok: behaviour.slowMs < answerMs, tookMs: Math.min(behaviour.slowMs, answerMs) };
  }
  return { ok: behaviour === "ok", tookMs: behaviour === "black hole" ? connectMs : promptMs };
}

/** All turns of one checker, which begins at a phase of its own. */
function checker(
  { intervalMs, threshold, isFromEnd, ...patience }: Checkers,
  behaviourAt: (atMs: number) => Behaviour,
  fromMs: number,
  untilMs: number,
): Watch {
  const turns: Turn[] = [];
  let [isUp, unlike, probes] = [true, 0, 0];
  for (let atMs = fromMs; atMs < untilMs; ) {
    const { ok, tookMs } = probe(behaviourAt(atMs), patience);
    probes += 1;
    unlike = ok === isUp ? 0 : unlike + 1;
    if (unlike >= threshold) {
      isUp = ok;
      unlike = 0;
      turns.push({ atMs: atMs + tookMs, isUp });
    }
    atMs += intervalMs + (isFromEnd ? tookMs : 0);
  }
  return { turns, probes };
}

/** The turns of all checkers together, as the share of healthy ones has it. */
function together(all: readonly Watch[], healthyShare: number): Watch {
  const turns = all.flatMap(({ turns }) => turns).sort((a, b) => a.atMs - b.atMs);
  const result: Turn[] = [];
  let [healthy, isUp] = [all.length, true];
  for (const turn of turns) {
    healthy += turn.isUp ? 1 : -1;
    if (healthy > healthyShare * all.length === isUp) continue;
    isUp = !isUp;
    result.push({ atMs: turn.atMs, isUp });
  }
  return { turns: result, probes: all.reduce((total, { probes }) => total + probes, 0) };
}

const watched =
  (checkers: Checkers): Policy["watch"] =>
  (behaviour, host, locations, { fromMs, untilMs, seed }) =>
    together(
      locations.map((location, i) => {
        const phase = hash(seed, hashText(i, location)) % checkers.intervalMs;
        return checker(checkers, (atMs) => behaviour(host, location, atMs), fromMs + phase, untilMs);
      }),
      checkers.healthyShare,
    );

const regions = 8;

/** Sixteen checkers in eight Regions, those of the config first; two in each, which look through the same network. */
export function route53Checkers(configured: readonly string[]): string[] {
  const places = Array.from({ length: regions }, (_, i) => configured[i] ?? `another Region ${i + 1}`);
  return [...places, ...places];
}

/**
 * Route 53's health checks (Developer Guide, "How Amazon Route 53 determines whether a health check is healthy"): TCP
 * connects within 4 s, a status comes within 2 s more, more than 18 % of the checkers make healthy, the threshold counts
 * both ways.
 */
const route53 = (intervalMs: number): Policy => ({
  name: `Route 53, ${intervalMs / 1000} s x 3`,
  locations: route53Checkers,
  watch: watched({
    intervalMs,
    connectMs: 4_000,
    answerMs: 2_000,
    threshold: 3,
    healthyShare: 0.18,
    isFromEnd: true,
  }),
});

/** What others do, with the interval and the time-out that are Pointsman's defaults where they are not their own. */
export const policies: readonly Policy[] = [
  route53(10_000),
  route53(30_000),
  {
    name: "one location, 3 in a row",
    locations: (configured) => configured.slice(0, 1),
    watch: watched({
      intervalMs: 10_000,
      connectMs: 3_000,
      answerMs: 3_000,
      threshold: 3,
      healthyShare: 0.5,
      isFromEnd: false,
    }),
  },
];
