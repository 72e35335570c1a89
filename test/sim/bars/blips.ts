import { primaryOf } from "../shops.ts";
import type { Behaviour } from "../simulation.ts";
import { type Bar, percent, type Sample, sum } from "./bar.ts";
import { changesOf, draws, minuteMs, runWorld, warmMs } from "./worlds.ts";

const shops = 10;
const blipsEach = 56;
const apartMs = 90_000;

/** Many short outages of each shop's primary, refused, unanswered or in error, at any phase. */
async function blips(seed: number, lastsMs: readonly [low: number, high: number]): Promise<Sample> {
  const { between, some } = draws(seed);
  const spells = Array.from({ length: shops * blipsEach }, (_, k) => {
    const fromMs = warmMs + Math.floor(k / shops) * apartMs + between(0, apartMs / 2);
    const [behaviour = "refuse"] = some<Behaviour>(["refuse", "black hole", "error"], 1);
    return { host: primaryOf(k % shops), fromMs, toMs: fromMs + between(...lastsMs), behaviour };
  });
  const untilMs = warmMs + blipsEach * apartMs + minuteMs;
  const service = { failback: "auto", failbackAfterMs: 0, maxMovesPerHour: 100 } as const;
  const sim = await runWorld({ seed, shops, spells, untilMs, over: { service } });
  const changes = Array.from({ length: shops }, (_, i) => changesOf(sim, i));
  // Only a blip of the target that the name points to can move it.
  const tried = spells.filter(({ fromMs }, k) => {
    const before = (changes[k % shops] ?? []).filter(({ atMs }) => atMs < fromMs);
    return before.at(-1)?.isToPrimary ?? true;
  });
  const away = changes.map((of) => of.filter(({ isToPrimary }) => !isToPrimary).length);
  return {
    simulatedMs: untilMs - warmMs,
    values: { blips: [tried.length], failovers: [sum(away)] },
  };
}

const bar = (name: string, lastsMs: readonly [number, number], most: number, promise: string): Bar => ({
  name,
  promise,
  worlds: 19,
  worldsInTest: 1,
  run: (seed) => blips(seed, lastsMs),
  judge: (values) => {
    const [tried, failovers] = [sum(values("blips")), sum(values("failovers"))];
    return {
      measured: `${failovers} failovers of ${tried} (${percent(failovers / tried)})`,
      isMet: tried > 0 && failovers / tried <= most,
    };
  },
});

export const blipBars: readonly Bar[] = [
  bar("outage of 0.2 to 4 s", [200, 4_001], 0, "0 failovers"),
  bar("outage of 5 s", [5_000, 5_001], 0.005, "<= 0.5 % failovers"),
];
