import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { putBeat } from "./aws/beats.ts";
import { clientSettings } from "./aws/clients.ts";
import { environment } from "./aws/environment.ts";
import { log } from "./aws/log.ts";
import { openStore } from "./aws/tables.ts";
import { readPath } from "./core/heartbeat.ts";
import { isToken, readKey } from "./steps/heartbeat-token.ts";

/** As much of a request to the function's URL as is looked at: no header, no body. */
export type BeatEvent = {
  readonly rawPath: string;
  readonly requestContext: { readonly http: { readonly method: string } };
};

export type BeatAnswer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const answer = (statusCode: number, body: string, headers: Record<string, string> = {}): BeatAnswer => ({
  statusCode,
  headers: { "content-type": "text/plain", "cache-control": "no-store", ...headers },
  body: `${body}\n`,
});

/** The same for a path that is none and for a wrong token, so that nothing is learned from it. */
const unknown = answer(404, "no such heartbeat");

/** After so long without a key it is looked up again: a guess costs no read. */
const keyAgainMs = 60_000;

type Standing = { readonly client: DynamoDBClient; key: string | undefined; readMs: number };

let standing: Standing | undefined;

/** Takes in a job's signal. Whoever has the URL may say anything about that job, and nothing about another. */
export async function handler(event: BeatEvent): Promise<BeatAnswer> {
  const called = readPath(event.rawPath);
  if (called === undefined) return unknown;
  if (!["GET", "HEAD", "POST", "PUT"].includes(event.requestContext.http.method))
    return answer(405, "GET, HEAD, POST or PUT", { allow: "GET, HEAD, POST, PUT" });
  standing ??= { client: new DynamoDBClient(clientSettings(3)), key: undefined, readMs: 0 };
  const { id, token, signal } = called;
  try {
    const nowMs = Date.now();
    const key = await keyOf(standing, nowMs);
    if (key === undefined || !isToken(key, id, token)) return unknown;
    const isNew = await putBeat(standing.client, environment("STATE_TABLE"), id, signal, nowMs);
    return isNew ? answer(200, "ok") : answer(429, "said less than a second ago", { "retry-after": "1" });
  } catch (error) {
    // The job is told, so that it may call again; the token is in no line.
    log("error", "signal not taken in", { heartbeat: id, signal, error: String(error) });
    return answer(503, "not taken in: call again", { "retry-after": "1" });
  }
}

async function keyOf(standing: Standing, nowMs: number): Promise<string | undefined> {
  if (standing.key !== undefined || nowMs - standing.readMs < keyAgainMs) return standing.key;
  const names = { stateTable: environment("STATE_TABLE"), resultsTable: "" };
  const store = openStore(standing.client, names, { lease: 0, services: 0, records: 0, history: 0 });
  standing.key = await readKey(store);
  standing.readMs = nowMs;
  return standing.key;
}
