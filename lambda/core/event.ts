import type { Note } from "./hands.ts";

/**
 * Everything a person may be told of. A `down` endpoint, a moved name, a name that should move and cannot.
 * The names are part of the product: they are the `event` attribute of each alert.
 */
export type EventKind =
  | "down"
  | "up"
  | "standby-not-ready"
  | "standby-ready"
  | "partial"
  | "refused"
  | "blind"
  | "degraded"
  | "seen-again"
  | "failover"
  | "failback"
  | "created"
  | "taken-out"
  | "reweighted"
  | "in-sync"
  | "not-in-sync"
  | "answered"
  | "not-answered"
  | "unproven"
  | "move-started"
  | "move-failing"
  | "move-dropped"
  | "would-move"
  | "stays-down"
  | "foreign"
  | "answers-differ"
  | "armed-again"
  | "repointed"
  | "unreadable"
  | "readable-again"
  | "orphan"
  | "limit"
  | "moved"
  | "adopted"
  | "converted"
  | "retired"
  | "to-convert"
  | "unsound"
  | "sound"
  | "frozen"
  | "unfrozen"
  | "pinned"
  | "released"
  | "maintenance"
  | "maintenance-over"
  | "order"
  | "test";

export type Severity = "critical" | "warning" | "info";

/** Home's wall clock, in milliseconds, at each step of a move. */
export type MoveTimes = {
  readonly failedMs?: number;
  readonly detectedMs: number;
  readonly acceptedMs?: number;
  readonly inSyncMs?: number;
  /** Every name server that could be asked answered the new value. */
  readonly answeredMs?: number;
};

/** Something that happened: filed in the history, and told when `alert` says so. */
export type Event = {
  /** The same on every retry: `<subject>/<kind>/<at>`. */
  readonly id: string;
  readonly kind: EventKind;
  readonly severity: Severity;
  /** The service, or the endpoint that stands alone. */
  readonly subject: string;
  readonly atMs: number;
  readonly sinceMs?: number;
  /** One sentence: what was seen, by whom. */
  readonly why: string;
  readonly alert: boolean;
  readonly name?: string;
  readonly from?: string;
  readonly to?: string;
  /** The load of the name is spread over its targets; `from` and `to` say how. */
  readonly spread?: true;
  readonly times?: MoveTimes;
  /** The operator who wanted it. */
  readonly by?: Note;
};

/** How much each kind wants a person. */
export const severities: Record<EventKind, Severity> = {
  down: "critical",
  up: "info",
  "standby-not-ready": "warning",
  "standby-ready": "info",
  partial: "warning",
  refused: "warning",
  blind: "warning",
  degraded: "warning",
  "seen-again": "info",
  failover: "critical",
  failback: "warning",
  created: "info",
  "taken-out": "critical",
  reweighted: "info",
  "in-sync": "info",
  "not-in-sync": "critical",
  answered: "info",
  "not-answered": "critical",
  unproven: "warning",
  "move-started": "info",
  "move-failing": "critical",
  "move-dropped": "warning",
  "would-move": "warning",
  "stays-down": "critical",
  foreign: "critical",
  "answers-differ": "warning",
  "armed-again": "info",
  repointed: "warning",
  unreadable: "warning",
  "readable-again": "info",
  orphan: "warning",
  limit: "warning",
  moved: "warning",
  adopted: "warning",
  converted: "warning",
  retired: "warning",
  "to-convert": "warning",
  unsound: "warning",
  sound: "info",
  frozen: "warning",
  unfrozen: "info",
  pinned: "warning",
  released: "info",
  maintenance: "info",
  "maintenance-over": "info",
  order: "info",
  test: "info",
};

/** Makes an event; its id follows from what it tells, so that telling it again is recognised. */
export const event = (facts: Omit<Event, "id" | "severity">): Event => ({
  id: `${facts.subject}/${facts.kind}/${facts.atMs}`,
  severity: severities[facts.kind],
  ...facts,
});
