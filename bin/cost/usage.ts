import type { Check, Config } from "../../lambda/core/config.ts";
import { due, tickMs } from "../../lambda/core/due.ts";
import type { Question } from "../../lambda/core/probe.ts";
import { requestsOf } from "../../lambda/steps/tick.ts";
import { probeMemoryMb, sweepMemoryMb } from "../../lib/memory.ts";
import type { Meter } from "./prices.ts";

/** A part of the bill: so much of something in a month of 730 hours. */
export type Use = { readonly part: string; readonly meter: Meter; readonly amount: number };

const monthHours = 730;
const monthMinutes = monthHours * 60;
const hourMs = 3_600_000;
const gb = 1e9;

/** What is assumed where the config does not say it; `pointsman cost` prints the first three. */
export const assumed = {
  /** How long an answer takes on average of five Regions: three round trips of 0.1 s for https, one for tcp. */
  answerMs: { https: 300, http: 200, tcp: 100 },
  /** Probes that fail for no reason of the endpoint's: each has all locations asked, for half a second. */
  lostProbes: 0.001,
  alertsAMonth: 100,
} as const;

const confirmMs = 500;

/** A name that is moved by beacons: three checks by https, for a text, every 10 s, and one that is CALCULATED. */
const beaconsOfName = 3;
const checksOfBeacon = { checks: beaconsOfName + 1, options: beaconsOfName * 3 } as const;

/**
 * Checkers that read each beacon every 10 s, about; their reads are the bucket's, and each takes headers, TLS and a line.
 * Seen and written to by the sweep: each minute, and with a few moves.
 */
const checkers = 16;
const checkerReads = checkers * 6;
const checkerBytes = 1_000;
const movesAMonth = 10;

/** A sweep's minute, and on average 3 s in which its successor waits for the lease: 2.5 s to the next renewal. */
const sweepSeconds = 63;

/** Measured by `npm run bench`: 12 renewals, a wish, a take and a release. */
const leaseWrites = 15;

/** A waiter looks twice a second. */
const leaseReads = 8;

/** What operators want is read every five seconds (`lambda/steps/orders.ts`). */
const handsReads = 12;

/** Items of an endpoint: a minute's for 8 days, an hour's for 100 (`expiresS`); each takes up to 1 KB. */
const keptItems = 8 * 24 * 59 + 100 * 24;
const itemBytes = 1_000;

/** A sweep's line. */
const logBytes = 600;

/** What a probe sends: measured at the socket, and 52 bytes for each of its packets. */
const sentBytes = { https: 1_150, http: 550, tcp: 250 } as const;

/** A request to a location beside its questions: headers, signature, TLS. */
const envelopeBytes = 4_000;
const answerBytes = 90;

/** Three watch the sweep; one in the second location watches home. */
const alarms = (config: Config): number => (config.locations.length > 1 ? 4 : 3);
const metrics = 3;

type Kind = "https" | "http" | "tcp";

/** What each check of a check costs most like: one over TLS, one with a request, a bare connection or datagram. */
export const kindsOf = (check: Check): Kind[] => {
  if ("checks" in check) return check.checks.flatMap(kindsOf);
  if ("url" in check) return [/^(?:https|wss):/.test(check.url) ? "https" : "http"];
  if (check.type === "grpc") return [check.tls ? "https" : "http"];
  return [check.type === "tls" ? "https" : "tcp"];
};

type Asked = {
  requests: number;
  seconds: number;
  questionBytes: number;
  readonly probes: Record<Kind, number>;
};

