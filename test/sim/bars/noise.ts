import { type Noise, nominal } from "../network.ts";
import { startMs, told } from "../simulation.ts";
import { rateBound } from "../statistics.ts";
import { type Bar, type Sample, sum, type Values } from "./bar.ts";
import { changesOf, hourMs, minuteMs, runWorld, yearMs } from "./worlds.ts";

/** Endpoints of one world, two for each shop: as many as one request asks about. */
const shops = 100;
const endpoints = 2 * shops;

/**
 * A part of a year of so many endpoints that are never down, behind a network with this noise. Paths fail each for
 * itself; a location's bad times all endpoints of a world share, so of those it is a two-hundredth of the years.
 */
async function quiet(seed: number, noise: Noise, endpointYears: number): Promise<Sample> {
  const countFromMs = startMs + minuteMs;
  const untilMs = countFromMs + Math.round((endpointYears * yearMs) / endpoints);
  const sim = await runWorld({ seed, shops, noise, untilMs, countFromMs });
  const moves = Array.from({ length: shops }, (_, i) => changesOf(sim, i).length);
  return {
    simulatedMs: untilMs - countFromMs,
    values: {
      failovers: [sum(moves)],
      downs: [told(sim).filter((kind) => kind === "standby-not-ready" || kind === "down").length],
      years: [endpointYears],
      probes: [sim.probes],
    },
  };
}

function judgeQuiet(values: Values): { measured: string; isMet: boolean } {
  const [failovers, downs, years] = [sum(values("failovers")), sum(values("downs")), sum(values("years"))];
  const bound = rateBound(failovers, years).toPrecision(2);
  return {
    measured: `${failovers} failovers, ${downs} false downs in ${years.toFixed(1)} endpoint-years (95 %: fewer than ${bound} failovers a year)`,
    isMet: failovers === 0 && downs === 0,
  };
}

/** Of one world: half an hour of its 200 endpoints. */
const yearsEach = 0.0125;

const quietBar = (name: string, noise: Noise): Bar => ({
  name,
  promise: "0 in 100 endpoint-years",
  worlds: 100 / yearsEach,
  worldsInTest: 1,
  run: (seed) => quiet(seed, noise, yearsEach),
  judge: judgeQuiet,
});

/** Probes that endpoints got, by the endpoint and hour. */
const cost: Bar = {
  name: "probes per endpoint-hour, nominal noise",
  promise: "<= 400",
  worlds: 80,
  worldsInTest: 3,
  run: (seed) => quiet(seed, nominal, yearsEach),
  judge: (values) => {
    const perHour = (sum(values("probes")) / sum(values("years")) / yearMs) * hourMs;
    return { measured: perHour.toFixed(0), isMet: perHour <= 400 };
  },
};

export const noiseBars: readonly Bar[] = [
  quietBar("false failovers, nominal noise", nominal),
  quietBar("false failovers, 1 % loss", { loss: 0.01 }),
  cost,
];
