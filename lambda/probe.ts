import type { Context } from "aws-lambda";
import type { ProbeAnswer, ProbeRequest } from "./core/probe.ts";
import { answer } from "./steps/answer.ts";

// What it takes to send the answer back before the function's own time-out kills it together with what it knows.
const reserveMs = 500;

/**
 * The function that home invokes in another location: the same checks, run from there. Home is trusted, so the
 * event is not checked again. An endpoint's failure is part of the answer; only a bug of ours throws.
 */
export async function handler(
  event: ProbeRequest,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<ProbeAnswer> {
  const endMs = Math.min(event.endMs, context.getRemainingTimeInMillis() - reserveMs);
  return await answer({ ...event, endMs });
}
