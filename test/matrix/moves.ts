import type { Service } from "../../lambda/core/config.ts";
import type { Hands } from "../../lambda/core/hands.ts";
import { handsKey } from "../../lambda/core/hands.ts";
import { order, saved, work } from "../steps/operator.ts";
import type { Open, Whereto } from "./open.ts";
import { isShared, type Setting, settings, unspread } from "./shapes.ts";

/** What happens to the shop, what its name has to do then, and which sweeps may be struck at any effect. */
export type Move = {
  readonly service: Partial<Service>;
  /** From when until when the primary is down, in seconds. */
  readonly outageS?: readonly [from: number, to: number];
  /** Somebody else has put the name where it is none of ours, before it was seen for the first time. */
  readonly strays?: true;
  /** What a person does, and at what second. */
  readonly hand?: readonly [atS: number, does: (open: Open) => unknown];
  /** It begins as a simple record, and as a name that one target at a time carries. */
  readonly isSimpleFirst?: true;
  /** Where sweeps move the name to, in order. */
  readonly moves: readonly Whereto[];
  /** It is over so soon that who was struck may come too late: then nothing moves at all. */
  readonly isBrief?: true;
  /** An operator may have the name leave what is up. */
  readonly isOrdered?: true;
  readonly sweeps: readonly number[];
  /** By then all is over and told, unless something comes back later than that. */
  readonly endS: number;
  /** What else has to hold in the end. */
  readonly rules?: (open: Open) => Readonly<Record<string, boolean>>;
};

/** Deploys another config of the shop: the next sweep is started with it. */
const deploy = ({ sim }: Open, service: Service): void => {
  sim.config = { ...sim.config, services: [service] };
};

const ends = 1e9;

/** The name moves away in the first sweep, or the second where that one died, and back in the third or the fourth. */
const away: Omit<Move, "sweeps"> = {
  service: { failbackAfterMs: 30_000 },
  outageS: [35, 115],
  moves: ["standby", "primary"],
  endS: 300,
};

const lastOrder = ({ sim, service }: Open) => {
  const hands = sim.memory.cells.get(handsKey)?.body as Hands | undefined;
  const { lastOrder, placed } = saved(sim, service);
  return {
    isDone: lastOrder !== undefined && lastOrder.number === hands?.number && lastOrder.is === "done",
    isPinned: placed?.pinned === true,
  };
};

/** One of three is taken out in the first sweep or the second, and comes back in two steps in the third and the fourth. */
const out: Omit<Move, "sweeps"> = {
  service: {},
  outageS: [35, 115],
  moves: ["out", "step", "full"],
  endS: 360,
};

export const moves = {
  failover: { ...away, sweeps: [1, 2] },
  failback: { ...away, sweeps: [3, 4] },
  /** Over right after it was judged: whoever is stopped then must not act on it later. */
  "brief-outage": { ...away, outageS: [35, 46], isBrief: true, sweeps: [1], endS: 240 },
  /** Over before the last look of the confirm that it starts: nothing moves, whoever is stopped in between. */
  blip: { ...away, outageS: [39.5, 44], moves: [], sweeps: [1], endS: 180 },
  order: {
    service: { failbackAfterMs: 30_000 },
    hand: [63, ({ sim, service }) => order(sim, { what: "failover", pin: true }, service)],
    moves: ["standby"],
    isOrdered: true,
    sweeps: [2],
    endS: 240,
    rules: (open) => {
      const { isDone, isPinned } = lastOrder(open);
      return { "the order is answered: done": isDone, "it is pinned there": isPinned };
    },
  },
  /** Terraform applies its plan again in mid-outage, or a person puts beacons back. */
  retake: {
    service: { onForeign: "retake", failback: "manual" },
    outageS: [35, ends],
    hand: [70, (open) => open.point("primary")],
    moves: ["standby", "standby"],
    sweeps: [2, 3],
    endS: 300,
  },
  adopt: {
    service: { failback: "manual" },
    strays: true,
    hand: [63, ({ sim, service }) => order(sim, { what: "adopt" }, service)],
    moves: [],
    sweeps: [2],
    endS: 240,
    rules: (open) => ({ "the order is answered: done": lastOrder(open).isDone }),
  },
  /** The primary is taken out for two minutes. */
  work: {
    service: { failbackAfterMs: 30_000 },
    hand: [63, ({ sim }) => work(sim, "shop/frankfurt", 120)],
    moves: ["standby", "primary"],
    isBrief: true,
    isOrdered: true,
    sweeps: [2],
    endS: 300,
  },
  "taken-out": { ...out, sweeps: [1, 2] },
  "step-back": { ...out, sweeps: [3, 4] },
  /** A deploy gives one target less to carry. */
  reweigh: {
    service: {},
    hand: [
      63,
      (open) =>
        deploy(open, {
          ...open.service,
          targets: open.service.targets.map((one) => (one.id === "frankfurt" ? { ...one, weight: 60 } : one)),
        }),
    ],
    moves: ["reweighed"],
    isOrdered: true,
    sweeps: [3],
    endS: 270,
  },
  /** A simple record becomes weighted sets, and one simple record again. */
  conversion: {
    service: {},
    isSimpleFirst: true,
    hand: [
      63,
      async (open) => {
        deploy(open, open.service);
        await open.sim.clock.sleep(250_000);
        deploy(open, unspread(open.service));
      },
    ],
    moves: ["begun", "full", "primary"],
    isOrdered: true,
    sweeps: [3, 7],
    endS: 510,
  },
} as const satisfies Record<string, Move>;

export type MoveName = keyof typeof moves;

/** The others are about time and hands, which are the same for every shape. */
const ofEveryShape: readonly MoveName[] = ["failover", "failback", "order", "retake"];

/** Of names whose load is spread. */
const ofShared: readonly MoveName[] = ["taken-out", "step-back", "reweigh", "conversion"];

function isMoveOf(setting: Setting, move: MoveName): boolean {
  if (isShared(setting) || ofShared.includes(move)) return isShared(setting) && ofShared.includes(move);
  return setting.shape === "a" || ofEveryShape.includes(move);
}

/** A move of a record of one shape, in one way. */
export type Cell = Setting & { readonly move: MoveName };

/** The whole matrix, but for what strikes where. */
export const cells: readonly Cell[] = settings.flatMap((setting) =>
  (Object.keys(moves) as MoveName[]).flatMap((move) =>
    isMoveOf(setting, move) ? [{ ...setting, move }] : [],
  ),
);
