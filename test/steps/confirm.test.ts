import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Probe } from "../../lambda/core/probe.ts";
import type { Ballots, Vote } from "../../lambda/core/vote.ts";
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

/** The ballots on which a confirm was concluded, of locations that answer one after the other. */
async function ballotsOf(
  answers: readonly (readonly Probe[])[],
  {
    isCandidate = () => true,
    sleep = (_, signal) => new Promise((end) => signal?.addEventListener("abort", () => end())),
    beforeAnswer = async () => {},
  }: {
    readonly isCandidate?: Asking["isCandidate"];
    readonly sleep?: World["sleep"];
    readonly beforeAnswer?: () => Promise<void>;
  } = {},
): Promise<Ballots> {
  const config = shopConfig({ endpoints: ids.map((id) => endpoint(id)), references: [] });
  const world: Pick<World, "now" | "sleep" | "ask" | "log"> = {
    now: () => 0,
    sleep,
    ask: async ({ location }) => {
      const turn = locations.indexOf(location);
      for (let i = 0; i < turn; i++) await setImmediate();
      await beforeAnswer();
      return { location, probes: answers[turn] ?? [] };
    },
    log: () => {},
  };
  let concluded: Ballots = {};
  await confirm(
    config,
    world as World,
    [{ id: "shop", endpoints: config.endpoints }],
    { triesOf: () => ({ triesAtMs: [0, 1_000], endMs: 3_000 }), early: () => true, isCandidate },
    async (_, { ballots }) => {
      concluded = ballots;
    },
  );
  return concluded;
}

/** How many locations had been heard when the confirm was concluded. */
async function heard(letters: readonly string[], isCandidate: Asking["isCandidate"]): Promise<number> {
  const votes = { u: "up", d: "down", "-": "unknown" } as const;
  const answers = letters.map((said) =>
    ids.flatMap((id, i) => tries(id, votes[said[i] as keyof typeof votes])),
  );
  return Object.keys(await ballotsOf(answers, { isCandidate })).length;
}

/** Frankfurt is down. Ireland is proven by the first four; Oslo is up for all but one, and needs the fifth. */
const said = ["-uu", "duu", "duu", "du-", "duu"];

test("a confirm ends as soon as the first target that is up is proven", async () => {
  expect(await heard(said, () => true)).toBe(4);
});

test("where nobody may go to that one, it goes on until the next one is", async () => {
  expect(await heard(said, ({ id }) => id !== "shop/ireland")).toBe(5);
});

test("what a location tried before it saw anything at all says nothing", async () => {
  const [frankfurt, ireland] = ["shop/frankfurt", "shop/ireland"];
  const failed = (id: string, ms: number): Probe[] =>
    tries(id, "down").map((probe) => ({ ...probe, startedAfterMs: ms }));
  const late: Probe = {
    id: frankfurt,
    startedAfterMs: 5_000,
    latencyMs: 400,
    ok: false,
    reason: "no-time",
    detail: "",
  };
  const seen = (ms: number): Probe => ({ id: ireland, startedAfterMs: ms, latencyMs: 20, ok: true });
  const ballots = await ballotsOf([
    [...failed(frankfurt, 0), late, ...failed(ireland, 0), seen(5_000)],
    [...failed(frankfurt, 0), late, ...failed(ireland, 0)],
    [...failed(frankfurt, 0), late, seen(0)],
    [...failed(frankfurt, 1_900), ...failed(ireland, 0), seen(1_900)],
  ]);
  expect(Object.values(ballots).map((votes) => votes[frankfurt])).toEqual([
    "unknown",
    "down",
    "down",
    "down",
    "unknown",
  ]);
});

test("what was tried in the same breath as something that answered counts, though it began a moment before", async () => {
  const silent = tries(ids[0] ?? "", "down");
  const well: Probe = { id: ids[1] ?? "", startedAfterMs: 4, latencyMs: 20, ok: true };
  const ballots = await ballotsOf(locations.map(() => [...silent, well]));
  expect(Object.values(ballots).map((votes) => votes[ids[0] ?? ""])).toEqual(locations.map(() => "down"));
});

test("an answer that came while home was paused is heard, though it is read only after the timers that were due", async () => {
  const turns = async (count: number) => {
    for (let i = 0; i < count; i++) await setImmediate();
  };
  const timers = async (ms: number) => (ms < 100 ? await turns(9) : undefined);
  const ballots = await ballotsOf(
    locations.map(() => tries("shop/frankfurt", "up")),
    {
      sleep: timers,
      beforeAnswer: () => turns(3),
    },
  );
  expect(Object.values(ballots).map((votes) => votes["shop/frankfurt"])).toEqual(locations.map(() => "up"));
});
