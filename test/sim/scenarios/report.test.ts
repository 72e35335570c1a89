import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { median } from "../statistics.ts";
import { compare } from "./compare.ts";
import { outagePicture } from "./docs.ts";
import { reportScenario, scenarioOf } from "./report.ts";
import { scenarios } from "./scenario.ts";
import { subjectOf } from "./subject.ts";
import { drawOutage, recordOutage } from "./timeline.ts";

const of = async (name: string, phases: number) => {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no ${name}`);
  return compare(
    subjectOf(),
    scenario,
    Array.from({ length: phases }, (_, i) => i + 1),
  );
};

test("an outage is found by all policies in the same runs, by Pointsman first", async () => {
  const runs = await of("black-hole", 8);
  const medians = [...runs].map(([name, each]) => {
    const found = each.flatMap(({ foundMs }) => (foundMs === undefined ? [] : [foundMs]));
    expect(found.length, name).toBe(8);
    return median(found);
  });
  expect(Math.min(...medians)).toBe(medians[0]);
});

test("a restart of 4 s and a blind home move nothing", async () => {
  for (const name of ["restart", "home-blind"]) {
    const ours = (await of(name, 8)).get("Pointsman") ?? [];
    expect(
      ours.map(({ downs }) => downs),
      name,
    ).toEqual(Array.from({ length: 8 }, () => 0));
  }
});

test("the service of a config file is simulated, in its own zone, and its story told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-"));
  const file = join(folder, "pointsman.yaml");
  writeFileSync(
    file,
    `locations: [eu-central-1, eu-north-1, us-east-2, us-west-2, ap-northeast-1]
services:
  docs:
    mode: shadow
    dns: { zoneId: Z0ABCDEFGH, name: docs.firma.org, type: A, ttl: 15s }
    check: { https: /health }
    targets: [{ id: first, value: 18.184.1.1 }, { id: second, value: 52.16.1.1 }]
`,
  );
  const report = await reportScenario("refused", { file, phases: 2, days: 1 });
  expect(report).toContain("docs (docs.firma.org), 5 locations, every 10 s; 2 runs");
  expect(report).toMatch(/Pointsman +100 %( +\d+\.\d){4} +1\.00 +0 +1100 +\d+\n/);
  expect(report).toMatch(/world +BEGINS: 18\.184\.1\.1: "refuse", for all/);
  expect(report).toMatch(/CHANGED Pointsman move: first -> second/);
  await expect(reportScenario("refused", { file, service: "shop", phases: 1, days: 1 })).rejects.toThrow(
    /has no service shop \(services: docs\)/,
  );
  rmSync(folder, { recursive: true });
});

// It shows what the policy does: when this fails, `npm run simulate -- --docs` writes picture and figures anew.
test("the documentation's picture is the one that the simulator draws today", async () => {
  const file = new URL("../../../docs/outage.svg", import.meta.url);
  const picture = await outagePicture();
  expect(picture).toContain("votes down");
  const words = (svg: string) => [...svg.matchAll(/>([^<]+)<\/text>/g)].map(([, said]) => said);
  expect(words(readFileSync(file, "utf8"))).toEqual(words(picture));
});

test("a weighted name is found when its primary's weight is taken, one of beacons is moved through the API here", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-"));
  const file = join(folder, "pointsman.yaml");
  const dns = "type: A, ttl: 15s";
  writeFileSync(
    file,
    `locations: [eu-central-1, eu-north-1, us-east-2, us-west-2, ap-northeast-1]
beacons: [eu-south-1, ca-central-1, ap-south-1]
services:
  docs:
    routing: weighted
    dns: { zoneId: Z0ABCDEFGH, name: docs.firma.org, ${dns}, also: [{ name: www.docs.firma.org }] }
    check: { https: /health }
    targets: [{ id: first, value: 18.184.1.1 }, { id: second, value: 52.16.1.1 }]
  shop:
    via: beacons
    dns: { zoneId: Z0ABCDEFGH, name: shop.firma.org, ${dns} }
    check: { https: /health }
    targets: [{ id: first, value: 18.184.1.3 }, { id: second, value: 52.16.1.3 }]
`,
  );
  const weighted = await reportScenario("refused", { file, phases: 1, days: 1 });
  expect(weighted).toMatch(/Pointsman +100 %( +\d+\.\d){4} +1\.00 +0 +1100 +\d+\n/);
  expect(weighted).toContain("CHANGED Pointsman move: first 100, second 100 -> first 0, second 100");
  const beacons = await reportScenario("restart", { file, service: "shop", phases: 1, days: 1 });
  expect(beacons).toContain("1 run, each at a phase of its own.\nMoved through Route 53's API here:");
  expect(beacons).not.toContain("to-convert");
  const picture = drawOutage(await recordOutage(subjectOf(file, "docs"), scenarioOf("refused"), 1));
  expect(picture).toContain(">first 0, second 100</text>");
  expect(picture).toContain("rings: of second;");
  rmSync(folder, { recursive: true });
});

test("in the picture no word lies on a probe, or is wider than its bar", async () => {
  const picture = drawOutage(await recordOutage(subjectOf(), scenarioOf("brown-out"), 1));
  const probes = [...picture.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  const votes = [...picture.matchAll(/<text x="([\d.]+)"[^>]*>votes down/g)].map(([, x]) => Number(x));
  expect(votes.length).toBeGreaterThan(0);
  expect(Math.max(...votes)).toBeLessThan(Math.min(...probes));
  const bars = [...picture.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="16"/g)];
  const words = [...picture.matchAll(/<text x="([\d.]+)"[^>]*fill="#ffffff">([^<]+)</g)];
  for (const [, x, said = ""] of words) {
    const bar = bars.find(([, from]) => Math.abs(Number(x) - 6 - Number(from)) < 0.2);
    expect(Number(bar?.[2]), said).toBeGreaterThan(said.length * 6);
  }
});

test("a scenario in which the name stays has no picture", async () => {
  const outage = await recordOutage(subjectOf(), scenarioOf("restart"), 1);
  expect(() => drawOutage(outage)).toThrow("the name was not moved");
});

test("what does not exist is said, with what does", async () => {
  await expect(reportScenario("fire", { phases: 1, days: 1 })).rejects.toThrow(
    /no scenario fire; there are refused, black-hole/,
  );
});
