import { describe, expect, test } from "vitest";
import type { Alias } from "../../../local/route53/alias.ts";
import { answer } from "../../../local/route53/answer.ts";
import type { RecordType } from "../../../local/route53/values.ts";
import { type Action, applyBatch, openZone, type RecordSet } from "../../../local/route53/zone.ts";

const lb = "shop-1.eu-west-1.elb.amazonaws.com.";
const www: RecordSet = { name: "www.example.com", type: "A", ttlSeconds: 60, values: ["192.0.2.10"] };

const aliasOf = (over: Partial<Alias> = {}, type: RecordType = "A"): RecordSet => ({
  name: "shop.example.com",
  type,
  ttlSeconds: 0,
  values: [],
  alias: { name: "www.example.com.", zoneId: "Z1", evaluateTargetHealth: false, ...over },
});

const apply = (sets: readonly RecordSet[], action: Action, set: RecordSet) =>
  applyBatch(openZone("Z1", "example.com", sets), [{ action, set }]);
const messages = (result: ReturnType<typeof applyBatch>): string => (result.ok ? "" : result.messages.join());

describe("an alias is created", () => {
  test.each<[string, Partial<Alias>, RecordType, string]>([
    ["of a name of the zone", {}, "A", ""],
    ["of a name without the final dot, in capitals", { name: "WWW.example.com" }, "A", ""],
    ["of a load balancer", { name: lb, zoneId: "Z32O12XQLNTSW2", evaluateTargetHealth: true }, "AAAA", ""],
    ["of CloudFront", { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2" }, "A", ""],
    ["not of a name that is not there", { name: "no.example.com." }, "A", "target was not found"],
    ["not of another type's name", {}, "AAAA", "target was not found"],
    ["not of itself", { name: "shop.example.com." }, "A", "target was not found"],
    ["not of a name outside its zone", { name: lb }, "A", "does not lie within the target zone"],
    [
      "not of somebody's zone",
      { name: "www.example.org.", zoneId: "Z2" },
      "A",
      "does not lie within the target zone",
    ],
    ["not of a load balancer as a CNAME", { name: lb, zoneId: "Z32O12XQLNTSW2" }, "CNAME", "only A and AAAA"],
    [
      "not of CloudFront with its health",
      { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: true },
      "A",
      "EvaluateTargetHealth",
    ],
  ])("%s", (_, over, type, problem) => {
    const result = apply([www], "CREATE", aliasOf(over, type));
    expect(result.ok).toBe(problem === "");
    expect(messages(result)).toContain(problem);
  });

  test.each([
    ["a TTL", { ttlSeconds: 60 }],
    ["values", { values: ["192.0.2.1"] }],
    ["no name", { alias: { name: "", zoneId: "Z1", evaluateTargetHealth: false } }],
  ])("never with %s", (_, over) =>
    expect(apply([www], "CREATE", { ...aliasOf(), ...over })).toMatchObject({
      ok: false,
      code: "InvalidInput",
    }),
  );
});

describe("a DELETE of an alias", () => {
  test.each<[string, RecordSet, boolean]>([
    ["names it exactly", aliasOf(), true],
    ["names another target", aliasOf({ name: "x.example.com." }), false],
    ["names another zone", aliasOf({ zoneId: "Z9" }), false],
    ["says another thing of health", aliasOf({ evaluateTargetHealth: true }), false],
    ["names values", { ...www, name: "shop.example.com" }, false],
  ])("%s", (_, set, taken) => expect(apply([www, aliasOf()], "DELETE", set).ok).toBe(taken));

  test("does not fit a record with values", () =>
    expect(apply([www, { ...www, name: "shop.example.com" }], "DELETE", aliasOf()).ok).toBe(false));
});

describe("an alias is answered", () => {
  const zones = [
    openZone("Z1", "example.com", [
      www,
      aliasOf(),
      { ...aliasOf({ name: "shop.example.com." }), name: "twice.example.com" },
      { ...aliasOf({ name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2" }), name: "cdn.example.com" },
      { ...aliasOf({ name: lb, zoneId: "Z32O12XQLNTSW2" }), name: "lb.example.com" },
    ]),
    openZone("Z2FDTNDATAQYW2", "cloudfront.net", [
      { ...www, name: "d1.cloudfront.net", values: ["192.0.2.99"] },
    ]),
  ];
  const valuesOf = (name: string) =>
    answer({ name, type: "A" }, zones).answers.map((one) => [one.name, one.type, one.ttlSeconds, one.value]);
  test.each([
    [
      "by what its target holds, with that one's TTL",
      "shop.example.com",
      [["shop.example.com", "A", 60, "192.0.2.10"]],
    ],
    ["through another alias", "twice.example.com", [["twice.example.com", "A", 60, "192.0.2.10"]]],
    ["from a service's zone that is known", "cdn.example.com", [["cdn.example.com", "A", 60, "192.0.2.99"]]],
    ["by nothing where the service's zone is not known", "lb.example.com", []],
  ])("%s", (_, name, values) => expect(valuesOf(name)).toEqual(values));
});
