import type { ManyShops } from "../shops.ts";
import { primaryOf } from "../shops.ts";
import type { Behaviour } from "../simulation.ts";
import { median, quantile } from "../statistics.ts";
import { type Bar, type Judged, largest, type Sample, seconds, type Values } from "./bar.ts";
import { changesOf, decidedMs, draws, minuteMs, runWorld, warmMs } from "./worlds.ts";

/** Shops of one world. They fail one after the other, so that none waits for what another's failing probe takes. */
const shops = 10;
const slotMs = 4 * minuteMs;

/** One outage of each shop's primary, at any phase; how long until it was decided on, and until the record changed. */
async function outages(seed: number, behaviour: Behaviour, over: ManyShops): Promise<Sample> {
  const { between } = draws(seed);
  const spells = Array.from({ length: shops }, (_, i) => {
    const fromMs = warmMs + i * slotMs + between(0, 2 * minuteMs);
    return { host: primaryOf(i), fromMs, toMs: fromMs + 90_000, behaviour };
  });
  const untilMs = warmMs + shops * slotMs;
  const service = { failback: "manual", ...over.service } as const;
  const sim = await runWorld({ seed, shops, spells, untilMs, over: { ...over, service } });
  const after = (ms: number | undefined, i: number) => (ms ?? Number.NaN) - (spells[i]?.fromMs ?? 0);
  return {
    simulatedMs: sim.clock.now() - warmMs,
    values: {
      decided: spells.map(({ fromMs }, i) => after(decidedMs(sim, i, fromMs), i)),
      changed: spells.map((_, i) => after(changesOf(sim, i)[0]?.atMs, i)),
    },
  };
}

type Limits = { readonly median: number; readonly p99: number; readonly max?: number };

/** An outage that was never decided on is worse than any that was. */
const orNever = (ms: number): number => (Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms);

function judgeDelays(values: Values, limits: Limits): Judged {
  const decided = values("decided").map(orNever);
  const changed = values("changed").map(orNever);
  const is = { median: median(decided), p99: quantile(decided, 0.99), max: largest(decided) };
  const isMet =
    is.median <= limits.median && is.p99 <= limits.p99 && is.max <= (limits.max ?? Number.POSITIVE_INFINITY);
  const record = `record changed ${seconds(median(changed))} / ${seconds(quantile(changed, 0.99))}`;
  return {
    measured: `median ${seconds(is.median)}, p99 ${seconds(is.p99)}, max ${seconds(is.max)}; ${record} (${decided.length} phases)`,
    isMet,
  };
}

const inWords = ({ median, p99, max }: Limits): string =>
  `median <= ${seconds(median)}, p99 <= ${seconds(p99)}${max === undefined ? "" : `, max <= ${seconds(max)}`}`;

const detection = (name: string, behaviour: Behaviour, limits: Limits, over: ManyShops = {}): Bar => ({
  name,
  promise: inWords(limits),
  worlds: 400,
  worldsInTest: 1,
  run: (seed) => outages(seed, behaviour, over),
  judge: (values) => judgeDelays(values, limits),
});

/** Every location asks once in an interval, each at a time of its own: an interval's fifth between two looks. */
const staggered: ManyShops = { policy: { staggered: true } };

export const detectionBars: readonly Bar[] = [
  detection("black hole: outage to decision", "black hole", { median: 13_500, p99: 18_000, max: 18_500 }),
  detection("refused: outage to decision", "refuse", { median: 10_500, p99: 15_500 }),
  detection("staggered, black hole", "black hole", { median: 9_500, p99: 10_500 }, staggered),
];
