import type { Event } from "../../../lambda/core/event.ts";
import { fullSpread } from "../../../lambda/core/shares.ts";
import { hostOf } from "../answers.ts";
import type { Behaviour, Simulation } from "../simulation.ts";
import { runOurs } from "./compare.ts";
import type { Scenario } from "./scenario.ts";
import type { Subject } from "./subject.ts";

/** One try of one location, as it met the world. */
type Try = {
  readonly atMs: number;
  readonly location: string;
  readonly host: string;
  readonly is: Behaviour;
};

/** What one outage looked like: everything a picture of it shows. */
export type Outage = {
  readonly subject: Subject;
  readonly about: string;
  readonly tries: readonly Try[];
  readonly fromMs: number;
  readonly events: readonly Event[];
};

/** Runs one outage, and keeps what a picture of it shows. */
export async function recordOutage(subject: Subject, scenario: Scenario, seed: number): Promise<Outage> {
  const tries: Try[] = [];
  const watch = (sim: Simulation) => {
    const { behaviour } = sim;
    sim.behaviour = (host, location, atMs) => {
      const is = behaviour(host, location, atMs);
      tries.push({ atMs, location, host, is });
      return is;
    };
  };
  const { sim, fromMs } = await runOurs(subject, scenario, seed, { watch });
  const events = [...sim.memory.history.values()].sort((a, b) => a.atMs - b.atMs);
  return { subject, about: scenario.about, tries, fromMs, events };
}

const [width, left, right, laneHeight, top] = [960, 190, 20, 26, 64];
const [beforeMs, afterMs] = [12_000, 15_000];

