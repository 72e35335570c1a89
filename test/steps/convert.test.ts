import { describe, expect, test } from "vitest";
import { readGeneration } from "../../lambda/core/generation.ts";
import { withoutOrder } from "../../lambda/core/hands.ts";
import { serviceKey } from "../../lambda/core/service-state.ts";
import { findSet } from "../../local/route53/zone.ts";
import { agreedOf, beacons, isOut, openObjects, say } from "../sim/beacons.ts";
import { shop, shopRecord } from "../sim/config.ts";
import { checkOf, openConversion, setsNow, simple } from "../sim/conversion.ts";
import { at, broken, frankfurt, ireland, story } from "../sim/shop.ts";
import { changeZone, runMinutes, type Simulation, told } from "../sim/simulation.ts";
import { answer, filed, freeze, say as operator, order, saved } from "./operator.ts";

const orderAt = (sim: Simulation, seconds: number, what: "convert" | "retire"): void =>
  void sim.clock.sleep(seconds * 1000).then(() => order(sim, { what }));

describe("convert", () => {
  test("a simple record becomes the pair in one batch; the beacons move it from then on", async () => {
    const { sim, objects, answers } = openConversion({ objects: new Map() });
    sim.behaviour = broken(["frankfurt", 200, 330, "refuse"]);
    orderAt(sim, 63, "convert");
    await runMinutes(sim, at(190));
    expect(answer(sim), story(sim)).toBe("done");
    expect(setsNow(sim)).toMatchObject([
      { values: [frankfurt], failover: { role: "PRIMARY", healthCheckId: "check-1" } },
      { values: [ireland], failover: { role: "SECONDARY" } },
    ]);
    expect([...objects.values()]).toEqual(Array(3).fill(say("IN", 1)));
    expect(saved(sim)).toMatchObject({ generation: 1, beacons, written: { values: [frankfurt] } });
    expect(saved(sim).propagation).toBeUndefined();
    expect(told(sim)).toEqual(["to-convert", "converted"]);
    const changes = sim.zones.length;
    await runMinutes(sim, at(600));
    expect(told(sim).slice(2), story(sim)).toEqual(["failover", "up", "failback"]);
    expect(sim.zones).toHaveLength(changes);
    expect(answers).toEqual([frankfurt, ireland, frankfurt]);
  });

  test("at the standby the beacons say OUT before the name depends on them", async () => {
    const { sim, objects, answers } = openConversion({ objects: new Map() });
    sim.behaviour = broken(["frankfurt", 35, 1e9, "refuse"]);
    orderAt(sim, 123, "convert");
    await runMinutes(sim, at(300));
    expect(answer(sim), story(sim)).toBe("done");
    expect(agreedOf(objects)).toMatchObject({ word: "OUT", generation: 2 });
    expect(answers).toEqual([frankfurt, ireland]);
  });

  test("before it is ordered the name is moved by the API, and people are told which command is due", async () => {
    const { sim } = openConversion({ objects: new Map() });
    sim.behaviour = broken(["frankfurt", 35, 1e9, "refuse"]);
    await runMinutes(sim, at(180));
    expect(simple(sim)).toBe(ireland);
    expect(told(sim)).toEqual(["to-convert", "failover"]);
    expect(sim.alerts[0]?.alert.text).toContain("pointsman convert shop");
  });

  const late = at(200);
  test.each<[string, Parameters<typeof openConversion>[0], RegExp]>([
    ["the health checks are not deployed", { beacons: { ...beacons, check: "" } }, /do not exist yet/],
    ["Route 53 knows no such check", { check: () => undefined }, /does not exist/],
    ["a check is disabled", { check: () => ({ ...checkOf(1e15), isDisabled: true }) }, /disabled/],
    ["a check looks elsewhere", { check: () => checkOf(1e15, "other.com/A") }, /no health check looks/],
    [
      "no checker has read the beacons",
      { check: () => checkOf(0) },
      /have not read the beacon in eu-south-1/,
    ],
    [
      "a beacon is somebody else's",
      { objects: new Map([["eu-south-1", say("IN", 4, "thief")]]) },
      /not ours to write: eu-south-1 says IN gen=4 owner=thief/,
    ],
    ["a beacon says a later word of ours", { objects: openObjects(say("IN", 9)) }, /not ours to write/],
  ])("refused while %s, and nothing is changed", async (_, options, why) => {
    const { sim } = openConversion({ objects: new Map(), ...options });
    orderAt(sim, 63, "convert");
    await runMinutes(sim, late);
    expect(answer(sim), story(sim)).toMatch(why);
    expect(sim.zones).toHaveLength(1);
    expect(saved(sim).intent).toBeUndefined();
  });

  test("refused while a beacon cannot be written", async () => {
    const { sim } = openConversion({ objects: new Map() });
    sim.fault = (effect) => (effect === "put eu-south-1" ? "fail before" : undefined);
    orderAt(sim, 63, "convert");
    await runMinutes(sim, late);
    expect(answer(sim)).toContain("the beacon in eu-south-1 could not be read and written");
    expect(sim.zones).toHaveLength(1);
  });

  test("refused when the record is somebody else's, or the name frozen, or converted already", async () => {
    const { sim } = openConversion({ objects: new Map() });
    void sim.clock.sleep(62_900).then(() =>
      changeZone(sim, [
        { action: "DELETE", set: shopRecord },
        { action: "CREATE", set: { ...shopRecord, ttlSeconds: 99 } },
      ]),
    );
    orderAt(sim, 63, "convert");
    await runMinutes(sim, at(100));
    expect(answer(sim), story(sim)).toContain("was left otherwise");
    // Our own value under another TTL is taken in with the next look.
    await runMinutes(sim, at(150));
    await freeze(sim, "frozen");
    await order(sim, { what: "convert" });
    await runMinutes(sim, at(180));
    expect(answer(sim)).toContain("frozen by anna");
    await freeze(sim, "free");
    await order(sim, { what: "convert" });
    await runMinutes(sim, at(300));
    expect(answer(sim), story(sim)).toBe("done");
    await order(sim, { what: "convert" });
    await runMinutes(sim, at(320));
    expect(answer(sim)).toContain("moved by beacons already");
  });
});

