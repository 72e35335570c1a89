import type { Config } from "../../lambda/core/config.ts";
import { isBrownOut, type Nature, type Truth } from "./nature.ts";
import type { Simulation } from "./simulation.ts";

/** What an oracle may ask: how the world really was, and who could not be asked when. */
export type Known = {
  readonly config: Config;
  readonly truth: Nature["truth"];
  readonly own?: Nature["own"];
  readonly unasked: Simulation["unasked"];
};

export const knownOf = (sim: Simulation): Known => ({
  config: sim.config,
  truth: sim.truth ?? sim.behaviour,
  ...(sim.own && { own: sim.own }),
  unasked: sim.unasked,
});

const timeoutMs = 3_000;

const answers = (truth: Truth): boolean =>
  truth === "ok" || (typeof truth === "object" && (isBrownOut(truth) || truth.slowMs < timeoutMs));

/** A firewall that dislikes us is no outage. */
const isOut = (truth: Truth): boolean =>
  truth === "refuse" ||
  truth === "black hole" ||
  truth === "error" ||
  (typeof truth === "object" && !isBrownOut(truth) && truth.slowMs >= timeoutMs);

const fails = (truth: Truth): boolean => isOut(truth) || (typeof truth === "object" && isBrownOut(truth));

/** Whoever could not be asked so close to a time may have had no say in it: longer than a confirm takes. */
const excusedMs = 12_000;

/** The locations that see anything at all: a reference host, where there are some. */
function seeingAt({ config, truth }: Known, atMs: number): string[] {
  const { locations, references } = config;
  if (references.length === 0) return [...locations];
  return locations.filter((location) => references.some(({ host }) => answers(truth(host, location, atMs))));
}

/**
 * Whether more than two thirds of those who can see, and three at least, find this of a host. Those who could not be
 * asked may be left out of the share.
 */
function isAgreed(known: Known, host: string, atMs: number, finds: (truth: Truth) => boolean): boolean {
  const seeing = seeingAt(known, atMs);
  const late = known.unasked.filter((one) => Math.abs(one.atMs - atMs) <= excusedMs);
  const asked = seeing.filter((location) => !late.some((one) => one.location === location));
  const count = (of: readonly string[]) =>
    of.filter((location) => finds(known.truth(host, location, atMs))).length;
  const isMost = (of: readonly string[]) => count(of) * 3 > of.length * 2;
  const quorum = Math.min(3, known.config.locations.length);
  return count(seeing) >= quorum && (isMost(seeing) || isMost(asked));
}

/** How close together a span is looked at: a probe falls into a shorter time only by chance. */
const stepMs = 100;

/** Whether it is so in a span for this long without a break, in milliseconds. */
function lasted(fromMs: number, toMs: number, leastMs: number, is: (atMs: number) => boolean): boolean {
  let sinceMs: number | undefined;
  for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) {
    sinceMs = is(atMs) ? (sinceMs ?? atMs) : undefined;
    if (sinceMs !== undefined && atMs - sinceMs >= leastMs) return true;
  }
  return false;
}

/**
 * What is over sooner moves no name: a confirm is over `confirmWithin` (5 s) after the failed probe began, and that one may
 * have been lost by chance a `timeout` (3 s) before the outage.
 */
const leastDownMs = 1_800;

/**
 * Whether a host really was down, for those who could see, for some time in a span. A brown-out is down, and up. What was
 * down to them and stays so is, while nobody can see it.
 */
export function wasDown(known: Known, host: string, fromMs: number, toMs: number): boolean {
  let was = false;
  return lasted(fromMs, toMs, leastDownMs, (atMs) => {
    was = isAgreed(known, host, atMs, fails) || (was && isDownUnseen(known, host, atMs));
    return was;
  });
}

function isDownUnseen({ config, own, ...known }: Known, host: string, atMs: number): boolean {
  if (own === undefined || seeingAt({ config, ...known }, atMs).length > 0) return false;
  return config.locations.every((location) => fails(own(host, location, atMs)));
}

/** Whether a host failed at all in a span, for anybody. */
export const hasFailed = ({ config, truth }: Known, host: string, fromMs: number, toMs: number): boolean =>
  lasted(fromMs, toMs, 0, (atMs) => config.locations.some((location) => fails(truth(host, location, atMs))));

/** An outage so long is found, also if one or two questions after it got lost. */
export const foundMs = 25_000;

/** Whether nothing was to be had of a host for so long in a span, for those who could see. */
export const wasOut = (known: Known, host: string, fromMs: number, toMs: number, leastMs: number): boolean =>
  lasted(fromMs, toMs, leastMs, (atMs) => isAgreed(known, host, atMs, isOut));

/** Whether a host really was up, for those who could see, at any time of a span. */
export const wasUp = (known: Known, host: string, fromMs: number, toMs: number): boolean =>
  lasted(fromMs, toMs, 0, (atMs) => isAgreed(known, host, atMs, answers));
