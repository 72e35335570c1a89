import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Probe } from "../../lambda/core/probe.ts";
import type { Vote } from "../../lambda/core/vote.ts";
import { type Asking, confirm } from "../../lambda/steps/confirm.ts";
import type { World } from "../../lambda/steps/world.ts";
import { endpoint, locations, shopConfig } from "../sim/config.ts";

const ids = ["shop/frankfurt", "shop/ireland", "shop/oslo"];

/** Two tries that make a location vote so. */
const tries = (id: string, vote: Vote): Probe[] =>
  [0, 1].map((n) => {
    const base = { id, startedAfterMs: n * 1_000, latencyMs: 20 };
    return vote === "up"
      ? { ...base, ok: true as const }
      : {
          ...base,
          ok: false as const,
          reason: vote === "down" ? ("connect-refused" as const) : ("no-time" as const),
          detail: vote,
        };
  });

/** How many locations had been heard when the confirm was concluded; they answer one after the other. */
async function heard(letters: readonly string[], isCandidate: Asking["isCandidate"]): Promise<number> {
  const config = shopConfig({ endpoints: ids.map((id) => endpoint(id)), references: [] });
  const votes = { u: "up", d: "down", "-": "unknown" } as const;
  const answers = letters.map((said) =>
    ids.flatMap((id, i) => tries(id, votes[said[i] as keyof typeof votes])),
  );
  const world: Pick<World, "now" | "sleep" | "ask" | "log"> = {
    now: () => 0,
    sleep: (_, signal) => new Promise((end) => signal?.addEventListener("abort", () => end())),
    ask: async ({ location }) => {
      const turn = locations.indexOf(location);
      for (let i = 0; i < turn; i++) await setImmediate();
      return { location, probes: answers[turn] ?? [] };
    },
    log: () => {},
  };
  let count = 0;
  await confirm(
    config,
    world as World,
    [{ id: "shop", endpoints: config.endpoints }],
    { triesOf: () => ({ triesAtMs: [0, 1_000], endMs: 3_000 }), early: () => true, isCandidate },
    async (_, { ballots }) => {
      count = Object.keys(ballots).length;
    },
  );
  return count;
}

/** Frankfurt is down. Ireland is proven by the first four; Oslo is up for all but one, and needs the fifth. */
const said = ["-uu", "duu", "duu", "du-", "duu"];

test("a confirm ends as soon as the first target that is up is proven", async () => {
  expect(await heard(said, () => true)).toBe(4);
});

test("where nobody may go to that one, it goes on until the next one is", async () => {
  expect(await heard(said, ({ id }) => id !== "shop/ireland")).toBe(5);
});
