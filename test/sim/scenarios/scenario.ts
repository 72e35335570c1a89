import type { Spell } from "../nature.ts";
import { type Noise, nominal } from "../network.ts";
import type { Behaviour } from "../simulation.ts";

/** Something that may happen to a service, and that every policy has to make something of. */
export type Scenario = {
  readonly about: string;
  /** What goes wrong with the primary's host, from a time on. */
  readonly spells: (host: string, locations: readonly string[], fromMs: number) => Spell[];
  readonly noise?: Noise;
  /** How long it is looked at. */
  readonly lastsMs: number;
  /** Whether leaving the primary is right. */
  readonly isOutage: boolean;
};

const [minuteMs, hourMs] = [60_000, 3_600_000];

const outage = (about: string, behaviour: Spell["behaviour"], lastsMs = 10 * minuteMs): Scenario => ({
  about,
  spells: (host, _, fromMs) => [{ host, fromMs, toMs: fromMs + lastsMs, behaviour }],
  lastsMs,
  isOutage: true,
});

const brief = (about: string, lastsMs: number, behaviour: Behaviour): Scenario => ({
  ...outage(about, behaviour, lastsMs),
  lastsMs: 5 * minuteMs,
  isOutage: false,
});

export const scenarios: Readonly<Record<string, Scenario>> = {
  refused: outage("the primary refuses connections for 10 min", "refuse"),
  "black-hole": outage("the primary answers nobody for 10 min", "black hole"),
  error: outage("the primary answers with an error for 10 min", "error"),
  "brown-out": outage(
    "half of the primary's answers are errors, for 1 h",
    { share: 0.5, as: "error" },
    hourMs,
  ),
  restart: brief("the primary refuses connections for 4 s", 4_000, "refuse"),
  "crash-loop": {
    about: "the primary is up for 120 s and down for 60 s, in turn, for 1 h",
    spells: (host, _, fromMs) =>
      Array.from({ length: 20 }, (_, k) => ({
        host,
        fromMs: fromMs + k * 180_000,
        toMs: fromMs + k * 180_000 + 60_000,
        behaviour: "refuse" as const,
      })),
    lastsMs: hourMs,
    isOutage: true,
  },
  partial: {
    about: "two fifths of the locations cannot reach the primary, for 30 min",
    spells: (host, locations, fromMs) => [
      {
        host,
        fromMs,
        toMs: fromMs + 30 * minuteMs,
        behaviour: "black hole",
        from: locations.slice(0, Math.floor(locations.length * 0.4)),
      },
    ],
    lastsMs: 30 * minuteMs,
    isOutage: false,
  },
  "home-blind": {
    about: "the first location sees nothing at all, for 30 min",
    spells: (_, locations, fromMs) => [
      {
        host: "*",
        fromMs,
        toMs: fromMs + 30 * minuteMs,
        behaviour: "black hole",
        from: locations.slice(0, 1),
      },
    ],
    lastsMs: 30 * minuteMs,
    isOutage: false,
  },
  quiet: {
    about: "nothing is wrong but the usual loss of networks, for a day",
    spells: () => [],
    noise: nominal,
    lastsMs: 24 * hourMs,
    isOutage: false,
  },
};
