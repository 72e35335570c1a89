import type { Config, Endpoint, Policy, Target } from "../lambda/core/config.ts";
import { askEveryMs, spreadMs, tickMs } from "../lambda/core/due.ts";
import { confirmTries } from "../lambda/core/vote.ts";

/** Route 53's changes reach its servers within 60 s normally: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
export const propagationMs = 60_000;

/**
 * Beacons are read every 10 s, and one reading decides (`lib/beacons.ts`); what is answered follows it at once: no change
 * has to reach the servers.
 */
const readingMs = 10_000;

/** What a user of a service may have to wait, when everything takes as long as it may. */
export type WorstCase = {
  readonly service: string;
  /** From the start of the outage to the decision. */
  readonly detectMs: number;
  /** From the start of the outage until the last resolver has the new answer: the sum of the parts. */
  readonly recoverMs: number;
  /** What takes how long, in the order in which it is waited for; milliseconds. */
  readonly parts: readonly Part[];
};

type Part = readonly [what: string, ms: number];

/**
 * From the start of the failed probe to the verdict. Silence is the worst: it is known when the time-out is over, and
 * only then the others are asked. A refusal is known at once, and its last try begins as late.
 */
const verdictParts = (policy: Policy): Part[] => [
  ["timeout", policy.timeoutMs],
  ["confirm", confirmTries(policy, policy.timeoutMs).endMs],
];

/**
 * The outage starts just after a probe; the next one comes an interval later, as late as its tick's spread has it, and
 * fails. An interval that is no multiple of the tick waits for the tick after it. The spread is that of a tick in which
 * only those are asked that are as slow.
 */
const detectParts = ({ policy }: Endpoint, locations: number, tick: number, endpoints: number): Part[] => {
  const everyMs = askEveryMs(policy, locations);
  return [
    [policy.staggered ? "interval / locations" : "interval", Math.ceil(everyMs / tick) * tick],
    ["spread", spreadMs(endpoints, everyMs)],
    ...verdictParts(policy),
  ];
};

const sum = (parts: readonly Part[]): number => parts.reduce((total, [, ms]) => total + ms, 0);

/**
 * What is answered for an alias of an AWS service may be kept for 60 s, whatever is configured: Developer Guide,
 * "Values specific for simple alias records".
 */
const aliasTtlMs = 60_000;

const ttlMs = (seconds: number, targets: readonly Target[]): number =>
  Math.max(seconds * 1000, targets.some(({ alias }) => alias) ? aliasTtlMs : 0);

/** The worst case of every service, in the order of the file; a service is as slow as its slowest target. */
export const worstCases = (config: Config): WorstCase[] => {
  const { length } = config.locations;
  const tick = tickMs(config.endpoints, length);
  const many = config.endpoints.length;
  const detected = new Map(config.endpoints.map((one) => [one.id, detectParts(one, length, tick, many)]));
  return config.services.map(({ id, targets, dns }) => {
    const [slowest = []] = targets
      .map((target) => detected.get(target.endpoint) ?? [])
      .sort((a, b) => sum(b) - sum(a));
    const parts: Part[] = [
      ...slowest,
      dns.beacons ? ["health checks", readingMs] : ["propagation", propagationMs],
      ["ttl", ttlMs(dns.ttlSeconds, targets)],
    ];
    return { service: id, detectMs: sum(slowest), recoverMs: sum(parts), parts };
  });
};
