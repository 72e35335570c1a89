import { parseReference, referencesIn, type Secret, type SecretPlace, withSecrets } from "../core/secrets.ts";
import type { World } from "./world.ts";

/** Gets what is kept at a place, whole. @throws when it could not be read, an error with a telling name */
export type FetchSecret = (place: SecretPlace) => Promise<string>;

export type ReadSecret = (reference: string) => Promise<Secret>;

/** So long a rotated secret may be used on. */
const keptMs = 300_000;

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

type Kept = { readonly untilMs: number; readonly secret: Promise<Secret> };

/** Reads secrets, each at most once in five minutes, and never tells what it read to anybody but who asks. */
export function openSecrets(fetch: FetchSecret, { now, log }: Pick<World, "now" | "log">): ReadSecret {
  const kept = new Map<string, Kept>();
  const read = async (
    place: SecretPlace,
    at: string,
    before: Promise<Secret> | undefined,
  ): Promise<Secret> => {
    try {
      return { text: await fetch(place) };
    } catch (error) {
      const unread = error instanceof Error ? error.name : String(error);
      log("warn", "secret could not be read", { secret: at, error: unread });
      kept.set(at, { secret: Promise.resolve(old(unread, await before)), untilMs: now() + againMs });
      return old(unread, await before);
    }
  };
  return async (reference) => {
    const place = parseReference(reference);
    if (place === undefined) return { unread: "no reference" };
    const at = `${place.kind}:${place.name}`;
    const found = kept.get(at);
    const isFresh = found !== undefined && now() < found.untilMs;
    const secret = isFresh ? found.secret : read(place, at, found?.secret);
    if (!isFresh) kept.set(at, { secret, untilMs: now() + keptMs });
    return picked(await secret, place.key);
  };
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

/** Asks a location with the secrets that the checks refer to: they are in this request and nowhere else. */
export const askWithSecrets =
  (ask: World["ask"], read: ReadSecret): World["ask"] =>
  async (request) => {
    const references = [...new Set(request.questions.flatMap(({ check }) => referencesIn(check)))];
    if (references.length === 0) return await ask(request);
    const found = new Map(
      await Promise.all(references.map(async (reference) => [reference, await read(reference)] as const)),
    );
    const questions = request.questions.map((question) => ({
      ...question,
      check: withSecrets(question.check, found),
    }));
    return await ask({ ...request, questions });
  };
