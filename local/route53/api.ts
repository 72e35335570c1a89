import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleepFor } from "node:timers/promises";
import { type Access, everybody, type Gate, openGate } from "./access.ts";
import { type Account, type ChangeRecord, openAccount } from "./account.ts";
import { type Checkers, openCheckers } from "./checkers.ts";
import { type Fault, type FaultPlan, type Faults, openFaults } from "./faults.ts";
import { routed } from "./health-checks.ts";
import { listenFrom, loopback } from "./listen.ts";
import { type Call, route, run, zoneOf } from "./operations.ts";
import { errorReply, type Reply } from "./responses.ts";
import type { Zone } from "./zone.ts";

export type Route53Options = {
  readonly zones: readonly Zone[];
  readonly now?: () => number;
  /** From PENDING to INSYNC. The real service: "usually within 60 seconds" (API_ChangeResourceRecordSets). */
  readonly propagationMs?: number;
  /** Requests a second and account; Infinity switches throttling off. */
  readonly requestsPerSecond?: number;
  /** Whose the zones are, where they are not all one account's. */
  readonly access?: Access;
  /** The account's health checks; none unless given. */
  readonly checkers?: Checkers;
  /** A busy port gives way to the next one; 0 lets the system choose. */
  readonly port?: number;
  readonly sleep?: (ms: number) => Promise<void>;
};

export type Route53 = {
  /** For `AWS_ENDPOINT_URL_ROUTE_53`. */
  readonly url: string;
  readonly port: number;
  /** The zone as the API sees it. */
  zone(id: string): Zone | undefined;
  /** The zones as DNS answers them now: what a DNS server is opened with. */
  answered(): readonly Zone[];
  /** All accepted batches, oldest first. */
  changes(): readonly ChangeRecord[];
  /** How long the changes submitted from now on stay PENDING; Infinity strands them. */
  setPropagationMs(propagationMs: number): void;
  readonly faults: Faults;
  close(): Promise<void>;
};

type Parts = {
  readonly account: Account;
  readonly faults: FaultPlan;
  readonly refusal: Gate;
  readonly checkers: Checkers;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/** A Route 53 API on 127.0.0.1 that speaks as the real one does to its SDKs. It believes whatever key a request names. */
export async function openRoute53(options: Route53Options): Promise<Route53> {
  const now = options.now ?? Date.now;
  const account = openAccount(options.zones, options.propagationMs ?? 1000);
  const faults = openFaults();
  // 5 a second was the quota for years; in 2026 the guide says 10, with bursts of 50. The stricter one teaches more.
  const refusal = openGate(options.access ?? everybody, options.requestsPerSecond ?? 5);
  const sleep = options.sleep ?? (async (ms) => void (await sleepFor(ms)));
  const checkers = options.checkers ?? openCheckers([], Number.POSITIVE_INFINITY, () => "");
  const parts: Parts = { account, faults, refusal, checkers, now, sleep };
  const server = await listenFrom(options.port ?? 5380, (port) => bind(port, parts));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://${loopback}:${port}`,
    port,
    zone: account.zone,
    answered: () => account.answered(now()).map((zone) => routed(zone, checkers.isHealthy)),
    changes: account.changes,
    setPropagationMs: account.setPropagationMs,
    faults,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bind(port: number, parts: Parts): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, parts).catch((error) => {
      send(response, errorReply("InternalFailure", String(error)));
    });
  });
  server.listen(port, loopback);
  await once(server, "listening");
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const body = await text(request);
  const reply = parts.faults.isUnreachable() ? "reset" : await replyTo(request, body, parts);
  if (reply === "reset") return void request.socket.destroy();
  send(response, reply);
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { "content-type": "text/xml" });
  response.end(body);
}

async function replyTo(request: IncomingMessage, body: string, parts: Parts): Promise<Reply | "reset"> {
  const call = route(request.method ?? "GET", new URL(request.url ?? "/", `http://${loopback}`), body);
  const refused = parts.refusal(request, call && zoneOf(call, parts.account), parts.now());
  if (refused) return errorReply(refused);
  if (!call) return errorReply("InvalidInput", `${request.method} ${request.url} is not served here`);
  const fault = parts.faults.next(call.operation);
  return fault ? withFault(fault, call, parts) : run(call, parts.account, parts.now(), parts.checkers);
}

async function withFault(fault: Fault, call: Call, parts: Parts): Promise<Reply | "reset"> {
  const { account, now, sleep, checkers } = parts;
  const error = fault.error ?? "reset";
  const reply = fault.when === "after" ? run(call, account, now(), checkers) : undefined;
  if (fault.delayMs) await sleep(fault.delayMs);
  if (error === "none") return reply ?? run(call, account, now(), checkers);
  return error === "reset" ? "reset" : errorReply(error);
}
