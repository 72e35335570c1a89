import type { Service } from "../../lambda/core/config.ts";
import { orderGoodForMs } from "../../lambda/core/hands.ts";
import type { Health } from "../../lambda/core/health.ts";
import { closing } from "../../lambda/core/orders.ts";
import { type Desk, isAgreed, noteOf, type Say } from "../operator/desk.ts";
import { giveOrder, sayEnding, type Wish } from "../operator/order.ts";
import { readRoster, serviceCalled, targetCalled } from "../operator/roster.ts";
import { sayPlace, sayPlaced, sayService, sayTarget } from "../operator/say.ts";
import {
  isStale,
  readService,
  readState,
  type ServiceView,
  staleAfterMs,
  standbyOf,
} from "../operator/view.ts";

/**
 * Orders something for a service (`failover`, `failback`, `release`, `adopt`, `convert`, `retire`), and waits for what becomes of it.
 *
 * @returns the exit code: 1 when nothing came of it
 */
export async function order(desk: Desk, id: string, wish: Wish, say: Say): Promise<number> {
  const service = serviceCalled(await readRoster(desk), id);
  const meant = wish.to === undefined ? wish : { ...wish, to: targetCalled(service, wish.to).id };
  const view = await readService(desk, service);
  const refusal = await refusalOf(desk, service, meant);
  const known = sayService(view, desk.now());
  if (refusal !== undefined) {
    desk.print([...known, `refused: ${refusal}`].join("\n"));
    return 1;
  }
  const lines = [...known, `  will    ${sayWish(service, view, meant, desk.now())}`];
  if (!(await isAgreed(desk, [...lines, ...warnings(view, desk.now())], say))) return 1;
  const ending = await giveOrder(desk, service, meant, noteOf(desk, say));
  desk.print(sayEnding(ending));
  const after = await readService(desk, service);
  const pin = after.placed?.pinned ? `; ${sayPlaced(after.placed)}` : "";
  desk.print(`${service.dns.name} now: ${sayPlace(after)}${pin}`);
  return ending.is === "done" ? 0 : 1;
}

/** What the sweep would refuse at once, said before anybody is asked. It decides again, on what it knows then. */
export async function refusalOf(desk: Desk, service: Service, wish: Wish): Promise<string | undefined> {
  const state = await readState(desk, service);
  if (state === undefined) return "its zone was not read yet: see `pointsman status`";
  const records = await desk.store.newest(
    service.targets.map(({ endpoint }) => endpoint),
    undefined,
  );
  const healths = Object.fromEntries([...records].map(([id, { health }]): [string, Health] => [id, health]));
  const atMs = desk.now();
  const whole = { ...wish, number: 0, expiresMs: atMs + orderGoodForMs, who: "", why: "", atMs };
  const end = closing(service, state, whole, healths, atMs);
  if (end?.is === "refused") return end.why;
  const isWatched = [...records.values()].some(({ counters }) => atMs - counters.untilMs <= staleAfterMs);
  const isConversion = wish.what === "convert" || wish.what === "retire";
  return isConversion && !isWatched ? "nobody watches it: there is no sweep to do it" : undefined;
}

function sayWish(service: Service, view: ServiceView, wish: Wish, atMs: number): string {
  switch (wish.what) {
    case "release":
      return "let the automaton move it again";
    case "adopt":
      return "take the record over as it stands in the zone now; nothing but the _pointsman TXT is written";
    case "convert":
      return "stand for it the two failover records of beacons, in one batch that changes no answer, once its health checks have read them; beacons move it from then on";
    case "retire":
      return `put one simple record in the place of beacons' failover records, in one batch, with what it answers now: ${sayPlace(view)}; Route 53's API moves it from then on`;
    case "failover":
    case "failback":
      return sayMove(service, view, wish, atMs);
  }
}

function sayMove(service: Service, view: ServiceView, { what, to, pin, force }: Wish, atMs: number): string {
  const id = what === "failback" ? service.targets[0]?.id : to;
  const target = view.targets.find(({ target }) => target === id);
  const ready = standbyOf(view, atMs);
  const where = target
    ? `${sayTarget(target)}, ${force ? "whether or not it is proven up" : "once all locations prove it up now"}`
    : `the first other target that all locations prove up now: ${ready?.target ?? "none is ready"}`;
  if (pin) return `move it to ${where}, and hold it there, also when it is down, until it is released`;
  return `move it to ${where}${force && target?.state === "down" ? leftAgain : ""}`;
}

/** An order without a pin is not a hold: the automaton leaves what is down. */
const leftAgain =
  "; it is down, so the automaton leaves it within seconds for what is proven up: --pin holds it there";

const warnings = ({ targets }: ServiceView, atMs: number): string[] =>
  targets.every((target) => isStale(target, atMs))
    ? [
        "warning: nobody has watched for minutes; an order that no sweep takes up in two minutes is taken back",
      ]
    : [];
