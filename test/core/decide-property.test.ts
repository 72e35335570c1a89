import fc from "fast-check";
import { expect, test } from "vitest";
import type { Config, Service, Target } from "../../lambda/core/config.ts";
import { type Decision, decide } from "../../lambda/core/decide.ts";
import type { Health } from "../../lambda/core/health.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import type { Ballots, Vote } from "../../lambda/core/vote.ts";
import { shopConfig } from "../sim/config.ts";
import { all, nineMs } from "./fixture.ts";
import { pointing, shop3 } from "./zone-fixture.ts";

/** What can be decided on; `atMs` is nine o'clock. Whatever was believed and told before, the votes are new. */
type Situation = {
  readonly config: Config;
  readonly service: Service;
  readonly state: ServiceState;
  readonly healths: Readonly<Record<string, Health>>;
  readonly ballots: Ballots;
};

const names = Array.from({ length: 7 }, (_, i) => `location-${i}`);
const targets = shop3.targets;

const anyHealth: fc.Arbitrary<Health> = fc
  .record({
    state: fc.constantFrom("up", "down", "down", "unknown"),
    sinceMs: fc.integer({ min: nineMs - 600_000, max: nineMs }),
    isComingBack: fc.boolean(),
    trouble: fc.option(fc.constantFrom("partial", "refused", "blind"), { nil: undefined, freq: 1 }),
  })
  .map(({ state, sinceMs, isComingBack, trouble }) => ({
    state,
    sinceMs,
    why: "",
    ...(state === "down" && isComingBack ? { goodSinceMs: sinceMs } : {}),
    ...(trouble === undefined ? {} : { trouble }),
  }));

/** Votes of a confirm: mostly what an outage of one target looks like, or else anything at all. */
const anyVote = fc.constantFrom<Vote>(...all);
const anyBallot = (usual: readonly Vote[]): fc.Arbitrary<Record<string, Vote>> =>
  fc
    .tuple(fc.nat(9), fc.tuple(anyVote, anyVote, anyVote))
    .map(([chance, votes]) => (chance < 8 ? usual : votes))
    .map((votes) => Object.fromEntries(targets.map(({ endpoint }, i) => [endpoint, votes[i] ?? "unknown"])));

const anySituation: fc.Arbitrary<Situation> = fc
  .record({
    size: fc.integer({ min: 1, max: 7 }),
    usual: fc.oneof(
      fc.constantFrom<[Vote, Vote, Vote]>(["down", "up", "up"], ["up", "down", "up"], ["up", "up", "up"]),
      fc.tuple(anyVote, anyVote, anyVote),
    ),
    single: fc.boolean(),
  })
  .chain(({ size, usual, single }) =>
    fc.record({
      config: fc.constant(shopConfig({ locations: names.slice(0, size), acceptSingleLocation: single })),
      service: fc
        .record({
          failback: fc.constantFrom<Service["failback"]>("auto", "auto", "manual"),
          maxMovesPerHour: fc.integer({ min: 1, max: 3 }),
        })
        .map((over) => ({ ...shop3, ...over })),
      state: fc.record({
        written: fc.constantFrom(
          null,
          ...targets.map(({ values }) => pointing(values)),
          pointing("203.0.113.99"),
        ),
        generation: fc.nat(5),
        movesFromUpMs: fc.array(fc.integer({ min: nineMs - 5_000_000, max: nineMs }), { maxLength: 4 }),
        outbox: fc.constant([]),
      }),
      healths: fc
        .tuple(anyHealth, anyHealth, anyHealth)
        .map((healths) =>
          Object.fromEntries(targets.map(({ endpoint }, i) => [endpoint, healths[i] as Health])),
        ),
      ballots: fc
        .array(anyBallot(usual), { minLength: size, maxLength: size })
        .chain((votes) => fc.nat(9).map((chance) => votes.slice(chance === 0 ? 1 : 0)))
        .map((votes) => Object.fromEntries(votes.map((one, i) => [names[i] ?? "", one]))),
    }),
  );

const decided = ({ config, service, state, healths, ballots }: Situation): Decision =>
  decide(config, service, state, { healths, ballots, atMs: nineMs });

/** How many locations said all of this, counted on fingers. */
const saying = (ballots: Ballots, ...said: readonly [endpoint: string, vote: Vote][]): number =>
  Object.values(ballots).filter((votes) => said.every(([endpoint, vote]) => votes[endpoint] === vote)).length;

