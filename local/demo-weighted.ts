import { fullWeight } from "../lambda/core/records.ts";
import {
  availabilities,
  type DemoResult,
  type DemoRun,
  everyTargetUp,
  inHistory,
  stepMs,
} from "./demo-run.ts";
import { findSets } from "./route53/zone.ts";
import { NotHappened, until } from "./timeline.ts";
import { openResolver } from "./watch/names.ts";

/** Weights by target, and how many of the resolver's answers each got. */
type Weights = Readonly<Record<string, number>>;

/** The last line of the run. */
export type WeightedResult = {
  readonly ok: true;
  readonly movedMs: number;
  readonly answeredMs: number;
  readonly fullAgainMs: number;
  /** What stood one after the other, and what a resolver was answered meanwhile. */
  readonly spreads: readonly { readonly weights: Weights; readonly answers: Weights }[];
  readonly alerts: readonly string[];
  readonly availability: DemoResult["availability"];
};

/** So many questions tell weights apart. */
const questions = 400;
const atOnce = 20;

/** Chance goes further once in more than a million runs. */
const deviations = 5;

/**
 * All targets carry their weight, one breaks and is taken out, heals, and comes back step by step: each is looked for in
 * the history, and counted in a resolver's answers.
 *
 * @throws NotHappened at the first step that does not happen in time, or is not what is answered
 */
export async function runWeightedDemo(run: DemoRun): Promise<WeightedResult> {
  const { service, timeline, primary, alerts } = run;
  const full: Weights = Object.fromEntries(service.targets.map((target) => [target.id, fullWeight(target)]));
  const withPrimary = (percent: number): Weights => ({
    ...full,
    [primary.name]: ((full[primary.name] ?? 0) * percent) / 100,
  });
  await everyTargetUp(run);
  const spreads = [await counted(run, full)];
  await primary.break("refuse");
  const brokenMs = Date.now();
  timeline.tell(`${primary.name} is broken: it refuses connections`, brokenMs);
  const out = await inHistory(run, "taken-out", brokenMs);
  const { detectedMs, acceptedMs = out.atMs } = out.times ?? { detectedMs: out.atMs };
  timeline.tell(`decided: ${out.why}`, detectedMs);
  timeline.tell(`Route 53 accepted the weights ${out.to}`, acceptedMs);
  const proof = await inHistory(run, "answered", acceptedMs);
  timeline.tell(`proven: ${proof.why}`, proof.atMs);
  spreads.push(await counted(run, withPrimary(0)));
  await primary.heal();
  const healedMs = Date.now();
  timeline.tell(`${primary.name} is healed`, healedMs);
  for (const percent of service.weighted?.stepsPercent ?? [])
    spreads.push(await counted(run, withPrimary(percent)));
  const fullAgainMs = Date.now() - healedMs;
  const steps = service.weighted?.stepsPercent.length ?? 0;
  const stepsTold = () =>
    alerts.filter(({ attributes }) => attributes["event"] === "reweighted").length >= steps || undefined;
  await until("an alert of each step", stepMs, stepsTold);
  return {
    ok: true,
    movedMs: acceptedMs - brokenMs,
    answeredMs: proof.atMs - brokenMs,
    fullAgainMs,
    spreads,
    alerts: alerts.map(({ attributes }) => attributes["event"] ?? "?"),
    availability: await availabilities(run),
  };
}

/** The weights that the name servers answer by. */
function weightsNow({ stack, service }: DemoRun): Weights {
  const { zoneId, name, type } = service.dns;
  const zone = stack.route53.answered().find(({ id }) => id === zoneId);
  const sets = zone ? findSets(zone, name, type) : [];
  return Object.fromEntries(
    sets.flatMap(({ weighted }) => (weighted ? [[weighted.setIdentifier, weighted.weight]] : [])),
  );
}

/** What a resolver is answered while these are the weights: each target its part, but for chance. */
async function counted(run: DemoRun, weights: Weights): Promise<WeightedResult["spreads"][number]> {
  const targets = Object.keys(weights);
  const isNow = () => {
    const now = weightsNow(run);
    return targets.every((id) => now[id] === weights[id]);
  };
  await until(`the weights ${say(weights)}`, stepMs, () => isNow() || undefined);
  const answers = await ask(run);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const isOff = (id: string) => {
    const part = (weights[id] ?? 0) / total;
    const most = deviations * Math.sqrt(questions * part * (1 - part));
    return Math.abs((answers[id] ?? 0) - questions * part) > most;
  };
  // Whoever was overtaken by the next step has counted answers by two weights.
  const isWhole = isNow();
  const words = `by weights ${say(weights)} a resolver is answered, of ${questions} times, ${say(answers)}`;
  if (isWhole && targets.some(isOff)) throw new NotHappened(`${words}: not each its part`);
  run.timeline.tell(isWhole ? words : `${words} (the next step came while these were counted)`);
  return { weights, answers };
}

/** Of so many answers, how many are whose. */
async function ask({ stack, service }: DemoRun): Promise<Weights> {
  const { name, type } = service.dns;
  const resolver = openResolver(stack.dns.port);
  const counts = Object.fromEntries(service.targets.map(({ id }) => [id, 0]));
  try {
    for (let asked = 0; asked < questions; asked += atOnce) {
      const round = await Promise.all(Array.from({ length: atOnce }, () => resolver.ask(name, type)));
      for (const { values } of round) {
        const whose = service.targets.find((target) => target.values.join() === values.join());
        if (whose === undefined)
          throw new NotHappened(`an answer that no target has: ${values.join() || "none"}`);
        counts[whose.id] = (counts[whose.id] ?? 0) + 1;
      }
    }
  } finally {
    resolver.close();
  }
  return counts;
}

const say = (numbers: Weights): string =>
  Object.entries(numbers)
    .map(([id, number]) => `${id} ${number}`)
    .join(", ");
