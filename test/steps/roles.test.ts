import { expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { endpoint, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { at, broken, forever, ireland, story } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation, told, valuesOf } from "../sim/simulation.ts";
import { failing, longestGapS } from "../sim/watching.ts";

const roleArn = "arn:aws:iam::210987654321:role/zone";

/** A service like the shop whose zone is in another account. */
const abroad = (id: string): Service => ({
  ...shop,
  id,
  dns: { ...shop.dns, name: `${id}.example.com`, roleArn },
  targets: shop.targets.map((target) => ({ ...target, endpoint: `${id}/${target.id}` })),
});

/** Services whose zones are not ours, and the shop, whose zone is; every primary is broken from 65 s on. */
function open(ids: readonly string[]): Simulation {
  const services = [...ids.map(abroad), shop];
  const records = services.map(({ dns }) => ({ ...shopRecord, name: dns.name }));
  const endpoints = services.flatMap(({ id }) =>
    ["frankfurt", "ireland"].map((target) => endpoint(`${id}/${target}`, target)),
  );
  const sim = openSimulation(shopConfig({ services, endpoints }), records);
  sim.behaviour = broken(["frankfurt", 65, forever, "refuse"]);
  return sim;
}

/** STS leaves what is asked in the role without an answer for three seconds, until this second. */
function deaf(sim: Simulation, fromS: number, untilS: number): void {
  const inRole = / as arn:/;
  failing(sim, inRole, fromS, untilS);
  sim.takesMs = (effect, ms) => (inRole.test(effect) && ms >= at(fromS) && ms < at(untilS) ? 3_000 : 10);
}

const kindsOf = (sim: Simulation, service: string): string[] => [
  ...new Set(
    sim.alerts
      .filter(({ alert }) => alert.attributes.service === service)
      .map(({ alert }) => alert.attributes.event),
  ),
];

test("a name whose zone is in another account moves like any other", async () => {
  const sim = open(["blog"]);
  await runMinutes(sim, at(120));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  expect(valuesOf(sim, "blog.example.com")).toEqual([ireland]);
  const inRole = sim.lives.flatMap(({ effects }) => effects.filter((effect) => effect.endsWith(roleArn)));
  expect([...new Set(inRole)].sort()).toEqual([
    `change as ${roleArn}`,
    `read zone as ${roleArn}`,
    `status as ${roleArn}`,
  ]);
});

test("a role that cannot be had is told, its name is left alone, and moves once the role is there", async () => {
  const sim = open(["blog"]);
  deaf(sim, 0, 400);
  await runMinutes(sim, at(390));
  expect(valuesOf(sim)).toEqual([ireland]);
  expect(kindsOf(sim, "blog"), story(sim)).toEqual(["foreign"]);
  expect(sim.alerts.find(({ alert }) => alert.attributes.service === "blog")?.alert.text).toContain(
    "its zone cannot be read",
  );
  expect(valuesOf(sim, "blog.example.com")).toEqual(shopRecord.values);
  await runMinutes(sim, at(600));
  expect(kindsOf(sim, "blog")).toEqual(["foreign", "armed-again", "failover"]);
  expect(valuesOf(sim, "blog.example.com")).toEqual([ireland]);
});

test("a role that is taken away is told before the day its name has to move, and so is its return", async () => {
  const sim = open(["blog"]);
  sim.behaviour = broken();
  failing(sim, / as arn:/, 200, 900);
  await runMinutes(sim, at(890));
  expect(
    sim.alerts.map(({ alert }) => alert.id.replace(/\d+$/, "")),
    story(sim),
  ).toEqual(["blog/unreadable/"]);
  await runMinutes(sim, at(1_000));
  expect(kindsOf(sim, "blog")).toEqual(["unreadable", "readable-again"]);
});

test("a role that is lost keeps its own names waiting, and no other's", async () => {
  const ids = Array.from({ length: 60 }, (_, i) => `blog-${i}`);
  const sim = open(ids);
  deaf(sim, 0, forever);
  await runMinutes(sim, at(180));
  const moved = sim.alerts.find(({ alert }) => alert.attributes.event === "failover");
  expect(moved?.alert.attributes.service, story(sim)).toBe("shop");
  expect(moved?.atMs).toBeLessThanOrEqual(at(85));
  expect(longestGapS(sim, 10, 170)).toBeLessThanOrEqual(12);
  expect(told(sim)).not.toContain("move-failing");
});