/** How many saw nothing at all, and so had no vote on this target, where there are reference hosts. */
const blind = ({ references }: Config, ballots: Ballots, { endpoint }: Target): number =>
  references.length === 0
    ? 0
    : Object.values(ballots).filter(
        (votes) =>
          votes[endpoint] === "down" &&
          Object.values(votes).every((vote) => vote === "down" || vote === "unknown"),
      ).length;

/** Everything the design forbids of a move, each checked by hand. */
function flaws({ config, service, state, healths, ballots }: Situation, move: Decision): string[] {
  if (move.do === "stay") return [];
  const size = config.locations.length;
  const from = targets.find(({ id }) => id === move.from);
  const upThere = saying(ballots, [move.to.endpoint, "up"]);
  const recent = state.movesFromUpMs.filter((ms) => nineMs - ms < 3_600_000).length;
  const rules: Record<string, boolean> = {
    "to a target of the service": targets.includes(move.to) && move.to.id !== move.from,
    "three locations judge, or the user accepts fewer": size >= 3 || config.acceptSingleLocation,
    "the quorum saw the target up": upThere >= Math.min(3, size),
    "more than two thirds of those who could see and voted on it saw it up":
      upThere >
      (2 / 3) * (size - saying(ballots, [move.to.endpoint, "unknown"]) - blind(config, ballots, move.to)) -
        1e-9,
    "says whether what it leaves was up":
      move.fromUp === (move.kind === "failback" && move.failedMs === undefined),
    "no target fails without having been left down":
      move.fromUp || move.from === undefined || from !== undefined,
    "back from a healthy one only as often as allowed": !move.fromUp || recent < service.maxMovesPerHour,
    "back from a healthy one only to the primary, by itself":
      !move.fromUp || (move.to === targets[0] && service.failback === "auto"),
    "back only to what has long been up": !move.fromUp || isLongUp(healths[move.to.endpoint], service),
    "creates where nothing stands, and only there": (move.kind === "created") === (state.written === null),
  };
  if (from && !move.fromUp)
    Object.assign(rules, left(from.endpoint, move.to.endpoint, size, ballots, healths));
  return Object.entries(rules).flatMap(([rule, isKept]) => (isKept ? [] : [rule]));
}

const isLongUp = (health: Health | undefined, service: Service): boolean =>
  health?.state === "up" &&
  health.trouble === undefined &&
  nineMs - health.sinceMs >= service.failbackAfterMs;

/** What must hold of a target that is left because it is down. */
function left(
  from: string,
  to: string,
  size: number,
  ballots: Ballots,
  healths: Situation["healths"],
): Record<string, boolean> {
  const witnesses = saying(ballots, [from, "down"], [to, "up"]);
  const against = saying(ballots, [from, "up"]) + saying(ballots, [from, "refused"]);
  const silent = size - Object.keys(ballots).length;
  return {
    "it was believed down, and not coming back":
      healths[from]?.state === "down" && healths[from]?.goodSinceMs === undefined,
    "the quorum saw it down and the other up": witnesses >= Math.min(3, size),
    "and were more than two thirds": witnesses > 2 * (against + silent),
  };
}

test("no move breaks a rule of the design, whatever was believed, saved and voted", () => {
  const outcomes: Record<string, number> = {};
  fc.assert(
    fc.property(anySituation, (situation) => {
      const decision = decided(situation);
      expect(flaws(situation, decision)).toEqual([]);
      const kind = decision.do === "move" ? decision.kind : decision.code;
      outcomes[kind] = (outcomes[kind] ?? 0) + 1;
    }),
    { numRuns: 20_000 },
  );
  for (const kind of [
    "failover",
    "failback",
    "created",
    "not-proven",
    "all-down",
    "too-few-locations",
    "limit",
  ]) {
    expect(outcomes[kind], `${kind} among ${JSON.stringify(outcomes)}`).toBeGreaterThan(20);
  }
});

test("when no location sees anything up, nothing moves", () => {
  const blind = fc.constantFrom<Vote>("down", "unknown", "refused");
  fc.assert(
    fc.property(anySituation, fc.infiniteStream(blind), (situation, votes) => {
      const see = (said: Readonly<Record<string, Vote>>) =>
        Object.keys(said).map((endpoint) => [endpoint, votes.next().value ?? "down"] as const);
      const ballots = Object.fromEntries(
        Object.entries(situation.ballots).map(([name, said]) => [name, Object.fromEntries(see(said))]),
      );
      expect(decided({ ...situation, ballots }).do).toBe("stay");
    }),
  );
});
