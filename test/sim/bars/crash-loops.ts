import { primaryOf } from "../shops.ts";
import { type Bar, largest, type Sample } from "./bar.ts";
import { changesOf, draws, hourMs, minuteMs, runWorld, warmMs } from "./worlds.ts";

const shops = 10;
const [upMs, downMs] = [120_000, 60_000];

/** An hour of each shop's primary going up and down. It goes back as soon as it is believed up: the harshest setting. */
async function crashLoops(seed: number): Promise<Sample> {
  const { between } = draws(seed);
  const spells = Array.from({ length: shops }, (_, i) => {
    const firstMs = warmMs + between(0, upMs);
    return Array.from({ length: hourMs / (upMs + downMs) }, (_, k) => {
      const fromMs = firstMs + k * (upMs + downMs);
      return { host: primaryOf(i), fromMs, toMs: fromMs + downMs, behaviour: "refuse" as const };
    });
  }).flat();
  const untilMs = warmMs + hourMs + upMs;
  const service = { failback: "auto", failbackAfterMs: 0 } as const;
  const sim = await runWorld({ seed, shops, spells, untilMs, over: { service } });
  return {
    simulatedMs: untilMs + minuteMs - warmMs,
    values: { switches: Array.from({ length: shops }, (_, i) => changesOf(sim, i).length) },
  };
}

export const crashLoopBar: Bar = {
  name: "crash loop, 120 s up, 60 s down, 1 h",
  promise: "<= 4 switches",
  worlds: 20,
  worldsInTest: 1,
  run: crashLoops,
  judge: (values) => {
    const switches = values("switches");
    return {
      measured: `${largest(switches)} switches at most (${switches.length} loops)`,
      isMet: largest(switches) <= 4,
    };
  },
};
