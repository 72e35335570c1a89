import type { Event, EventKind, MoveTimes } from "./event.ts";

/** What goes to SNS: a text for each protocol, and attributes for filter policies. */
export type Alert = {
  readonly id: string;
  /** Fewer than 100 printable ASCII characters (SNS API reference, Publish, Subject). */
  readonly subject: string;
  /** For e-mail. */
  readonly text: string;
  /** For SMS: one line. */
  readonly line: string;
  /** For machines: the event itself. */
  readonly json: string;
  readonly attributes: { readonly event: string; readonly service: string; readonly severity: string };
};

/** Writes the alert of an event: what, since when, seen from where, what was done, what comes next, how to undo. */
export function alert(event: Event): Alert {
  const title = headline(event);
  const subject = `[${event.severity}] ${title}`.replace(/[^\x20-\x7e]/g, "?").slice(0, 99);
  const body = [
    title,
    "",
    `When:  ${clock(event.atMs)}${event.sinceMs === undefined ? "" : `, since ${clock(event.sinceMs)}`}`,
    `Seen:  ${event.why}`,
    ...(event.by ? [`By:    ${event.by.who}: ${event.by.why}`] : []),
    ...(event.times ? [`Took:  ${took(event.times)}`] : []),
    `Next:  ${(event.spread && nextOfSpread[event.kind]) ?? next[event.kind]}`,
    "",
    `Alert: ${event.id}`,
  ];
  return {
    id: event.id,
    subject,
    text: body.join("\n"),
    line: `${title}: ${event.why}`.slice(0, 140),
    json: JSON.stringify(event),
    attributes: { event: event.kind, service: event.subject, severity: event.severity },
  };
}

/** What happened, in a few words. */
export const headline = (event: Event): string =>
  ((event.spread && headlinesOfSpread[event.kind]) ?? headlines[event.kind])(event);

/** A time people and machines read alike: UTC, to the second. */
export const clock = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** A span of time as people say it: `4.2 s`, `3 min 0 s`, `5.0 h`. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** The measured steps of a move, each from the first failed probe (or from the decision, where nothing failed). */
export function took(times: MoveTimes): string {
  const startMs = times.failedMs ?? times.detectedMs;
  const steps: [string, number | undefined][] = [
    ["detected", times.failedMs === undefined ? undefined : times.detectedMs],
    ["accepted", times.acceptedMs],
    ["in sync", times.inSyncMs],
    ["answered by its name servers", times.answeredMs],
  ];
  return steps
    .flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} after ${span(ms - startMs)}`]))
    .join(", ");
}

const name = (event: Event): string => event.name ?? event.subject;

const who = (event: Event): string => event.by?.who ?? "an operator";

const headlines: Record<EventKind, (event: Event) => string> = {
  down: (e) => `${e.subject} is down`,
  up: (e) => `${e.subject} is up again`,
  "standby-not-ready": (e) => `${e.subject} could not take over`,
  "standby-ready": (e) => `${e.subject} could take over again`,
  partial: (e) => `${e.subject} is up for some, down for others`,
  refused: (e) => `${e.subject} refuses our probes`,
  blind: (e) => `${e.subject} cannot be judged: too few locations can see`,
  degraded: (e) => `${e.subject} fails again and again`,
  "seen-again": (e) => `${e.subject} is seen well from everywhere again`,
  failover: (e) => `${name(e)} moved to ${e.to}, away from ${e.from}`,
  failback: (e) => `${name(e)} moved back to ${e.to}, away from ${e.from}`,
  created: (e) => `${name(e)} now points to ${e.to}`,
  "taken-out": (e) => `${name(e)} left a target that is down: now ${e.to}`,
  reweighted: (e) => `${name(e)} is spread anew: now ${e.to}`,
  "in-sync": (e) => `${name(e)}: the move to ${e.to} is in sync`,
  "not-in-sync": (e) => `${name(e)}: the move to ${e.to} has not reached all name servers`,
  answered: (e) => `${name(e)}: the move to ${e.to} is what its name servers answer`,
  "not-answered": (e) => `${name(e)}: the move to ${e.to} is not what its name servers answer`,
  unproven: (e) => `${name(e)}: whether the move to ${e.to} took effect could not be seen`,
  "move-started": (e) => `${name(e)} is being moved to ${e.to}`,
  "move-failing": (e) => `${name(e)} cannot be moved to ${e.to}`,
  "move-dropped": (e) => `${name(e)}: the move to ${e.to} was given up`,
  "would-move": (e) => `${name(e)} would move to ${e.to} (shadow: nothing was changed)`,
  "stays-down": (e) => `${name(e)} is down and stays where it is`,
  foreign: (e) => `${name(e)} is not as Pointsman left it: hands off`,
  "answers-differ": (e) => `${name(e)} is not answered as it stands`,
  repointed: (e) => `${name(e)} was pointed to ${e.to} by somebody else`,
  "armed-again": (e) => `${name(e)} is watched and armed again`,
  unreadable: (e) => `${name(e)} cannot be looked at: its zone cannot be read`,
  "readable-again": (e) => `${name(e)} can be looked at again`,
  orphan: (e) => `${name(e)} points to a target that is not in the config`,
  limit: (e) => `${name(e)} stays: moved often enough within the hour`,
  moved: (e) => `${name(e)} was moved to ${e.to} by ${who(e)}, away from ${e.from}`,
  adopted: (e) => `${name(e)} was taken over as it stands, by ${who(e)}`,
  converted: (e) => `${name(e)} is moved by beacons from now on, as ${who(e)} wanted`,
  retired: (e) => `${name(e)} is moved by Route 53's API from now on, as ${who(e)} wanted`,
  "to-convert": (e) => `${name(e)} does not stand as the config says`,
  unsound: (e) => `${name(e)}: something of its beacons is not as it should be`,
  sound: (e) => `${name(e)}: its beacons are as they should be again`,
  frozen: (e) => `${name(e)} is frozen by ${who(e)}: no automatic move`,
  unfrozen: (e) => `${name(e)} is moved by itself again`,
  pinned: (e) => `${name(e)} is pinned to ${e.to} by ${who(e)}`,
  released: (e) => `${name(e)} was released by ${who(e)}: it is moved by itself again`,
  maintenance: (e) => `${e.subject} is being worked on by ${who(e)}`,
  "maintenance-over": (e) => `${e.subject} is not being worked on any more`,
  order: (e) => `${name(e)}: what became of an order by ${who(e)}`,
  test: (e) => `${e.subject}: nothing has happened`,
};