const colours = { good: "#1a7f37", bad: "#cf222e", idle: "#8c959f", text: "#1f2328", standby: "#0969da" };

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const text = (x: number, y: number, said: string, more = ""): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(said)}</text>`;

const bar = (x1: number, x2: number, y: number, fill: string): string =>
  `<rect x="${x1.toFixed(1)}" y="${(y - 8).toFixed(1)}" width="${Math.max(0, x2 - x1).toFixed(1)}" height="16" rx="3" fill="${fill}"/>`;

type Stretch = {
  readonly toX: number;
  readonly fill: string;
  /** The first that there is room for. */
  readonly said: readonly string[];
};

/** Of text of 12 px, in most fonts. */
const widestLetter = 6.5;

/** Bars one behind the other, each with what is said in it. */
function lane(y: number, stretches: readonly Stretch[]): string[] {
  let fromX = left;
  return stretches.flatMap(({ toX, fill, said }) => {
    const fits = said.find(({ length }) => length * widestLetter + 8 <= toX - fromX);
    const drawn = [bar(fromX, toX, y, fill), fits ? text(fromX + 6, y + 4, fits, `fill="#ffffff"`) : ""];
    fromX = toX;
    return drawn.filter(Boolean);
  });
}

/** When what happened to the name, from the events of one move. */
function milestones({ events, fromMs, subject }: Outage) {
  const { dns, id, targets } = subject.service;
  const moved = events.find(
    ({ kind, subject: of, atMs }) => kind === "in-sync" && of === id && atMs >= fromMs,
  );
  const [primary] = targets;
  const down = events.find(
    ({ kind, subject: of, atMs }) => kind === "down" && of === primary?.endpoint && atMs >= fromMs,
  );
  const { detectedMs, acceptedMs, inSyncMs } = moved?.times ?? {};
  if (detectedMs === undefined || acceptedMs === undefined || inSyncMs === undefined) return undefined;
  return {
    detectedMs,
    acceptedMs,
    inSyncMs,
    oldUntilMs: inSyncMs + dns.ttlSeconds * 1000,
    down,
    to: moved?.to,
  };
}

/**
 * A picture of one outage: each location's probes of the primary and the standby, who voted down, the verdict, the
 * record, and what a resolver answers that asked just before the change.
 *
 * @throws Error when the name was not moved: there is nothing to show then
 */
export function drawOutage(outage: Outage): string {
  const is = milestones(outage);
  if (is === undefined) throw new Error("the name was not moved in this run: nothing to draw");
  const { subject, fromMs } = outage;
  const { locations } = subject.config;
  const { name, ttlSeconds } = subject.service.dns;
  const [primary, ...others] = subject.service.targets;
  const names = { primary: primary?.id ?? "", others: others.map(({ id }) => id).join(" and ") };
  const after = is.to ?? "";
  const before = subject.service.weighted ? fullSpread(subject.service).id : names.primary;
  const [startMs, endMs] = [fromMs - beforeMs, is.oldUntilMs + afterMs];
  const x = (atMs: number) => left + ((atMs - startMs) / (endMs - startMs)) * (width - left - right);
  const laneY = (i: number) => top + i * laneHeight + laneHeight / 2;
  const lanes = [...locations, "verdict", "record", "a resolver's answer"];
  const bottom = top + lanes.length * laneHeight;
  const [verdictY, recordY, answerY] = [0, 1, 2].map((i) => laneY(locations.length + i)) as [
    number,
    number,
    number,
  ];
  const since = (atMs: number) => `${((atMs - fromMs) / 1000).toFixed(1)} s`;
  const votes = locations.filter((location) => is.down?.why.includes(location));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 56}" font-family="system-ui, sans-serif" font-size="12" fill="${colours.text}">`,
    `<title>${escaped(`${name}: ${outage.about}`)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(12, 22, `${name}: ${outage.about}`, `font-size="14" font-weight="600"`),
    text(
      12,
      42,
      `down after ${since(is.detectedMs)}, record changed after ${since(is.acceptedMs)}, on all name servers after ${since(is.inSyncMs)}, TTL over after ${since(is.oldUntilMs)}`,
    ),
    bar(x(fromMs), width - right, top - 8, "#ffebe9").replace('height="16"', `height="${bottom - top + 8}"`),
    ...lanes.map((name, i) => text(12, laneY(i) + 4, name)),
    ...outage.tries.flatMap((one) =>
      dot(one, subject, locations.indexOf(one.location), x, laneY, startMs, endMs),
    ),
    ...votes.map((at) =>
      text(
        left - 8,
        laneY(locations.indexOf(at)) + 4,
        "votes down",
        `fill="${colours.bad}" font-size="10" text-anchor="end"`,
      ),
    ),
    ...lane(verdictY, [
      { toX: x(is.detectedMs), fill: colours.good, said: ["up"] },
      { toX: width - right, fill: colours.bad, said: [`down at ${votes.length} of ${locations.length}`] },
    ]),
    ...lane(recordY, [
      { toX: x(is.acceptedMs), fill: colours.good, said: [before] },
      { toX: width - right, fill: colours.standby, said: [after] },
    ]),
    ...lane(answerY, [
      { toX: x(is.inSyncMs), fill: colours.good, said: [before] },
      {
        toX: x(is.oldUntilMs),
        fill: colours.idle,
        said: [`${before}, remembered for ${ttlSeconds} s`, before],
      },
      { toX: width - right, fill: colours.standby, said: [after] },
    ]),
    ...axis(fromMs, startMs, endMs, x, bottom),
    legend(bottom + 44, names),
    "</svg>",
    "",
  ].join("\n");
}

/** One try: full where it was of the primary, a ring where it was of the standby. */
function dot(
  { atMs, host, is }: Try,
  subject: Subject,
  lane: number,
  x: (atMs: number) => number,
  laneY: (lane: number) => number,
  startMs: number,
  endMs: number,
): string[] {
  const isReference = subject.config.references.some((reference) => hostOf(reference) === host);
  if (atMs < startMs || atMs > endMs || isReference || lane < 0) return [];
  const colour = is === "ok" ? colours.good : colours.bad;
  const isPrimary = host === subject.host;
  const look = isPrimary
    ? `r="3.5" fill="${colour}"`
    : `r="3" fill="none" stroke="${colour}" stroke-width="1.5"`;
  return [
    `<circle cx="${x(atMs).toFixed(1)}" cy="${(laneY(lane) + (isPrimary ? 4 : -5)).toFixed(1)}" ${look}/>`,
  ];
}

function axis(
  fromMs: number,
  startMs: number,
  endMs: number,
  x: (atMs: number) => number,
  y: number,
): string[] {
  const stepMs = endMs - startMs > 120_000 ? 30_000 : 5_000;
  const first = Math.ceil((startMs - fromMs) / stepMs) * stepMs;
  const marks: string[] = [];
  for (let ms = first; fromMs + ms <= endMs; ms += stepMs) {
    marks.push(text(x(fromMs + ms), y + 18, `${ms / 1000} s`, `text-anchor="middle" fill="${colours.idle}"`));
  }
  return marks;
}

const legend = (y: number, names: { primary: string; others: string }): string =>
  text(
    12,
    y,
    `Full dots: probes of ${names.primary}; rings: of ${names.others}; green: answered, red: failed. Red ground: the outage. Seconds since it began.`,
    `fill="${colours.idle}"`,
  );
