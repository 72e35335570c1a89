import { span } from "../../lambda/core/alert.ts";
import type { Service } from "../../lambda/core/config.ts";
import { type Freeze, freezeOf, type Hands, sayNote, withFreeze } from "../../lambda/core/hands.ts";
import { type ServiceState, serviceKey } from "../../lambda/core/service-state.ts";
import { changeHands, type Desk, isAgreed, noteOf, type Say, until } from "../operator/desk.ts";
import { readRoster, serviceCalled } from "../operator/roster.ts";
import { headOf, indented, sayPlace } from "../operator/say.ts";
import { readService, readState } from "../operator/view.ts";

/** A sweep that died is replaced within 75 s, and reads what operators want every five seconds. */
const takenInByMs = 90_000;

/**
 * Holds the automaton off one service, or off all, or lets it go on; waits until that is taken in.
 *
 * @returns the exit code: 1 when it is not known to be in force
 */
export async function freeze(
  desk: Desk,
  id: string | undefined,
  is: Freeze["is"],
  say: Say,
): Promise<number> {
  const roster = await readRoster(desk);
  const services = id === undefined ? roster.services : [serviceCalled(roster, id)];
  if (services.length === 0) throw new Error("no service is deployed");
  if (!(await isAgreed(desk, await intention(desk, services, id, is), say))) return 1;
  const word: Freeze = { ...noteOf(desk, say), is };
  const [only] = id === undefined ? [] : services;
  const hands = await changeHands(desk, (hands) => withFreeze(hands, only && serviceKey(only), word));
  return (await Promise.all(services.map((service) => takenIn(desk, service, hands, is)))).every(Boolean)
    ? 0
    : 1;
}

async function intention(
  desk: Desk,
  services: readonly Service[],
  id: string | undefined,
  is: Freeze["is"],
): Promise<string[]> {
  const known = await Promise.all(
    services.map(async (service) => {
      const view = await readService(desk, service);
      const held = view.frozen ? `; frozen ${sayNote(view.frozen)}` : "";
      return indented(`${headOf(view)}; at ${sayPlace(view)}${held}`);
    }),
  );
  const whom = id === undefined ? `every name (${services.length})` : services[0]?.dns.name;
  const what =
    is === "frozen"
      ? `freeze ${whom}: nothing moves it, neither the automaton nor an order, whatever is down`
      : `unfreeze ${whom}: what is down is moved within seconds`;
  return [what, ...known];
}

/** Waits until a service's own row says so, and says what else there is to know. */
async function takenIn(desk: Desk, service: Service, hands: Hands, is: Freeze["is"]): Promise<boolean> {
  const startMs = desk.now();
  const word = freezeOf(hands, serviceKey(service));
  const state = await until(desk, startMs + takenInByMs, async () => {
    const now = await readState(desk, service);
    return now && isInForce(now, word) ? now : undefined;
  });
  if (state === undefined) {
    desk.print(
      `${service.id}: written, and no sweep has taken it in yet; it counts as soon as one reads it: see \`pointsman status\``,
    );
    return false;
  }
  const took = `after ${span(desk.now() - startMs)}`;
  desk.print(
    `${service.id}: ${state.frozen ? `frozen ${sayNote(state.frozen)}` : "not frozen"}, taken in ${took}`,
  );
  for (const line of sequel(service, state, is)) desk.print(`  ${line}`);
  // Of one service: all being frozen holds it, too, and that was not what was wanted.
  return (state.frozen !== undefined) === (is === "frozen");
}

/** Frozen by this word or a later one: somebody else may have said so in the meantime. */
const isInForce = ({ frozen }: ServiceState, word: Freeze | undefined): boolean =>
  word?.is === "frozen" ? frozen !== undefined && frozen.atMs >= word.atMs : frozen === undefined;

function sequel({ id }: Service, state: ServiceState, is: Freeze["is"]): string[] {
  if (is === "free") {
    return state.frozen ? [`it stays frozen: its own freeze, or that of all, is still there (${id})`] : [];
  }
  return [
    ...(state.intent
      ? [`a change to ${state.intent.to} was decided before: it is given up, or was sent already`]
      : []),
    ...(state.propagation ? [`a change to ${state.propagation.to} was sent before, and is on its way`] : []),
  ];
}
