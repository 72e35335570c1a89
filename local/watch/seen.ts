import { isRefusal, isVoid, type Probe } from "../../lambda/core/probe.ts";
import type { LocationCall } from "../lambda-api.ts";
import type { Seen } from "./model.ts";

/** What one call to a location says about each endpoint it was asked about. */
export function seenIn(call: LocationCall): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { id } of call.request.questions) {
    const said = typeof call.answer === "string" ? call.answer : tellingOf(call.answer.probes, id);
    seen.set(id, { atMs: call.endedMs, ...wordFor(said) });
  }
  return seen;
}

/** Of several tries the one that decides the vote: a success, else the last failure that says something. */
function tellingOf(probes: readonly Probe[], id: string): Probe | undefined {
  const tries = probes.filter((probe) => probe.id === id);
  return tries.find(({ ok }) => ok) ?? tries.findLast((probe) => !isVoid(probe)) ?? tries.at(-1);
}

function wordFor(probe: Probe | string | undefined): Pick<Seen, "is" | "said"> {
  if (probe === undefined) return { is: "nothing", said: "no answer" };
  if (typeof probe === "string") return { is: "nothing", said: probe };
  if (probe.ok) return { is: "good", said: probe.latencyMs };
  if (isVoid(probe)) return { is: "nothing", said: probe.reason };
  return { is: isRefusal(probe) ? "refused" : "bad", said: probe.reason };
}
