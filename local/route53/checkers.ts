import {
  type Believed,
  believedFirst,
  type EndpointCheck,
  type HealthCheck,
  isHealthy,
  observe,
  type Seen,
} from "./health-checks.ts";

/** The URL that stands before a check's path: where its request goes instead of where DNS would send it. */
export type Elsewhere = (check: EndpointCheck) => string;

export type Checkers = {
  isHealthy(id: string): boolean;
  has(id: string): boolean;
  check(id: string): HealthCheck | undefined;
  /** When its endpoint was last asked, Unix milliseconds. */
  seenMs(id: string): number | undefined;
  /** Every endpoint is asked once; resolves when all have answered or failed to. */
  round(): Promise<void>;
  /** Ends the rounds that go on by themselves. */
  stop(): void;
};

/** "How Route 53 determines the status": a connection within 4 s, and an answer within 2 s more. */
const patienceMs = 6_000;

/**
 * The checkers of Route 53 behind one: they ask by real requests, and all of them see the same.
 *
 * @param everyMs `RequestInterval` (10 s or 30 s there); Infinity leaves the rounds to the caller
 */
export function openCheckers(
  healthChecks: readonly HealthCheck[],
  everyMs: number,
  elsewhere: Elsewhere,
  now: () => number = Date.now,
): Checkers {
  const checks = new Map(healthChecks.map((check) => [check.id, check] as const));
  const believed = new Map<string, Believed>();
  const asked = new Map<string, number>();
  const endpoints = healthChecks.flatMap((check) => (check.type === "CALCULATED" ? [] : [check]));
  const round = async () => {
    await Promise.all(
      endpoints.map(async (check) => {
        const atMs = now();
        const seen = await request(check, elsewhere(check));
        asked.set(check.id, atMs);
        believed.set(check.id, observe(check, believed.get(check.id) ?? believedFirst, seen));
      }),
    );
  };
  const timer = Number.isFinite(everyMs) ? setInterval(() => void round(), everyMs) : undefined;
  timer?.unref();
  if (timer !== undefined) void round();
  return {
    isHealthy: (id) => isHealthy(id, checks, believed),
    has: (id) => checks.has(id),
    check: (id) => checks.get(id),
    seenMs: (id) => asked.get(id),
    round,
    stop: () => clearInterval(timer),
  };
}

/** Redirects are answers: 3xx is good for a check. */
async function request({ resourcePath }: EndpointCheck, url: string): Promise<Seen> {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(`${url}${resourcePath}`, { redirect: "manual", signal });
    return { status: response.status, body: await response.text() };
  } catch {
    return undefined;
  }
}
