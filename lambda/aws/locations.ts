import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type ProbeAnswer, type ProbeRequest, patienceMs } from "../core/probe.ts";
import { clientSettings } from "./clients.ts";
import { perKey } from "./per-key.ts";

/** No request is longer: the config allows `confirmWithin` a minute. What ends each one in time is its own signal. */
const longestMs = 90_000;

/**
 * Asks locations by invoking the probe function of that Region and waiting for its answer. Sent once: a second try
 * would come too late to be the same question.
 */
export function openLocations(functionName: string): (request: ProbeRequest) => Promise<ProbeAnswer> {
  const clientOf = perKey((region: string) => new LambdaClient({ region, ...clientSettings(1, longestMs) }));
  return async (request) => {
    const { FunctionError, Payload } = await clientOf(request.location).send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
      { abortSignal: AbortSignal.timeout(patienceMs(request)) },
    );
    const text = Payload === undefined ? "" : Buffer.from(Payload).toString("utf8");
    if (FunctionError !== undefined) throw new Error(`${FunctionError}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as ProbeAnswer;
  };
}
