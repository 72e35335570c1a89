import { describe, expect, test } from "vitest";
import { type Row, refusesEach } from "./refuses.ts";
import { parse, parseValid, withService } from "./sample.ts";

const weighted = (more = "") => withService({ more: `    routing: weighted\n${more}` });
const first = (more: string) => `{ id: frankfurt, value: 3.120.0.10, ${more} }`;

describe("a weighted service that makes no sense is refused", () => {
  refusesEach([
    [
      weighted("    ▸failback: auto"),
      "services.shop.failback",
      "goes with routing: failover",
      "steps and stepFor",
    ],
    [weighted("    ▸failbackAfter: 5m"), "services.shop.failbackAfter", "goes with routing: failover"],
    [weighted("    steps: ▸[5, 25]"), "services.shop.steps", "the last one is 100", "[5, 25, 100]"],
    [weighted("    steps: ▸[25, 5, 100]"), "services.shop.steps", "steps rise"],
    [weighted("    steps: [5, ▸0, 100]"), "services.shop.steps[1]", "1"],
    [weighted("    steps: ▸[]"), "services.shop.steps", "the last one is 100"],
    [
      withService({ first: first("weight: ▸10"), more: "    routing: weighted" }),
      "services.shop.targets[0].weight",
      "a weight of 10 is too small for a step of 5 %",
      "20 or more",
    ],
    [
      withService({ first: first("weight: ▸256"), more: "    routing: weighted" }),
      "services.shop.targets[0].weight",
      "255",
    ],
    [
      withService({ first: first("▸weight: 10") }),
      "services.shop.targets[0].weight",
      "weight goes with routing: weighted",
      "routing: weighted",
    ],
    [withService({ more: "    ▸steps: [100]" }), "services.shop.steps", "steps goes with routing: weighted"],
    [
      withService({ more: "    ▸stepFor: 1m" }),
      "services.shop.stepFor",
      "stepFor goes with routing: weighted",
    ],
    [
      `${weighted("    via: ▸beacons")}\nbeacons: [eu-south-1, ca-central-1, ap-south-1]\n`,
      "services.shop.via",
      "cannot spread the load",
      "via: api, or routing: failover",
    ],
  ] satisfies Row[]);
});

test("weights, and how a target is brought back, have defaults", () => {
  const [service] = parseValid(weighted()).config.services;
  expect(service?.weighted).toEqual({ stepsPercent: [5, 25, 100], stepForMs: 300_000 });
  expect(service?.targets.map(({ weight }) => weight)).toEqual([100, 100]);
});

test("what is written counts", () => {
  const written = withService({
    first: first("weight: 5"),
    more: "    routing: weighted\n    steps: [20, 100]\n    stepFor: 90s",
  });
  const [service] = parseValid(written).config.services;
  expect(service?.weighted).toEqual({ stepsPercent: [20, 100], stepForMs: 90_000 });
  expect(service?.targets.map(({ weight }) => weight)).toEqual([5, 100]);
});

test("a service that is not weighted says nothing of it", () => {
  const [service] = parseValid(withService({ more: "    routing: failover" })).config.services;
  expect(service).not.toHaveProperty("weighted");
  expect(service?.targets[0]).not.toHaveProperty("weight");
});

test("what is wrong elsewhere in the steps is said once", () => {
  const loaded = parse(weighted("    steps: [5, x]"));
  expect(loaded.ok ? [] : loaded.errors.map(({ path }) => path)).toEqual(["services.shop.steps[1]"]);
});
