import type { Config } from "./config.ts";
import type { Ballots, Vote } from "./vote.ts";

/**
 * All locations' judgement of one endpoint now.
 *
 * - `down`: more than two thirds of the locations that can see, and at least three, vote down.
 * - `partial`: up for some, down for two or more others.
 * - `refused`: answered, but by something that dislikes us (401, 403, 407, 429).
 * - `unknown`: too few locations can see.
 */
export type Verdict = "up" | "down" | "partial" | "refused" | "unknown";

/** How many locations said what; `pending` have not answered yet and may still. */
export type Tally = {
  readonly up: number;
  readonly down: number;
  readonly refused: number;
  readonly abstaining: number;
  readonly pending: number;
};

/** Three locations must agree on anything, or all where fewer are configured. */
export const quorum = (configured: number): number => Math.min(3, configured);

/**
 * Counts the votes on `endpoint`. A down vote of a location that cannot see counts as an abstention.
 */
export function tally(ballots: Ballots, endpoint: string, configured: number, canSee: Sight): Tally {
  const count = { up: 0, down: 0, refused: 0, abstaining: 0 };
  for (const votes of Object.values(ballots)) {
    const vote = votes[endpoint] ?? "unknown";
    if (vote === "unknown" || (vote === "down" && !canSee(votes))) count.abstaining += 1;
    else count[vote] += 1;
  }
  return { ...count, pending: configured - Object.keys(ballots).length };
}

/** Whether a location can see, by everything it voted in one confirm. */
export type Sight = (votes: Readonly<Record<string, Vote>>) => boolean;

/**
 * A location can see if anything it asked in this confirm answered it: another target of the service or a
 * reference host. Without references the rule is off and every location is believed.
 */
export const sightOf =
  ({ references }: Pick<Config, "references">): Sight =>
  (votes) =>
    references.length === 0 || Object.values(votes).some(hasSeen);

const hasSeen = (vote: Vote): boolean => vote === "up" || vote === "refused";

/** Down whatever the pending locations may still say. */
export const isDown = (t: Tally, configured: number): boolean =>
  t.down >= quorum(configured) && t.down * 3 > (t.down + t.up + t.refused + t.pending) * 2;

/** Up whatever the pending locations may still say: what a name may be moved to. */
export const isUp = (t: Tally, configured: number): boolean =>
  t.up >= quorum(configured) && t.up * 3 > (t.up + t.down + t.refused + t.pending) * 2;

/** The verdict, or `open` while a pending location may still change it. */
export function verdict(t: Tally, configured: number): Verdict | "open" {
  if (isDown(t, configured)) return "down";
  if (isUp(t, configured)) return "up";
  if (t.pending > 0) return "open";
  if (t.up + t.down + t.refused < quorum(configured)) return "unknown";
  if (t.refused > t.up && t.refused >= t.down) return "refused";
  return t.down >= 2 ? "partial" : "up";
}

/**
 * Whether this confirm proves that the name may move from `active` to `candidate`. A down vote counts only from
 * a location that in the same confirm saw the candidate up: it shows in one stroke that the location can see
 * and that the candidate would serve. The candidate itself must be up by the same quorum.
 */
export function provesMove(
  ballots: Ballots,
  active: string,
  candidate: string,
  configured: number,
  canSee: Sight,
): boolean {
  const sawCandidate: Sight = (votes) => votes[candidate] === "up";
  return (
    isDown(tally(ballots, active, configured, sawCandidate), configured) &&
    provesUp(ballots, candidate, configured, canSee)
  );
}

/**
 * Whether this confirm proves the endpoint up, by the locations that can see. One that saw something else and cannot say
 * anything of this one is no abstention here: it might be one of those that it is down for.
 */
export function provesUp(ballots: Ballots, endpoint: string, configured: number, canSee: Sight): boolean {
  const t = tally(ballots, endpoint, configured, canSee);
  const undecided = Object.values(ballots).filter(
    (votes) => (votes[endpoint] ?? "unknown") === "unknown" && Object.values(votes).some(hasSeen),
  ).length;
  return isUp({ ...t, abstaining: t.abstaining - undecided, pending: t.pending + undecided }, configured);
}

const words = { down: "down at", up: "up at", refused: "refused at", abstaining: "no view from" } as const;

/**
 * The tally as people read it: `down at 4, up at 1 of 5 locations`. Those whose answer was not waited for, because it
 * could change nothing, are left out.
 */
export function sayTally(t: Tally, configured: number): string {
  const kinds = ["down", "up", "refused", "abstaining"] as const;
  const said = kinds.flatMap((kind) => (t[kind] > 0 ? [`${words[kind]} ${t[kind]}`] : []));
  return `${said.join(", ")} of ${configured} ${configured === 1 ? "location" : "locations"}`;
}
