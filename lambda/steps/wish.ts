import type { Service } from "../core/config.ts";
import { type Decision, decide, type Evidence, stay } from "../core/decide.ts";
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
  const { service } = each;
  const order = openOrder(sweep, group);
  if (each.state && (order?.what === "failover" || order?.what === "failback")) {
    const answer = obey(sweep.config, service, freeOf(each.state), order, evidence);
    if (answer === "wait") {
      // A change that carries it out is neither gone on with nor given up before everybody was heard.
      if (isUnderWay(each.state, order)) return undefined;
    } else if (answer.do === "move") {
      return answer;
    } else if (answer.is === "done" && each.state.intent) {
      // It is where it is wanted, as far as is known: the change that would take it away, or has, is given up first.
      return stay("held", answer.why);
    } else {
      await update(sweep, each, (state) => close(service, state, order, answer, evidence.atMs));
    }
  }
  return each.state && byItself(sweep, service, freeOf(each.state), evidence);
}

/** What the automaton decides. */
const byItself = (sweep: Sweep, service: Service, state: ServiceState, evidence: Evidence) =>
  (service.weighted ? decideWeights : decide)(sweep.config, service, state, evidence);

/** The state without the change that is under way: what is decided says what becomes of that. */
const freeOf = ({ intent: _, ...free }: ServiceState): ServiceState => free;
