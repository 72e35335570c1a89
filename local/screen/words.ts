import { clock, span } from "../../lambda/core/alert.ts";
import type { Target } from "../../lambda/core/config.ts";
import type { Availability } from "../../lambda/core/counters.ts";
import type { Trouble } from "../../lambda/core/health.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { carriers, holds, sayTarget, spreadOf, weightsIn } from "../../lambda/core/records.ts";
import { fullSpread } from "../../lambda/core/shares.ts";
import type { EndpointView, Seen, ServiceView } from "../watch/model.ts";
import type { Style } from "./text.ts";

/** The time of day, UTC as in alerts. */
export const timeOfDay = (ms: number): string => clock(ms).slice(11, 19);

const regionWords: Record<string, string> = {
  north: "n",
  south: "s",
  east: "e",
  west: "w",
  central: "c",
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
};

/** `euc1` for `eu-central-1`, for narrow columns. */
export const shortRegion = (region: string): string =>
  region
    .split("-")
    .map((word) => regionWords[word] ?? word)
    .join("");

const shortReasons: Record<Reason, string> = {
  "dns-nxdomain": "no name",
  "dns-no-address": "no address",
  "dns-servfail": "DNS fails",
  "dns-refused": "DNS denies",
  "dns-timeout": "DNS time",
  "dns-failed": "DNS",
  "dns-unreachable": "no DNS",
  "connect-refused": "refused",
  "connect-timeout": "timeout",
  "connect-unreachable": "no way",
  "connect-failed": "no way",
  "address-refused": "address",
  "tls-timeout": "TLS time",
  "tls-closed": "TLS",
  "tls-not-spoken": "no TLS",
  "tls-version": "old TLS",
  "tls-refused": "TLS",
  "tls-client-certificate": "TLS",
  "tls-expired": "expired",
  "tls-name-mismatch": "TLS name",
  "tls-untrusted": "TLS",
  "tls-expires-soon": "expiring",
  "tls-not-yet-valid": "TLS",
  "tls-failed": "TLS",
  reset: "reset",
  "closed-early": "closed",
  "first-byte-timeout": "timeout",
  "headers-timeout": "timeout",
  "body-timeout": "timeout",
  "headers-too-large": "too big",
  "body-too-large": "too big",
  "not-http": "no HTTP",
  "bad-response": "garbled",
  "protocol-unexpected": "protocol",
  "status-unexpected": "status",
  "header-mismatch": "header",
  "body-encoding": "encoding",
  "body-too-small": "too small",
  "body-mismatch": "body",
  "json-mismatch": "JSON",
  "url-unexpected": "URL",
  "too-slow": "slow",
  "redirect-refused": "redirect",
  "redirect-limit": "redirect",
  "refused-to-us": "denied",
  "bad-check": "check",
  "secret-unreadable": "secret",
  "prober-late": "late",
  "prober-unable": "unable",
  "no-time": "no time",
  "starttls-refused": "no TLS",
  "answer-mismatch": "answer",
  "dns-wrong-answer": "answer",
  "not-serving": "not serving",
};

const marks: Record<Seen["is"], readonly [string, Style]> = {
  good: ["●", "good"],
  bad: ["✕", "bad"],
  refused: ["▲", "warn"],
  nothing: ["?", "dim"],
};

/** One location's last word: a mark, what it says in short, and how it looks. */
export function seenWords(seen: Seen | undefined): { mark: string; said: string; style: Style } {
  if (seen === undefined) return { mark: "·", said: "", style: "dim" };
  const [mark, style] = marks[seen.is];
  if (typeof seen.said === "number") return { mark, said: `${seen.said} ms`, style };
  return { mark, said: seen.said in shortReasons ? shortReasons[seen.said as Reason] : seen.said, style };
}

/** What is believed, in one or two words; what was seen since may raise a doubt. */
export function healthWords({
  health,
  seen,
  isJob,
}: Pick<EndpointView, "health" | "seen" | "isJob">): readonly [string, Style] {
  if (health === undefined || (health.state === "unknown" && health.trouble === undefined))
    return [isJob ? "waiting" : "asking", "dim"];
  if (health.trouble !== undefined) return [troubles[health.trouble], "warn"];
  if (health.state === "down") return isGood(seen) ? ["recovering", "warn"] : ["down", "bad"];
  return newest(seen)?.is === "bad" ? ["up?", "warn"] : ["up", "good"];
}

const troubles: Record<Trouble, string> = {
  blind: "unseen",
  refused: "denies us",
  partial: "partly up",
  degraded: "degraded",
};

const isGood = (seen: EndpointView["seen"]): boolean =>
  newest(seen)?.is === "good" && seen.every((one) => one === undefined || one.is !== "bad");

/** The last word of all locations. */
export const newest = (seen: EndpointView["seen"]): Seen | undefined =>
  seen.filter((one) => one !== undefined).sort((a, b) => b.atMs - a.atMs)[0];

/** Never more than was seen: rounded down, and together with how long that is. */
export function availabilityWords(availability: Availability | undefined): string {
  if (availability?.ratio === undefined) return "availability: not seen long enough yet";
  const percent = Math.floor(availability.ratio * 1000) / 10;
  return `${percent} % of ${span(availability.seenMs)} seen`;
}

/**
 * The target a name is answered with, by the config's word for it. What an alias leads to answers nobody here: there it is
 * what stands in the zone.
 */
export function answeredTarget(view: ServiceView): string | undefined {
  const { service, answer } = view;
  if (answer?.error !== undefined) return aliasThere(view)?.id;
  const values = answer?.values ?? [];
  return service.targets.find((target) => holds(target, service.dns.type, values))?.id;
}

const aliasThere = ({ service, written }: ServiceView): Target | undefined =>
  carriers(service, written ?? null).find(({ alias }) => alias !== undefined);

/** The targets that carry the name: of a weighted one all that have a weight, whoever was answered last. */
export const carryingTargets = (view: ServiceView): readonly (string | undefined)[] =>
  view.service.weighted && view.written
    ? carriers(view.service, view.written).map(({ id }) => id)
    : [answeredTarget(view)];

/** How the load is spread now, or is to be. */
export const spreadWords = ({ service, written }: ServiceView): string =>
  (written ? spreadOf(weightsIn(service, written)) : fullSpread(service)).id;

/** What the resolver said; of an alias, which has no answer here, where it leads. */
export function answerWords(view: ServiceView): string {
  const { answer } = view;
  if (answer === undefined) return "(not asked yet)";
  const alias = answer.error === undefined ? undefined : aliasThere(view);
  if (alias) return sayTarget(alias);
  return answer.error === undefined ? answer.values.join(", ") : `no answer: ${answer.error}`;
}

export const digLine = ({ service }: ServiceView, port: number): string =>
  `dig @127.0.0.1 -p ${port} ${service.dns.name} ${service.dns.type} +short`;

/** What is typed in another terminal, to see and to move what runs here. */
export const operateLine = (dynamodbUrl: string): string =>
  `AWS_ENDPOINT_URL_DYNAMODB=${dynamodbUrl} npx pointsman status`;
