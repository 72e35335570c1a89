import { span } from "../../lambda/core/alert.ts";
import type { Service, Target } from "../../lambda/core/config.ts";
import { keptSeconds } from "../../lambda/core/propagation.ts";
import { holds, sayTarget } from "../../lambda/core/records.ts";
import { type Desk, isAgreed, noteOf, type Say, until } from "../operator/desk.ts";
import { type Ending, giveOrder, sayEnding, type Wish } from "../operator/order.ts";
import { readRoster, serviceCalled, targetCalled } from "../operator/roster.ts";
import { sayService } from "../operator/say.ts";
import { objectionTo, readService, readState, type ServiceView } from "../operator/view.ts";
import { refusalOf } from "./order.ts";

export type Drill = {
  /** The standby that is tried; the first that is ready. */
  readonly to?: string;
  /** How long the name stays there. */
  readonly stayMs: number;
  /** Whether a resolver is asked for the name. */
  readonly resolve: boolean;
};

/** A resolver may give the old answer for the TTL it had; this comes on top. */
const resolverLateMs = 30_000;

/**
 * Fails a service over on purpose, looks whether that works, and goes back. It is refused where the standby is not known
 * to be up.
 *
 * @returns the exit code: 1 when it was refused, or something in it did not work
 */
export async function drill(desk: Desk, id: string, options: Drill, say: Say): Promise<number> {
  const service = serviceCalled(await readRoster(desk), id);
  const view = await readService(desk, service);
  const chosen = choice(service, view, options.to, desk.now());
  const wish: Wish = { what: "failover", ...("to" in chosen && { to: chosen.to.id }) };
  const refusal = "why" in chosen ? chosen.why : await refusalOf(desk, service, wish);
  const known = sayService(view, desk.now());
  if (!("to" in chosen) || refusal !== undefined) {
    desk.print([...known, `refused: ${refusal}`].join("\n"));
    return 1;
  }
  const { from, to } = chosen;
  const plan =
    `  will    move it to ${to.id}, look whether that works, stay for ${span(options.stayMs)}, and go back to ` +
    `${from.id}; if this command is stopped meanwhile, \`pointsman failback ${id}\` goes back`;
  if (!(await isAgreed(desk, [...known, plan], say))) return 1;
  const drilling = { ...say, reason: `drill: ${say.reason}` };
  const out = await leg(desk, service, wish, to, options, drilling);
  if (out.ending.is !== "done") return 1;
  const stayed = await stay(desk, service, to, options.stayMs);
  const back = await leg(desk, service, { what: "failback" }, from, options, drilling);
  if (back.ending.is !== "done") {
    desk.print(`the name stays at ${to.id}: \`pointsman failback ${id}\` once ${from.id} is proven up`);
  }
  const passed = out.ok && stayed && back.ok;
  desk.print(passed ? `drill passed: ${id} fails over and back` : `drill failed: see above`);
  return passed ? 0 : 1;
}

/** From where to where, or why there is no drill. */
function choice(
  service: Service,
  view: ServiceView,
  wanted: string | undefined,
  atMs: number,
): { readonly from: Target; readonly to: Target } | { readonly why: string } {
  if (service.weighted) {
    const why =
      "its load is spread over targets that all carry it; `pointsman maintenance TARGET --for 5m` takes one out";
    return { why };
  }
  const [primary] = service.targets;
  const home = view.targets[0];
  if (primary === undefined || home === undefined || !home.hasName) {
    return { why: `a drill starts at the primary, and the name points to ${view.pointsTo ?? "nothing"}` };
  }
  const noWayBack = objectionTo(home, atMs);
  if (noWayBack !== undefined) {
    return { why: `there would be no way back: ${home.target} is ${noWayBack}` };
  }
  const meant = wanted === undefined ? undefined : targetCalled(service, wanted);
  const standbys = view.targets.filter(
    ({ target }) => target !== primary.id && (!meant || target === meant.id),
  );
  const ready = standbys.find((standby) => objectionTo(standby, atMs) === undefined);
  const to = service.targets.find(({ id }) => id === ready?.target);
  if (to) return { from: primary, to };
  const said = standbys.map((standby) => `${standby.target} is ${objectionTo(standby, atMs)}`).join("; ");
  return { why: `no standby is proven up: ${said || "the name is there already"}` };
}

/** One way: the move, and whether a resolver answers it. */
async function leg(
  desk: Desk,
  service: Service,
  wish: Wish,
  to: Target,
  { resolve }: Drill,
  say: Say,
): Promise<{ readonly ending: Ending; readonly ok: boolean }> {
  desk.print(`${wish.what} to ${to.id}`);
  const before = (await readState(desk, service))?.written ?? null;
  const ending = await giveOrder(desk, service, wish, noteOf(desk, say));
  desk.print(`  ${sayEnding(ending).replaceAll("\n", "\n  ")}`);
  if (ending.is !== "done") return { ending, ok: false };
  return {
    ending,
    ok: !resolve || to.alias !== undefined || (await isAnswered(desk, service, to, keptSeconds(before))),
  };
}

/** Whether a resolver answers the target in time: it may keep what was answered before for so many seconds. */
async function isAnswered(desk: Desk, { dns }: Service, to: Target, keptFor: number): Promise<boolean> {
  const startMs = desk.now();
  let last = "nothing";
  const byMs = startMs + keptFor * 1_000 + resolverLateMs;
  const isThere = await until(desk, byMs, async () => {
    const answer = await desk.resolve(dns.name, dns.type).catch((error: unknown) => [String(error)]);
    last = answer.join(", ");
    return holds(to, dns.type, answer) ? true : undefined;
  });
  const took = span(desk.now() - startMs);
  desk.print(
    isThere
      ? `  the resolver answers ${last}, after ${took} more`
      : `  the resolver still answers ${last}, not ${sayTarget(to)}, after ${took}`,
  );
  return isThere === true;
}

/** Whether the name stayed where it was put: what fails there is left at once. */
async function stay(desk: Desk, service: Service, at: Target, forMs: number): Promise<boolean> {
  desk.print(`stays at ${at.id} for ${span(forMs)}`);
  const endMs = desk.now() + forMs;
  const trouble = await until(desk, endMs, async () => {
    const view = await readService(desk, service);
    if (view.pointsTo !== at.id) return `the name left ${at.id} for ${view.pointsTo ?? "nothing"}`;
    const target = view.targets.find(({ hasName }) => hasName);
    const trouble = target && objectionTo(target, desk.now());
    return trouble === undefined ? undefined : `${at.id} is ${trouble}`;
  });
  if (trouble !== undefined) desk.print(`  ${trouble}`);
  return trouble === undefined;
}
