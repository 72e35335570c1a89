import { performance } from "node:perf_hooks";
import type { CombinedCheck, SingleCheck } from "../core/config.ts";
import { type Finding, isRefusal, isVoid } from "../core/probe.ts";

/** Does one of the checks of a combination; see `runCheck`. */
type RunOne = (check: SingleCheck, signal: AbortSignal) => Promise<Finding>;

type Bad = Extract<Finding, { ok: false }>;

const decided = "decided";

/**
 * Does all checks of a combination at once, so that the time-out of each is that of the whole, and calls off the rest
 * as soon as one of them decides. Ends when every socket is closed.
 */
export async function combine(check: CombinedCheck, signal: AbortSignal, run: RunOne): Promise<Finding> {
  const startedMs = performance.now();
  const over = new AbortController();
  const stop = () => over.abort(decided);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  const runOne = async (one: SingleCheck): Promise<Finding> => {
    const finding = await run(one, over.signal);
    if (check.type === "any" ? finding.ok : isFailed(finding)) stop();
    return finding;
  };
  const findings = await Promise.all(check.checks.map(runOne));
  signal.removeEventListener("abort", stop);
  return conclude(check, findings, Math.round(performance.now() - startedMs));
}

/** Bad, and that for sure: neither void nor a firewall's opinion. */
const isFailed = (finding: Finding): boolean => !finding.ok && !isVoid(finding) && !isRefusal(finding);

/** What the findings of a combination come to, each in the place of its check. */
export function conclude(
  { type, checks }: CombinedCheck,
  findings: readonly Finding[],
  latencyMs: number,
): Finding {
  const named = findings.flatMap((finding, index): Bad[] =>
    finding.ok ? [] : [{ ...finding, detail: `${index + 1} (${checks[index]?.type}): ${finding.detail}` }],
  );
  const good: Finding = { ok: true, latencyMs };
  if (type === "any") {
    if (named.length < findings.length) return good;
    // One that says nothing might have been good.
    const first = named.find(isVoid) ?? named.find(isRefusal) ?? named[0];
    const all = named.map(({ detail }) => detail).join(" ");
    return bad(first, `None of ${checks.length} checks is good: ${all}`, latencyMs);
  }
  const first = named.find(isFailed) ?? named.find(isRefusal) ?? named[0];
  return first === undefined && checks.length > 0
    ? good
    : bad(first, `Not all of ${checks.length} checks are good: ${first?.detail}`, latencyMs);
}

const bad = (why: Bad | undefined, detail: string, latencyMs: number): Finding =>
  why === undefined
    ? { ok: false, latencyMs, reason: "bad-check", detail: "The check combines nothing." }
    : { ok: false, latencyMs, reason: why.reason, detail };
