import { dnsExample, dnsValue, parseAsk } from "./dns-values.ts";
import type { Draft } from "./draft.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import { schemesIn } from "./parts.ts";
import type { FileEndpointMap, FileTargetCheck } from "./schema.ts";
import type { Scheme } from "./schemes.ts";

type AnyCheck = Draft<FileEndpointMap> | Draft<FileTargetCheck>;
type Key = keyof FileEndpointMap & keyof FileTargetCheck;

/** A key of a check that something is wrong with, because of what else it says or does not say. */
type Complaint = { readonly key: Key; readonly message: string; readonly hint: string };

const has = (check: AnyCheck, key: Key): boolean => Object.hasOwn(check, key);

const talks: readonly Scheme[] = ["tcp", "tls", "wss", "ws"];

const talkComplaints = (scheme: Scheme, check: AnyCheck): Complaint[] => {
  const complaints: Complaint[] = [];
  if (talks.includes(scheme) && has(check, "send") && !has(check, "expect")) {
    const hint = "add expect: a text of the right answer";
    complaints.push({ key: "send", message: "nothing is expected of what is sent", hint });
  }
  if (talks.includes(scheme) && has(check, "banner") && !has(check, "send")) {
    const hint = "without send, write expect";
    complaints.push({ key: "banner", message: "a banner is what comes before send", hint });
  }
  if (scheme === "udp" && !has(check, "send")) {
    const hint = "send: a text, or bytes as hex:ff00";
    complaints.push({ key: "udp", message: "needs send: without a datagram nobody answers", hint });
  }
  return complaints;
};

const answerKeys = ["answers", "anyAnswer"] as const;

const dnsComplaints = (scheme: Scheme, check: AnyCheck): Complaint[] => {
  if (scheme !== "dns") return [];
  const ask: Complaint[] = has(check, "ask")
    ? []
    : [{ key: "dns", message: "needs ask: what to ask the server for", hint: "as ask: acme.com A" }];
  const { rcode = "NOERROR" } = check;
  const wanted = rcode === "NOERROR" ? [] : answerKeys.filter((key) => has(check, key));
  const hint = "remove one of them";
  return [...ask, ...wanted.map((key) => ({ key, message: `${rcode} comes without answers`, hint }))];
};

/** Values that no record of the type that is asked for can have. */
const valueProblems = (own: AnyCheck, merged: AnyCheck, path: Path): Problem[] => {
  const type = merged.ask === undefined ? undefined : parseAsk(merged.ask)?.recordType;
  if (type === undefined) return [];
  return answerKeys.flatMap((key) =>
    (own[key] ?? []).flatMap((value, index) =>
      value === undefined || dnsValue(type, value) !== undefined
        ? []
        : [
            {
              path: [...path, key, index],
              message: `${quote(value)} is no value of a record of type ${type}`,
              hint: `as ${dnsExample(type)}`,
            },
          ],
    ),
  );
};

/**
 * What each type needs and what does not go together. `merged` is judged; pointed at is what the check itself says,
 * and what it takes over from the service has been told there.
 */
export const typeProblems = (own: AnyCheck, merged: AnyCheck, path: Path): Problem[] => {
  const [scheme] = schemesIn(merged);
  if (scheme === undefined) return [];
  return [
    ...[...talkComplaints(scheme, merged), ...dnsComplaints(scheme, merged)]
      .filter(({ key }) => has(own, key))
      .map(({ key, message, hint }): Problem => ({ path: [...path, key], at: "key", message, hint })),
    ...valueProblems(own, merged, path),
  ];
};
