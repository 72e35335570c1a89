import { describe, expect, test } from "vitest";
import { locations } from "../sim/config.ts";
import { movesOf, violations } from "../sim/oracle.ts";
import { seeded } from "../sim/seeded.ts";
import { at, broken, forever, ireland, simulate, story } from "../sim/shop.ts";
import { runMinutes, type Simulation, told, valuesOf } from "../sim/simulation.ts";

/** One probe in so many is lost, of each location's to each host, by chance; the same for the same seed. */
function lossy(share: number, behaviour: Simulation["behaviour"], seed: number): Simulation["behaviour"] {
  const chance = seeded(seed);
  return (host, location, atMs) => (chance() < share ? "black hole" : behaviour(host, location, atMs));
}

/** Each of these moved a name once, in a simulated world where it should have stayed. */
describe("no name moves", () => {
  test("whenever the sight of all locations comes back: what failed before was our own blindness", async () => {
    for (let toS = 70; toS < 90; toS += 0.25) {
      const sim = simulate(broken(["*", 60, toS, "black hole"], ["ireland", 20, 60, "refuse"]));
      await runMinutes(sim, at(150));
      expect(movesOf(sim), story(sim)).toEqual([]);
      expect(told(sim), `until ${toS} s`).not.toContain("down");
    }
  });

  test("when a firewall lets us in again, for all that was lost on the way while it did not", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const sim = simulate(lossy(0.05, broken(["frankfurt", 65, 1_500, "forbid"]), seed));
      await runMinutes(sim, at(1_800));
      expect(movesOf(sim), story(sim)).toEqual([]);
      expect(told(sim)).not.toContain("down");
    }
  });

  test("to a standby that is well again, when the primary is so too", async () => {
    const sim = simulate(broken(["ireland", 65, 300, "forbid"], ["frankfurt", 125, 290, "refuse"]));
    await runMinutes(sim, at(600));
    expect(told(sim)).toContain("stays-down");
    expect(movesOf(sim), story(sim)).toEqual([]);
  });

  test("because first some paths to the primary are bad and then others", async () => {
    const [first, second] = [locations.slice(0, 2), locations.slice(2, 4)];
    const sim = simulate(
      broken(["frankfurt", 65, 600, "black hole", first], ["frankfurt", 605, 900, "black hole", second]),
    );
    await runMinutes(sim, at(1_000));
    expect(movesOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toContain("partial");
    expect(told(sim)).not.toContain("down");
  });

  test("because three paths of five are bad, and chance takes some probes of a fourth as well", async () => {
    for (const seed of [36, 45, 72, 78]) {
      const bad = broken(["frankfurt", 65, 600, "black hole", locations.slice(0, 3)]);
      const sim = simulate(lossy(0.05, bad, seed));
      await runMinutes(sim, at(700));
      expect(movesOf(sim), story(sim)).toEqual([]);
      expect(told(sim)).toContain("partial");
    }
  });

  test("because three paths of five are flaky for half an hour, and the others lose a probe in fifty", async () => {
    for (const seed of [1, 2, 3]) {
      const bad = (location: string) => ["eu-central-1", "eu-west-1", "us-east-2"].includes(location);
      const chance = seeded(seed);
      const sim = simulate((host, location) =>
        chance() < (host === "frankfurt" && bad(location) ? 0.6 : 0.02) ? "black hole" : "ok",
      );
      await runMinutes(sim, at(1_800));
      expect(movesOf(sim), story(sim)).toEqual([]);
    }
  });

  test("because one failure was not judged, home being paused, and a short one comes after it", async () => {
    const sim = simulate(broken(["frankfurt", 69.9, 70.1, "refuse"], ["frankfurt", 81.4, 83.7, "refuse"]));
    let asked = 0;
    const isConfirm = (effect: string, atMs: number) =>
      effect.startsWith("ask") && atMs > at(70.01) && atMs < at(71);
    sim.fault = (effect, atMs) =>
      isConfirm(effect, atMs) && asked++ === 2 ? { pauseMs: 9_500, when: "after" } : undefined;
    await runMinutes(sim, at(150));
    expect(story(sim)).toContain("confirm void: home was paused");
    expect(movesOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).not.toContain("down");
  });

  test.each([
    [2, 20],
    [3, 20],
    [4, 20],
    [4, 30],
  ])("for outages of %i s every %i s, each of them over within confirmWithin", async (lastS, everyS) => {
    for (const phaseS of [0, 1 / 4, 3 / 4].map((share) => share * everyS)) {
      const isOut = (atMs: number) => atMs >= at(65) && ((atMs - at(65)) / 1_000 + phaseS) % everyS < lastS;
      const sim = simulate((host, _, atMs) => (host === "frankfurt" && isOut(atMs) ? "refuse" : "ok"));
      await runMinutes(sim, at(1_800));
      expect(movesOf(sim), story(sim)).toEqual([]);
    }
  });

  test("back to a primary that has been well for failbackAfter, but for the time that nobody looked", async () => {
    const outages = [65, 130, "refuse"] as const;
    const sim = simulate(broken(["frankfurt", ...outages], ["frankfurt", 260, 798, "refuse"]), {
      failbackAfterMs: 600_000,
    });
    await runMinutes(sim, at(240));
    for (const life of sim.lives) life.dead = true;
    await sim.clock.run(at(780));
    await runMinutes(sim, at(1_300));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    await runMinutes(sim, at(1_800));
    expect(movesOf(sim), story(sim)).toHaveLength(2);
  });

  test("to a standby that two of five cannot reach, because home was paused before it asked just those", async () => {
    const late = locations.slice(0, 2);
    const is = broken(["frankfurt", 65, 200, "black hole"], ["ireland", 65, 200, "black hole", late]);
    const sim = simulate(is);
    sim.takesMs = (effect) => (late.some((location) => effect === `ask ${location}`) ? 30 : 10);
    let pauses = 0;
    sim.behaviour = (host, location, atMs) => {
      const life = sim.lives.at(-1);
      // The first three are asked, all in one moment.
      if (life && host === "ireland" && location === locations[4] && atMs > at(70) && pauses++ === 0) {
        life.frozenUntilMs = atMs + 1_750;
      }
      return is(host, location, atMs);
    };
    await runMinutes(sim, at(150));
    expect(pauses, story(sim)).toBeGreaterThan(0);
    expect(movesOf(sim), story(sim)).toEqual([]);
  });

  test("because a sweep was paused after it saved the change, and sends it when the primary is well again", async () => {
    const sim = simulate(broken(["frankfurt", 65, 85, "refuse"]));
    let pauses = 0;
    sim.fault = (effect, atMs) =>
      effect === "put service" && atMs > at(65) && pauses++ === 0
        ? { pauseMs: 25_000, when: "after" }
        : undefined;
    await runMinutes(sim, at(300));
    expect(pauses, story(sim)).toBeGreaterThan(0);
    expect(movesOf(sim), story(sim)).toEqual([]);
  });
});

test("the same world moves the name when the primary does fail", async () => {
  const sim = simulate(lossy(0.05, broken(["frankfurt", 65, forever, "black hole"]), 1));
  await runMinutes(sim, at(150));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  expect(violations(sim)).toEqual([]);
});
