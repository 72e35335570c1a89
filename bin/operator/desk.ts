import type { RecordType } from "../../lambda/core/config.ts";
import type { Event } from "../../lambda/core/event.ts";
import { type Hands, handsKey, type Note, noHands } from "../../lambda/core/hands.ts";
import type { Store } from "../../lambda/steps/world.ts";

/** Everything an operator's command touches outside itself. */
export type Desk = {
  readonly store: Pick<Store, "cell" | "newest">;
  /** The newest events about a service or an endpoint, newest first. */
  readonly history: (subject: string, limit: number) => Promise<readonly Event[]>;
  /** What a resolver answers for a name. @throws when it does not */
  readonly resolve: (name: string, type: RecordType) => Promise<readonly string[]>;
  /** Wall clock, Unix milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks a person; none where there is no terminal. */
  readonly ask?: (question: string) => Promise<boolean>;
  readonly print: (text: string) => void;
};

/** What every command that changes something is told. */
export type Say = {
  /** Who does it, and why: for whoever reads the history. */
  readonly who: string;
  readonly reason: string;
  /** Said beforehand: nobody is asked. */
  readonly yes?: boolean;
};

/**
 * A reason stands in the operators' row, the service's, each event and the alerts. DynamoDB takes 400 KB for a row and
 * SNS 256 KB for a message: one that did not fit would keep the service from being saved.
 */
const longestText = 300;

/** A line without what a terminal or a mail would take for more than text. */
const oneLine = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  const characters = Array.from(line);
  return characters.length > longestText ? `${characters.slice(0, longestText).join("")}…` : line;
};

export const noteOf = (desk: Desk, { who, reason }: Say): Note => ({
  who: oneLine(who),
  why: oneLine(reason),
  atMs: desk.now(),
});

/** Prints what is about to be done and asks. False when nothing is to be done. @throws where nobody can be asked */
export async function isAgreed(desk: Desk, lines: readonly string[], { yes }: Say): Promise<boolean> {
  desk.print(lines.join("\n"));
  if (yes) return true;
  if (desk.ask === undefined) {
    throw new Error("nothing was done: there is no terminal to ask at, and --yes was not said");
  }
  if (await desk.ask("Do it? [y/N] ")) return true;
  desk.print("nothing was done");
  return false;
}

/** More people at once than this would be a fault of ours. */
const mostTries = 20;

/** Changes what operators want, as it stands now, whoever else writes there. */
export async function changeHands(desk: Desk, change: (hands: Hands) => Hands): Promise<Hands> {
  const cell = desk.store.cell<Hands>(handsKey);
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const row = await cell.read();
    const next = change({ ...noHands, ...row?.body });
    if ((await cell.put(next, row?.version ?? 0)) === "saved") return next;
  }
  throw new Error("somebody else writes the operators' row all the time: try again");
}

/** How often a command looks whether what was ordered has happened. */
const lookEveryMs = 500;

/** Looks again and again until there is something to see; none when there is nothing by then. */
export async function until<T>(
  desk: Desk,
  byMs: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined || desk.now() >= byMs) return seen;
    await desk.sleep(lookEveryMs);
  }
}
