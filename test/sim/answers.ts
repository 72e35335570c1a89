import type { Check } from "../../lambda/core/config.ts";
import type { Finding, Probe, ProbeAnswer, ProbeRequest, Question } from "../../lambda/core/probe.ts";
import type { AnswerPorts } from "../../lambda/steps/answer.ts";
import type { Clock } from "./clock.ts";
import type { Behaviour, Simulation } from "./simulation.ts";

/** How long a good or failing answer takes. */
const answerMs = 20;

const hosts = new WeakMap<Check, string>();

/** Where a check's packets go: the name that a simulated endpoint has. */
export function hostOf(check: Check): string {
  const known = hosts.get(check);
  if (known !== undefined) return known;
  const host =
    "checks" in check
      ? check.checks.map(hostOf).join(" ")
      : "url" in check
        ? (check.connect?.host ?? new URL(check.url).hostname)
        : check.host;
  hosts.set(check, host);
  return host;
}

const failed = (
  host: string,
  latencyMs: number,
  reason: Extract<Finding, { ok: false }>["reason"],
): Finding => ({ ok: false, latencyMs, reason, detail: `${host}: ${reason}.` });

const good: Finding = { ok: true, latencyMs: answerMs };

/** What one try comes to, in the end, when nobody cuts it short. */
function findingOf(host: string, behaviour: Behaviour, timeoutMs: number): Finding {
  if (behaviour === "ok") return good;
  if (typeof behaviour === "object") {
    const { slowMs } = behaviour;
    return slowMs < timeoutMs
      ? { ok: true, latencyMs: slowMs }
      : failed(host, timeoutMs, "first-byte-timeout");
  }
  switch (behaviour) {
    case "refuse":
      return failed(host, answerMs, "connect-refused");
    case "forbid":
      return failed(host, answerMs, "refused-to-us");
    case "error":
      return failed(host, answerMs, "status-unexpected");
    case "black hole":
      return failed(host, timeoutMs, "connect-timeout");
  }
}

const cutShort = (latencyMs: number): Finding => ({
  ok: false,
  latencyMs,
  reason: "no-time",
  detail: "cut short.",
});

/** What the product's own answering of a request needs of a location, over simulated endpoints. */
export const answerPorts = (sim: Pick<Simulation, "clock" | "behaviour">, location: string): AnswerPorts => ({
  nowMs: sim.clock.now,
  sleep: sim.clock.sleep,
  watchLateness: () => ({ count: () => 0, stop: () => {} }),
  openProber: () => ({
    runCheck: async (check, timeoutMs, signal) => {
      const host = hostOf(check);
      const startedMs = sim.clock.now();
      const finding = findingOf(host, sim.behaviour(host, location, startedMs), timeoutMs);
      await sim.clock.sleep(finding.latencyMs, signal);
      const tookMs = sim.clock.now() - startedMs;
      return tookMs < finding.latencyMs ? cutShort(tookMs) : finding;
    },
    close: () => {},
  }),
});

/** As in `answer()`: how long after the request's end what is still open is cut. */
const endGraceMs = 20;

/** Questions of one moment begin so long after each other: to open a socket takes its time. */
const apartMs = 1;
/** As many of them as begin before the event loop turns. */
const mostApart = 10;

/**
 * What `answer()` would answer, worked out at once instead of waited for try by try: a hundred times as fast. That it
 * is the same is tested (answers.test.ts).
 */
export async function answerAtOnce(
  request: ProbeRequest,
  behaviour: Simulation["behaviour"],
  clock: Clock,
  isApart: boolean,
): Promise<ProbeAnswer> {
  const nowMs = clock.now();
  const probes: Probe[] = [];
  let overMs = 0;
  for (const [i, question] of request.questions.entries()) {
    const cutMs = endOf(question, request.endMs) + endGraceMs;
    const lateMs = isApart ? Math.min(i, mostApart) * apartMs : 0;
    const one = { question, location: request.location, nowMs, cutMs, lateMs };
    overMs = Math.max(overMs, answerOne(one, behaviour, probes));
  }
  if (overMs > 0) await clock.sleep(overMs);
  return { location: request.location, probes };
}

/** A question may end sooner than its request. */
const endOf = ({ endMs }: Question, requestEndMs: number): number =>
  Math.min(requestEndMs, endMs ?? requestEndMs);

/** Field by field: Node 20 takes a microsecond to spread an object. */
const probeOf = (found: Finding, id: string, startedAfterMs: number): Probe =>
  found.ok
    ? { ok: true, latencyMs: found.latencyMs, id, startedAfterMs }
    : {
        ok: false,
        latencyMs: found.latencyMs,
        reason: found.reason,
        detail: found.detail,
        id,
        startedAfterMs,
      };

type Asked = {
  readonly question: Question;
  readonly location: string;
  readonly nowMs: number;
  readonly cutMs: number;
  /** How much later than it was to its tries start. */
  readonly lateMs: number;
};

/** Adds a question's probes. Returns when the last of them is over, in milliseconds after `nowMs`. */
function answerOne(
  { question: { id, check, timeoutMs, triesAtMs }, location, nowMs, cutMs, lateMs }: Asked,
  behaviour: Simulation["behaviour"],
  probes: Probe[],
): number {
  const host = hostOf(check);
  const made: { startedAfterMs: number; overMs: number; finding: Finding }[] = [];
  let goodMs = Number.POSITIVE_INFINITY;
  for (const atMs of triesAtMs) {
    // A try does not start once another has succeeded, and the end wakes those that wait.
    if (atMs + lateMs >= goodMs) break;
    const startedAfterMs = Math.min(atMs + lateMs, cutMs);
    const finding = findingOf(host, behaviour(host, location, nowMs + startedAfterMs), timeoutMs);
    const overMs = startedAfterMs + finding.latencyMs;
    if (finding.ok && overMs <= cutMs) goodMs = Math.min(goodMs, overMs);
    made.push({ startedAfterMs, overMs, finding });
  }
  const endMs = Math.min(goodMs, cutMs);
  let lastMs = 0;
  for (const { startedAfterMs, overMs, finding } of made) {
    // A success calls off what is open; the end leaves it without time.
    if (overMs > endMs && goodMs <= cutMs) continue;
    const found = overMs <= endMs ? finding : cutShort(cutMs - startedAfterMs);
    probes.push(probeOf(found, id, startedAfterMs));
    lastMs = Math.max(lastMs, startedAfterMs + found.latencyMs);
  }
  return lastMs;
}