/** Of a name that leads to several targets at once, what has to be said in other words. */
const headlinesOfSpread: Partial<Record<EventKind, (event: Event) => string>> = {
  moved: (e) => `${name(e)} leads no more to a target that ${who(e)} works on: now ${e.to}`,
  "stays-down": (e) => `${name(e)} still leads to a target that is down`,
  orphan: (e) => `${name(e)} leads to something that is not in the config`,
  repointed: (e) => `${name(e)} was given other weights by somebody else: now ${e.to}`,
};

const nextOfSpread: Partial<Record<EventKind, string>> = {
  moved: "Clients follow as their TTL runs out. It is brought back in steps once the work is over.",
  "stays-down":
    "It loses its weight as soon as another target is proven up, unless somebody holds it. Repair it.",
  orphan: "That is left as soon as a target is proven up, unless somebody holds it.",
  repointed: "It is watched so, and the weights go on to the config's. If it was not you, find out who.",
};

const next: Record<EventKind, string> = {
  down: "It is watched on; you are told when it is up again.",
  up: "Nothing to do.",
  "standby-not-ready":
    "Repair it, or let the probes in, before the primary fails: there would be nowhere to go.",
  "standby-ready": "Nothing to do.",
  partial: "Nothing is moved while it is up for some. Look at the network between.",
  refused: "Nothing is moved. Let the probes' user agent through the firewall or rate limit.",
  blind:
    "Nothing is moved. Repair what is named above; else look at the locations' own network and the reference hosts.",
  degraded:
    "All locations ask it every few seconds. If it gets worse it is taken for down, and its name moves away.",
  "seen-again": "Nothing to do.",
  failover:
    "Clients follow as their TTL runs out. Repair the primary; with failback: auto the name goes back by itself.",
  failback: "Clients follow as their TTL runs out.",
  created: "Clients may use the name now.",
  "taken-out":
    "Clients follow as their TTL runs out. Repair it: once it is up again it is brought back in steps.",
  reweighted: "A target that comes back carries more, step by step, as long as it is well.",
  "in-sync": "Nothing to do.",
  "not-in-sync": "Ask the zone's name servers with dig; look at the AWS Health Dashboard for Route 53.",
  answered: "Nothing to do: clients follow as the TTL of the old answer runs out.",
  "not-answered":
    "They are asked on. Ask them with dig as well; look at the AWS Health Dashboard for Route 53.",
  unproven: "Ask the zone's name servers with dig; look at what keeps the sweep from asking them.",
  "move-started": "You are told when it is accepted.",
  "move-failing":
    "It is tried again. Look at Route 53, and at what the sweep, or its role in the zone's account, may do.",
  "move-dropped": "The name stays where it is and is judged afresh.",
  "would-move": "Set mode: armed to let Pointsman move the name.",
  "stays-down":
    "It moves as soon as another target is proven up, unless somebody holds it. Repair one of them.",
  foreign: "Put the record back as it was, and it is armed again within a minute.",
  "answers-differ":
    "Nothing is moved for that. Ask its name servers with dig; by beacons, look at the failover records and their health checks.",
  repointed: "It is watched there, and moved away when that target is down. If it was not you, find out who.",
  "armed-again": "Nothing to do.",
  unreadable:
    "It is probed on, but a move may not get through. Look at what the sweep, or its role there, may do.",
  "readable-again": "Nothing to do.",
  orphan: "With failback: auto it goes to the primary once that is up long enough; or put the target back.",
  limit: "It goes on when the hour is over. Look why the targets take turns.",
  moved:
    "Clients follow as their TTL runs out. It leaves a target that is down; `pointsman failback` takes it back.",
  adopted: "It is watched, and moved when it has to be.",
  converted: "Drill it: `pointsman drill`. `pointsman retire` is the way back.",
  retired: "Write via: api in the config and deploy it, or `pointsman convert` once more.",
  "to-convert": "It is moved the way it was before, if that is still allowed. Run the command named above.",
  unsound:
    "Two of three beacons decide: nothing is lost yet. Find out who or what did it, and put it right before the second.",
  sound: "Nothing to do.",
  frozen: "Nothing moves it, whatever is down, until `pointsman unfreeze`.",
  unfrozen: "Nothing to do.",
  pinned: "Nothing moves it, also when that target is down, until `pointsman release`.",
  released: "Nothing to do.",
  maintenance:
    "It is probed on. Until the time is over no name is moved to it, and of it you are told only that an outage from before has ended.",
  "maintenance-over": "Nothing to do.",
  order: "Nothing to do.",
  test: "Nothing to do: an alert would have come this way.",
};
