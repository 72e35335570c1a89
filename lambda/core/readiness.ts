import { clock } from "./alert.ts";
import type { Service, Target } from "./config.ts";
import type { Watched } from "./endpoint-record.ts";
import { type Event, event } from "./event.ts";
import { isVoidReason, type Reason } from "./reason.ts";
import { carriers } from "./records.ts";
import type { ServiceState } from "./service-state.ts";

/** Why a standby would not take over; each of them keeps a name from being moved to it. */
export type Lack = "down" | "certificate" | "refused" | "partial";

/** Whether a target would take over now. Kept with the service, so that people are told once, and can ask. */
export type Readiness =
  | { readonly is: "active" }
  | { readonly is: "ready" }
  | { readonly is: "unjudged" }
  | {
      readonly is: "not-ready";
      readonly lack: Lack;
      readonly why: string;
      readonly sinceMs: number;
      /** People know: they were told of it, or of the outage that made the name leave it. */
      readonly told: boolean;
    };

type NotReady = Extract<Readiness, { is: "not-ready" }>;

/** What is known of an endpoint. */
export type Known = Pick<Watched, "health" | "probes">;

/** Whatever is wrong with it, the users' browsers would say so as well. */
const ofCertificate: ReadonlySet<Reason> = new Set([
  "tls-name-mismatch",
  "tls-expired",
  "tls-not-yet-valid",
  "tls-untrusted",
  "tls-expires-soon",
] as const);

const lackWords: Record<Lack, string> = {
  down: "it is down",
  certificate: "its certificate is not good for the name that is asked for",
  refused: "it refuses our probes",
  partial: "it is up for some, down for others",
};

/**
 * The state with what each target's readiness is now; the same state when nothing changed. People are told once that a
 * standby would not take over, and once that it would again (of one that was down, `up` says so). While the name's own
 * target is down nothing is told of the others: the name moves, or `stays-down` says that there is nowhere to go.
 */
export function noteReadiness(
  service: Service,
  state: ServiceState,
  known: ReadonlyMap<string, Known>,
  atMs: number,
): ServiceState {
  if (state.disarmed) return state;
  const active = carriers(service, state.written);
  const isQuiet = active.some(({ endpoint }) => known.get(endpoint)?.health.state === "down");
  const events: Event[] = [];
  const readiness: Record<string, Readiness> = {};
  for (const target of service.targets) {
    const before = state.readiness?.[target.id] ?? { is: "unjudged" };
    const now = active.includes(target)
      ? { is: "active" as const }
      : readinessOf(known.get(target.endpoint), atMs);
    const [after, told] = step(service, target, before, now, isQuiet, atMs);
    readiness[target.id] = after;
    events.push(...told);
  }
  if (isSame(state.readiness ?? {}, readiness)) return state;
  return { ...state, readiness, outbox: [...state.outbox, ...events] };
}

/**
 * What is kept with a move: who carried the name until now. It may have come and gone between two looks of
 * `noteReadiness`, and who is left because he is down is not told of a second time.
 */
export const withCarriers = (service: Service, state: ServiceState): Readonly<Record<string, Readiness>> => ({
  ...state.readiness,
  ...Object.fromEntries(carriers(service, state.written).map(({ id }) => [id, { is: "active" }] as const)),
});

/** What is known of a standby says whether a confirm would prove it up. */
function readinessOf(known: Known | undefined, atMs: number): Readiness {
  if (known === undefined) return { is: "unjudged" };
  const { health, probes } = known;
  const { state, trouble, why, sinceMs } = health;
  // Whoever works on it knows.
  if (health.maintenance) return { is: "unjudged" };
  if (state === "down") return { is: "not-ready", lack: lackOf(probes), why, sinceMs, told: false };
  if (trouble === "refused" || trouble === "partial") {
    return { is: "not-ready", lack: trouble, why, sinceMs: atMs, told: false };
  }
  return { is: state === "up" && trouble !== "blind" ? "ready" : "unjudged" };
}

function lackOf(probes: Known["probes"]): Lack {
  const reasons = probes.flatMap(([, , , reason]) =>
    reason === undefined || isVoidReason(reason) ? [] : [reason],
  );
  const last = reasons.at(-1);
  return last !== undefined && ofCertificate.has(last) ? "certificate" : "down";
}

/** What a target's readiness is after it was `before` and looks as `now`, and what people are told. */
function step(
  service: Service,
  target: Target,
  before: Readiness,
  now: Readiness,
  isQuiet: boolean,
  atMs: number,
): [Readiness, Event[]] {
  if (now.is === "active") return [now, []];
  // Who cannot be seen now is as he was.
  if (now.is === "unjudged") return [before.is === "active" ? now : before, []];
  if (now.is === "ready") {
    const isNews = before.is === "not-ready" && before.told && !wasDown(before);
    return [now, isNews ? [tell(service, target, before, "standby-ready", atMs)] : []];
  }
  // The name has just left it: people were told why.
  if (before.is === "active") return [{ ...now, told: true }, []];
  const open = before.is === "not-ready" ? goOn(before, now) : now;
  if (open.told || isQuiet || !isLasting(open, atMs)) return [open, []];
  const told = { ...open, told: true };
  return [told, [tell(service, target, told, "standby-not-ready", atMs)]];
}

/** What is no outage comes and goes: it is told when it has lasted. */
const lastingMs = 60_000;

const isLasting = (open: NotReady, atMs: number): boolean =>
  wasDown(open) || atMs - open.sinceMs >= lastingMs;

const wasDown = ({ lack }: NotReady): boolean => lack === "down" || lack === "certificate";

/**
 * Another reason for the same is no news, and not worth a write each time: only whether it is an outage, because `up`
 * ends that, and that it is the certificate, which a minute without a probe's reason did not know.
 */
function goOn(before: NotReady, now: NotReady): NotReady {
  const isSame = wasDown(before) === wasDown(now) && (now.lack !== "certificate" || before.lack === now.lack);
  return isSame ? before : { ...now, sinceMs: before.sinceMs, told: before.told };
}

function tell(
  service: Service,
  target: Target,
  { lack, why, sinceMs }: NotReady,
  kind: "standby-not-ready" | "standby-ready",
  atMs: number,
): Event {
  return event({
    kind,
    subject: target.endpoint,
    name: service.dns.name,
    to: target.id,
    atMs,
    sinceMs,
    why: kind === "standby-ready" ? `it was not, because ${lackWords[lack]}` : `${lackWords[lack]}: ${why}`,
    alert: true,
  });
}

function isSame(a: Readonly<Record<string, Readiness>>, b: Readonly<Record<string, Readiness>>): boolean {
  const ids = Object.keys(b);
  return Object.keys(a).length === ids.length && ids.every((id) => isSameOne(a[id], b[id]));
}

const isSameOne = (a: Readiness | undefined, b: Readiness | undefined): boolean =>
  a?.is === b?.is && (a?.is !== "not-ready" || a === b);

/** For people: `would not take over, since 2026-11-21 09:00:00 UTC: it refuses our probes: …`. */
export function sayReadiness(readiness: Readiness | undefined): string {
  switch (readiness?.is) {
    case "active":
      return "carries the name";
    case "ready":
      return "would take over";
    case "not-ready":
      return `would not take over, since ${clock(readiness.sinceMs)}: ${lackWords[readiness.lack]}: ${readiness.why}`;
    default:
      return "not judged yet";
  }
}