test("an order that is taken back while it is looked into converts nothing", async () => {
  const { sim } = openConversion({ objects: openObjects(say("IN", 1)) });
  sim.fault = (effect) => {
    if (effect === "health check")
      void operator(sim, (hands) => withoutOrder(hands, serviceKey(shop), hands.number));
    return undefined;
  };
  orderAt(sim, 63, "convert");
  await runMinutes(sim, at(200));
  expect(sim.zones, story(sim)).toHaveLength(1);
});

describe("retire", () => {
  const open = (options: Parameters<typeof openConversion>[0] = {}) =>
    openConversion({ objects: openObjects(), pair: true, ...options });

  test("the pair becomes a simple record that answers what the name answers, at the standby too", async () => {
    const { sim, answers } = open();
    sim.behaviour = broken(["frankfurt", 35, 330, "refuse"]);
    orderAt(sim, 123, "retire");
    await runMinutes(sim, at(300));
    expect(answer(sim), story(sim)).toBe("done");
    expect(simple(sim)).toBe(ireland);
    const txt = findSet(sim.zones.at(-1)?.zone ?? never(), "_pointsman-a.shop.example.com", "TXT");
    expect(txt && readGeneration({ ...txt, type: "TXT" })).toEqual({ owner: "test", generation: 2 });
    expect(saved(sim).beacons).toBeUndefined();
    expect(filed(sim)).toEqual(expect.arrayContaining(["retired", "answered"]));
    await runMinutes(sim, at(600));
    expect(answers, story(sim)).toEqual([frankfurt, ireland, frankfurt]);
    expect(simple(sim)).toBe(frankfurt);
    // It was configured by beacons all the time.
    expect(told(sim)).toEqual(["failover", "retired", "to-convert", "up", "failback"]);
  });

  test("there and back and there again: each time at a higher generation", async () => {
    const { sim, objects } = open();
    for (const [i, what] of (["retire", "convert", "retire", "convert"] as const).entries()) {
      orderAt(sim, 3, what);
      await runMinutes(sim, at(180 * (i + 1)));
      expect(answer(sim), story(sim)).toBe("done");
    }
    expect(saved(sim).generation).toBe(4);
    expect(agreedOf(objects)).toMatchObject({ word: "IN", generation: 4 });
  });

  test("without the beacons, once via: api is deployed: what the name servers answer says where it is", async () => {
    const { sim, answers } = open();
    sim.behaviour = broken(["frankfurt", 35, 1e9, "refuse"]);
    await runMinutes(sim, at(118));
    const [service] = sim.config.services;
    if (service === undefined) throw new Error("the shop");
    const { beacons: _, ...dns } = service.dns;
    sim.config = { ...sim.config, services: [{ ...service, dns }] };
    sim.fault = (effect) => (/^(get|put) (eu|ca|ap)-/.test(effect) ? "fail before" : undefined);
    await runMinutes(sim, at(240));
    expect(told(sim)).toEqual(["failover", "to-convert"]);
    expect(sim.alerts.at(-1)?.alert.text).toContain("pointsman retire shop");
    await order(sim, { what: "retire" });
    await runMinutes(sim, at(400));
    expect(answer(sim), story(sim)).toBe("done");
    expect(simple(sim)).toBe(ireland);
    expect(answers).toEqual([frankfurt, ireland]);
  });

  test.each<[string, (at: ReturnType<typeof open>) => void, RegExp]>([
    [
      "somebody changed the pair",
      ({ sim }) => {
        const [primary, secondary] = setsNow(sim);
        if (!primary || !secondary) throw new Error("the pair");
        changeZone(sim, [
          { action: "DELETE", set: secondary },
          { action: "CREATE", set: { ...secondary, values: ["203.0.113.7"] } },
        ]);
      },
      /the records are .*203\.0\.113\.7.*they were left at/,
    ],
    ["the beacons say something else", ({ objects }) => sayAll(objects, say("OUT", 0)), /do not say/],
    ["the name servers answer something else", (at) => at.answer([ireland]), /answers 198\.51\.100\.20/],
    ["no name server says anything", (at) => at.answer(undefined), /none of its name servers/],
    [
      "the TXT is somebody else's",
      ({ sim }) =>
        changeZone(sim, [
          {
            action: "CREATE",
            set: {
              name: "_pointsman-a.shop.example.com",
              type: "TXT",
              ttlSeconds: 60,
              values: ['"owner=x gen=2"'],
            },
          },
        ]),
      /is not ours/,
    ],
  ])("refused when %s, and nothing is changed", async (_, happens, why) => {
    const opened = open();
    const { sim } = opened;
    await runMinutes(sim, at(62));
    happens(opened);
    const changes = sim.zones.length;
    await order(sim, { what: "retire" });
    await runMinutes(sim, at(200));
    expect(answer(sim), story(sim)).toMatch(why);
    expect(sim.zones).toHaveLength(changes);
    expect(isOut(opened.objects)).toBe(opened.objects.get("eu-south-1")?.startsWith("OUT") === true);
  });
});

const sayAll = (objects: Map<string, string>, body: string): void => {
  for (const region of beacons.regions) objects.set(region, body);
};

const never = (): never => {
  throw new Error("a zone");
};
