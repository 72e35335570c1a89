import { primaryOf } from "../shops.ts";
import { median, quantile } from "../statistics.ts";
import { type Bar, percent, type Sample, seconds, sum } from "./bar.ts";
import { alertsOf, changesOf, decidedMs, draws, hourMs, minuteMs, runWorld, warmMs } from "./worlds.ts";

const shops = 10;

/** An hour in which a share of what each shop's primary answers is an error; how long until people and names knew. */
async function brownOuts(seed: number, share: number): Promise<Sample> {
  const { between } = draws(seed);
  const spells = Array.from({ length: shops }, (_, i) => {
    const fromMs = warmMs + between(0, 10 * minuteMs);
    const behaviour = { share, as: "error" } as const;
    return { host: primaryOf(i), fromMs, toMs: fromMs + hourMs, behaviour };
  });
  const untilMs = warmMs + 10 * minuteMs + hourMs;
  // As the config's defaults are, and back by itself.
  const service = { failback: "auto", failbackAfterMs: 10 * minuteMs } as const;
  const sim = await runWorld({ seed, shops, spells, untilMs, over: { service } });
  const after = (ms: number | undefined, fromMs: number) => (ms ?? Number.POSITIVE_INFINITY) - fromMs;
  return {
    simulatedMs: untilMs - warmMs,
    values: {
      switched: spells.map(({ fromMs }, i) => after(decidedMs(sim, i, fromMs), fromMs)),
      alerted: spells.map(({ fromMs }, i) => after(alertsOf(sim, i).find(isTold(fromMs))?.atMs, fromMs)),
      failovers: spells.map((_, i) => changesOf(sim, i).filter(({ isToPrimary }) => !isToPrimary).length),
    },
  };
}

/** What says that something is the matter with the endpoint; that nobody sees would not be true. */
const isTold =
  (fromMs: number) =>
  ({ kind, atMs }: { readonly kind: string; readonly atMs: number }): boolean =>
    atMs >= fromMs && (kind === "degraded" || kind === "partial" || kind === "failover");

const shareKnown = (delays: readonly number[]): number =>
  delays.filter((ms) => ms <= hourMs).length / delays.length;

export const brownOutBars: readonly Bar[] = [
  {
    name: "brown-out 50 %, 1 h",
    promise: "100 % switched, median <= 60 s, p95 <= 120 s, <= 1.02 failovers",
    worlds: 50,
    worldsInTest: 2,
    run: (seed) => brownOuts(seed, 0.5),
    judge: (values) => {
      const switched = values("switched");
      const each = sum(values("failovers")) / switched.length;
      const is = { share: shareKnown(switched), median: median(switched), p95: quantile(switched, 0.95) };
      return {
        measured: `${percent(is.share)} of ${switched.length} switched, median ${seconds(is.median)}, p95 ${seconds(is.p95)}, ${each.toFixed(2)} failovers each`,
        isMet: is.share === 1 && is.median <= 60_000 && is.p95 <= 120_000 && each <= 1.02,
      };
    },
  },
  {
    name: "brown-out 20 %, 1 h",
    promise: "100 % alerted, median <= 150 s",
    worlds: 50,
    worldsInTest: 2,
    run: (seed) => brownOuts(seed, 0.2),
    judge: (values) => {
      const alerted = values("alerted");
      const is = { share: shareKnown(alerted), median: median(alerted) };
      const switched = shareKnown(values("switched"));
      return {
        measured: `${percent(is.share)} of ${alerted.length} alerted, median ${seconds(is.median)}; ${percent(switched)} switched`,
        isMet: is.share === 1 && is.median <= 150_000,
      };
    },
  },
];
