import { describe, expect, test } from "vitest";
import { freeze } from "../../bin/commands/freeze.ts";
import { history } from "../../bin/commands/history.ts";
import { order } from "../../bin/commands/order.ts";
import { status } from "../../bin/commands/status.ts";
import type { Service } from "../../lambda/core/config.ts";
import { endpoint, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { at, broken, forever, type Span } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation } from "../sim/simulation.ts";
import { anna, deskAt, done } from "./desk.ts";

/** A shop, and something that stands alone. */
async function watched(spans: readonly Span[] = [], service: Partial<Service> = {}, untilS = 100) {
  const config = shopConfig();
  const docs = endpoint("docs");
  const sim = openSimulation(
    { ...config, endpoints: [...config.endpoints, docs], services: [{ ...shop, ...service }] },
    [shopRecord],
  );
  sim.behaviour = broken(...spans);
  await runMinutes(sim, at(untilS));
  return sim;
}

async function shown(sim: Simulation, id?: string, json = false) {
  const { desk, said } = deskAt(sim);
  const code = await status(desk, id, { json });
  return { code, said: said() };
}

async function happened(sim: Simulation, id: string, json = false, limit = 50): Promise<string> {
  const { desk, said } = deskAt(sim);
  expect(await history(desk, id, { limit, json })).toBe(0);
  return said();
}

describe("status", () => {
  test("says where names point, how every target and endpoint is, and whether anybody watches", async () => {
    const { code, said } = await shown(await watched([["ireland", 30, forever, "refuse"]]));
    expect(said).toMatch(/^2026-11-21 09:01:40 UTC; watched\n\nshop: shop\.example\.com A, armed\n/);
    expect(said).toMatch(/frankfurt \* +192\.0\.2\.10 +up +2026-/);
    expect(said).toMatch(
      /ireland +198\.51\.100\.20 +down .* would not take over, since 2026-11-21 09:00:\d\d UTC: it is down: down at \d of 5/,
    );
    expect(said).toMatch(/ENDPOINT .*\ndocs +up .* 100\.000 % of /);
    expect(code).toBe(0);
  });

  test("says who holds what", async () => {
    const sim = await watched();
    const { desk } = deskAt(sim);
    await done(sim, order(desk, "shop", { what: "failover", pin: true }, anna), at(130));
    await done(sim, freeze(desk, undefined, "frozen", anna), at(160));
    const { said } = await shown(sim);
    expect(said).toContain("\nevery name is frozen by anna: she tries it\n");
    expect(said).toContain(
      "  held    frozen by anna: she tries it\n  held    pinned to ireland by anna: she tries it",
    );
  });

  test("that nobody watches is said, and is the exit code", async () => {
    const sim = await watched();
    await sim.clock.run(at(700));
    const { code, said } = await shown(sim);
    expect(said).toContain("NOT WATCHED");
    expect(said).toMatch(/ireland .* 6 min 30 s ago +nobody has seen it lately; would take over$/m);
    expect(code).toBe(1);
  });

  test("of one service, as JSON", async () => {
    const { said } = await shown(await watched(), "shop", true);
    expect(JSON.parse(said)).toMatchObject({
      atMs: at(100),
      isWatched: true,
      services: [
        {
          id: "shop",
          pointsTo: "frankfurt",
          record: ["192.0.2.10"],
          targets: [
            { target: "frankfurt", state: "up", hasName: true },
            { target: "ireland", state: "up", hasName: false, availability: 1 },
          ],
        },
      ],
      endpoints: [],
    });
  });

  test("before the first sweep says so", async () => {
    const sim = openSimulation(shopConfig(), [shopRecord]);
    await expect(shown(sim)).rejects.toThrow("no sweep has run on these tables yet");
  });
});

describe("in shadow mode", () => {
  const spans: Span[] = [
    ["frankfurt", 65, 200, "refuse"],
    ["frankfurt", 600, forever, "refuse"],
  ];

  test("status and history tell when it would have moved, where to, how fast and why", async () => {
    const sim = await watched(spans, { mode: "shadow" }, 700);
    const away =
      /2026-11-21 09:01:1\d UTC, to ireland away from frankfurt, \d+\.\d s after its first failed probe: down at \d of 5/;
    const { said } = await shown(sim);
    expect(said).toContain("shadow  would have moved 2 times; the last: 2026-11-21 09:10:0");
    expect(said).toContain("told    would-move, since 2026-11-21 09:10:0");
    const report = await happened(sim, "shop");
    expect(report).toContain("In shadow mode, in this part of the history, it would have moved 2 times:");
    expect(report).toMatch(away);
  });

  test("nothing would have moved so far", async () => {
    const { said } = await shown(await watched([], { mode: "shadow" }));
    expect(said).toContain("shadow  would not have moved so far");
  });
});

describe("history", () => {
  test("of a service tells of its targets, too, the newest last, with who and why and the times", async () => {
    const sim = await watched([["frankfurt", 165, forever, "refuse"]]);
    const { desk } = deskAt(sim);
    await done(sim, freeze(desk, "shop", "frozen", anna), at(130));
    await done(sim, freeze(desk, "shop", "free", { ...anna, reason: "done" }), at(160));
    await runMinutes(sim, at(260));
    const lines = (await happened(sim, "shop")).split("\n");
    expect(lines[1]).toMatch(/ by anna: she tries it$/);
    expect(lines[1]?.match(/she tries it/g)).toHaveLength(1);
    const kinds = lines.slice(1).map((line) => line.slice(25).split(" ")[0]);
    expect(kinds).toEqual(["frozen", "unfrozen", "down", "move-started", "failover", "in-sync", "answered"]);
    expect(lines[1]).toMatch(/^2026-11-21 09:01:4\d UTC {2}frozen +shop\.example\.com is frozen by anna/);
    expect(lines[5]).toMatch(
      /moved to ireland, away from frankfurt .*: connect-refused; detected after \d+\.\d s, accepted after/,
    );
    expect((await happened(sim, "shop", false, 2)).split("\n")).toHaveLength(3);
  });

  test("of an endpoint, as JSON", async () => {
    const sim = await watched([["docs", 30, forever, "refuse"]]);
    expect(JSON.parse(await happened(sim, "docs", true))).toMatchObject([{ kind: "down", subject: "docs" }]);
    expect(await happened(sim, "shop/ireland")).toBe("nothing has happened to shop/ireland yet");
  });

  test("of what nobody knows: the near names are said", async () => {
    const sim = await watched();
    await expect(happened(sim, "shp")).rejects.toThrow('did you mean "shop"?');
  });
});
