import type { ProbeAnswer, ProbeRequest } from "../core/probe.ts";
import type { Reason } from "../core/reason.ts";
import { parseReference, referencesIn, type Secret, type SecretPlace, withSecrets } from "../core/secrets.ts";
import type { World } from "./world.ts";

/** Gets what is kept at a place, whole. @throws when it could not be read, an error with a telling name */
export type FetchSecret = (place: SecretPlace) => Promise<string>;

export type Secrets = {
  readonly read: (reference: string) => Promise<Secret>;
  /** It was sent and did not open the door: it may have been rotated. */
  readonly doubt: (reference: string) => void;
};

/** So long a rotated secret may be used on. */
const keptMs = 300_000;

/** And so long where it is in doubt: each read costs, and whom it does not let in it may never let in. */
const doubtedMs = 60_000;

/** So soon one that could not be read is asked for again. */
const againMs = 15_000;

/** Errors that say that it is not there for us; any other may pass, and what was read before is used until it has. */
const definite: ReadonlySet<string> = new Set([
  "ResourceNotFoundException",
  "ParameterNotFound",
  "InvalidRequestException",
  "AccessDeniedException",
  "DecryptionFailure",
  "NotSet",
]);

type Kept = { readonly readMs: number; untilMs: number; readonly secret: Promise<Secret> };

const placeKey = ({ kind, name }: SecretPlace): string => `${kind}:${name}`;

/** Reads secrets, each at most once in five minutes, and never tells what it read to anybody but who asks. */
export function openSecrets(fetch: FetchSecret, { now, log }: Pick<World, "now" | "log">): Secrets {
  const kept = new Map<string, Kept>();
  const keep = (at: string, secret: Promise<Secret>, forMs: number): void => {
    kept.set(at, { readMs: now(), untilMs: now() + forMs, secret });
  };
  const readPlace = async (
    place: SecretPlace,
    at: string,
    before: Promise<Secret> | undefined,
  ): Promise<Secret> => {
    try {
      return { text: await fetch(place) };
    } catch (error) {
      const unread = error instanceof Error ? error.name : String(error);
      log("warn", "secret could not be read", { secret: at, error: unread });
      keep(at, Promise.resolve(old(unread, await before)), againMs);
      return old(unread, await before);
    }
  };
  const read: Secrets["read"] = async (reference) => {
    const place = parseReference(reference);
    if (place === undefined) return { unread: "no reference" };
    const at = placeKey(place);
    const found = kept.get(at);
    const isFresh = found !== undefined && now() < found.untilMs;
    const secret = isFresh ? found.secret : readPlace(place, at, found?.secret);
    if (!isFresh) keep(at, secret, keptMs);
    return picked(await secret, place.key);
  };
  const doubt: Secrets["doubt"] = (reference) => {
    const place = parseReference(reference);
    const found = place && kept.get(placeKey(place));
    if (found) found.untilMs = Math.min(found.untilMs, found.readMs + doubtedMs);
  };
  return { read, doubt };
}

const old = (unread: string, before: Secret | undefined): Secret =>
  before !== undefined && "text" in before && !definite.has(unread) ? before : { unread };

/** One value of a JSON object. The text itself is in no complaint: JSON's own would repeat some of it. */
function picked(secret: Secret, key: string | undefined): Secret {
  if (key === undefined || "unread" in secret) return secret;
  try {
    const value: unknown = Reflect.get(JSON.parse(secret.text), key);
    return typeof value === "string" ? { text: value } : { unread: `no text at ${key}` };
  } catch {
    return { unread: "no JSON object" };
  }
}

/** What a server says to whom it does not know: by HTTP, or in the handshake. */
const turnedAway: ReadonlySet<Reason> = new Set(["refused-to-us", "tls-refused", "tls-client-certificate"]);

/**
 * Asks a location with the secrets that the checks refer to: they are in this request and nowhere else. Those that did
 * not let the probe in are in doubt.
 */
export const askWithSecrets =
  (ask: World["ask"], { read, doubt }: Secrets): World["ask"] =>
  async (request) => {
    const references = referencesOf(request.questions);
    if (references.length === 0) return await ask(request);
    const found = new Map(
      await Promise.all(references.map(async (reference) => [reference, await read(reference)] as const)),
    );
    const questions = request.questions.map((question) => ({
      ...question,
      check: withSecrets(question.check, found),
    }));
    const answer = await ask({ ...request, questions });
    for (const reference of referencesOf(refusedIn(request, answer))) doubt(reference);
    return answer;
  };

const referencesOf = (questions: ProbeRequest["questions"]): string[] => [
  ...new Set(questions.flatMap(({ check }) => referencesIn(check))),
];

function refusedIn({ questions }: ProbeRequest, { probes }: ProbeAnswer): ProbeRequest["questions"] {
  const refused = new Set(
    probes.flatMap((probe) => (!probe.ok && turnedAway.has(probe.reason) ? probe.id : [])),
  );
  return questions.filter(({ id }) => refused.has(id));
}
