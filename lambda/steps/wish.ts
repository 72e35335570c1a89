import type { Service } from "../core/config.ts";
import { withinReach } from "../core/conversion.ts";
import { type Decision, decide, type Evidence, stay } from "../core/decide.ts";
import { isOrder } from "../core/hands.ts";
import { close, isUnderWay, obey } from "../core/orders.ts";
import type { Destination } from "../core/records.ts";
import type { ServiceState } from "../core/service-state.ts";
import { decideWeights } from "../core/weights.ts";
import { openOrder } from "./hands.ts";
import { type Group, type Sweep, type Switch, update } from "./watch.ts";

/**
 * What is to be done on this evidence: what an operator ordered, or what the automaton decides.
 *
 * @returns none when it cannot be said yet
 */
export async function wishFor(
  sweep: Sweep,
  group: Group,
  each: Switch,
  evidence: Evidence,
): Promise<Decision<Destination> | undefined> {
  // Whether what carries an order out is still wanted only the operators' row says.
  if (sweep.handsSilent && isOrder(each.state?.intent?.by)) return undefined;
  const answer = await obeyed(sweep, group, each, evidence);
  if (answer === "wait") return undefined;
  return answer ?? (each.state && byItself(sweep, each.service, freeOf(each.state), evidence));
}

/** The move that an operator ordered; none where nobody did, or where it came to nothing. */
async function obeyed(
  sweep: Sweep,
  group: Group,
  each: Switch,
  evidence: Evidence,
): Promise<Decision<Destination> | "wait" | undefined> {
  const { service, state } = each;
  const order = openOrder(sweep, group);
  if (state === undefined || (order?.what !== "failover" && order?.what !== "failback")) return undefined;
  const answer = obey(sweep.config, service, freeOf(state), order, evidence);
  // A change that carries it out is neither gone on with nor given up before everybody was heard.
  if (answer === "wait") return isUnderWay(state, order) ? "wait" : undefined;
  if (answer.do === "move") return answer;
  // It is where it is wanted, as far as is known: the change that would take it away, or has, is given up first.
  if (answer.is === "done" && state.intent) return stay("held", answer.why);
  await update(sweep, each, (now) => close(service, now, order, answer, evidence.atMs));
  return undefined;
}

/** What the automaton decides. */
const byItself = (sweep: Sweep, service: Service, state: ServiceState, evidence: Evidence) =>
  service.weighted
    ? decideWeights(sweep.config, service, state, evidence)
    : withinReach(service, decide(sweep.config, service, state, evidence));

/** The state without the change that is under way: what is decided says what becomes of that. */
const freeOf = ({ intent: _, ...free }: ServiceState): ServiceState => free;