/** An hour's requests to the locations, by the sweep's own schedule. */
function hourOf(config: Config): Asked {
  const { endpoints, locations } = config;
  const asked: Asked = { requests: 0, seconds: 0, questionBytes: 0, probes: { https: 0, http: 0, tcp: 0 } };
  const tick = tickMs(endpoints, locations.length);
  const lengths = new Map<string, number>();
  const lengthOf = (question: Question): number => {
    const length = lengths.get(question.id) ?? JSON.stringify(question).length;
    lengths.set(question.id, length);
    return length;
  };
  for (let fromMs = 0; fromMs < hourMs; fromMs += tick) {
    for (const { questions } of requestsOf(config, due(endpoints, locations, fromMs, fromMs + tick))) {
      asked.requests += 1;
      asked.seconds += secondsOf(questions);
      for (const question of questions) {
        asked.questionBytes += lengthOf(question);
        for (const kind of kindsOf(question.check)) asked.probes[kind] += 1;
      }
    }
  }
  return asked;
}

/** How long a location works on a request: until the last of its spread probes is answered. */
const secondsOf = (questions: readonly Question[]): number =>
  Math.max(
    ...questions.flatMap(({ check, triesAtMs: [startMs = 0] }) =>
      kindsOf(check).map((kind) => startMs + assumed.answerMs[kind]),
    ),
  ) / 1000;

/** What a config uses in a month in which nothing fails for long, part by part. */
export function usageOf(config: Config, mailReceivers: number): readonly Use[] {
  const { endpoints, locations, services, heartbeats = [] } = config;
  const items = endpoints.length + heartbeats.length;
  const hour = hourOf(config);
  const probes = (hour.probes.https + hour.probes.http + hour.probes.tcp) * monthHours;
  const confirms = probes * assumed.lostProbes * locations.length;
  const probeSeconds = hour.seconds * monthHours + (confirms * confirmMs) / 1000;
  const requests = hour.requests * monthHours + confirms;
  const sent = (["https", "http", "tcp"] as const).map((kind) => hour.probes[kind] * sentBytes[kind]);
  const between = hour.requests * envelopeBytes + hour.questionBytes + (probes / monthHours) * answerBytes;
  const leaves = (locations.length - 1) / locations.length;
  const stored = (items * keptItems * itemBytes) / gb;
  const byBeacons = services.filter(({ dns }) => dns.beacons !== undefined).length;
  const use = (part: string, meter: Meter, amount: number): Use => ({ part, meter, amount });
  return [
    use("sweep, never at rest", "compute", (sweepMemoryMb / 1024) * sweepSeconds * monthMinutes),
    use("probe functions", "compute", (probeMemoryMb / 1024) * probeSeconds),
    use("calls of functions", "invocation", requests + monthMinutes),
    use("tables: written", "write", (items + leaseWrites) * monthMinutes),
    use(
      "tables: read",
      "read",
      (items + services.length + leaseReads + handsReads + 3 * heartbeats.length) * monthMinutes,
    ),
    use("tables: kept", "storage", stored),
    use("tables: restorable", "restore", stored),
    use("schedule", "schedule", monthMinutes),
    use("alarms", "alarm", alarms(config)),
    use("metrics", "metric", metrics),
    use("dashboard", "dashboard", 1),
    use("logs", "log", (logBytes * monthMinutes) / gb),
    use("alerts by e-mail", "mail", mailReceivers * assumed.alertsAMonth),
    use("data to endpoints", "internet", (sent.reduce((sum, bytes) => sum + bytes, 0) * monthHours) / gb),
    use("data between Regions", "otherRegion", (between * leaves * monthHours) / gb),
    ...(byBeacons > 0 ? beaconUses(byBeacons, use) : []),
  ];
}

/** The checks are counted as those of endpoints in the account: the buckets are its own. */
function beaconUses(names: number, use: (part: string, meter: Meter, amount: number) => Use): Use[] {
  const reads = names * beaconsOfName * monthMinutes;
  return [
    use("beacons: checks", "check", names * checksOfBeacon.checks),
    use("beacons: fast, text", "checkOption", names * checksOfBeacon.options),
    use("beacons: read", "get", reads * (checkerReads + 1)),
    use("beacons: written", "put", names * beaconsOfName * movesAMonth),
    use("beacons: data", "internet", (reads * checkerReads * checkerBytes) / gb),
  ];
}
