import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProbeAnswer, ProbeRequest } from "../../lambda/core/probe.ts";
import { answer } from "../../lambda/steps/answer.ts";
import { answerAtOnce, answerPorts } from "./answers.ts";
import { type Clock, openClock } from "./clock.ts";
import { deliverSweeps } from "./deliveries.ts";
import { openNature } from "./nature.ts";
import { harsh } from "./network.ts";
import { manyShops } from "./shops.ts";
import { type Behaviour, type Line, openSimulation, startMs } from "./simulation.ts";

const anyBehaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.constantFrom<Behaviour[]>("ok", "refuse", "black hole", "forbid", "error"),
  fc.record({ slowMs: fc.integer({ min: 1, max: 2_000 }).map((half) => 2 * half) }),
);

const anyQuestion = fc.record({
  host: fc.constantFrom("a", "b", "c"),
  timeoutMs: fc.constantFrom(500, 1_000, 3_000),
  triesAtMs: fc.constantFrom([0], [130], [0, 2_000, 5_000], [0, 1_000, 2_000], [0, 5_000], [0, 20, 40]),
  // Odd, where all else is even: nothing happens in the instant of the end, where either may come first.
  endMs: fc.constantFrom(1_001, 2_901, 9_001),
});

type Done = { readonly answer: ProbeAnswer; readonly afterMs: number };

async function run(work: (clock: Clock) => Promise<ProbeAnswer>): Promise<Done[]> {
  const clock = openClock(startMs);
  const done: Done[] = [];
  void work(clock).then((answer) => done.push({ answer, afterMs: clock.now() - startMs }));
  await clock.run(startMs + 60_000);
  return done;
}

describe("an answer worked out at once", () => {
  test("is what the product's own answering says, and comes when it would", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyQuestion, { minLength: 1, maxLength: 3 }),
        fc.array(anyBehaviour, { minLength: 1, maxLength: 7 }),
        fc.constantFrom(401, 3_001, 5_401),
        async (asked, behaviours, endMs) => {
          // What a try meets depends on when it starts and on whom it asks, on nothing else.
          const behaviour = (host: string, _: string, atMs: number) =>
            behaviours[(Math.floor((atMs - startMs) / 10) + host.charCodeAt(0)) % behaviours.length] ?? "ok";
          const request: ProbeRequest = {
            location: "home",
            questions: asked.map(({ host, ...question }, i) => ({
              ...question,
              id: `${i}`,
              check: { type: "tcp", host, port: 443 },
            })),
            endMs,
          };
          const real = await run((clock) => answer(request, answerPorts({ clock, behaviour }, "home")));
          const quick = await run((clock) => answerAtOnce(request, behaviour, clock, false));
          expect(quick).toEqual(real);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("makes no other run of it: harsh noise, outages, six shops, half an hour", async () => {
    const story = async (isQuick: boolean) => {
      const { config, records } = manyShops(6, { service: { failbackAfterMs: 60_000 } });
      const lines: Line[] = [];
      const onLine = (line: Line) => lines.push(line);
      const sim = openSimulation(config, records, { seed: 7, isQuick, isApart: false, onLine });
      const spell = (host: string, fromS: number, toS: number, behaviour: Behaviour) => ({
        host,
        fromMs: startMs + fromS * 1000,
        toMs: startMs + toS * 1000,
        behaviour,
      });
      sim.behaviour = openNature(
        7,
        [
          spell("p0", 300, 420, "refuse"),
          spell("p1", 305, 700, "black hole"),
          spell("p2", 600, 660, "error"),
          spell("p3", 600, 1400, { slowMs: 2_900 }),
          { ...spell("*", 900, 1300, "black hole"), from: config.locations.slice(0, 2) },
          { ...spell("p4", 1100, 1250, "black hole"), from: config.locations.slice(2, 4) },
        ],
        harsh,
      ).behaviour;
      await deliverSweeps(sim, startMs + 1_800_000);
      return lines;
    };
    const [real, quick] = [await story(false), await story(true)];
    expect(real.filter(({ text }) => text.startsWith("CHANGED")).length).toBeGreaterThanOrEqual(6);
    expect(quick).toEqual(real);
  }, 60_000);
});
