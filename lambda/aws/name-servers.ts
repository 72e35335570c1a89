import { Resolver } from "node:dns/promises";
import { isIPv4 } from "node:net";
import pLimit from "p-limit";
import type { RecordSet } from "../core/records.ts";
import type { World } from "../steps/world.ts";
import { askedOnce } from "./per-key.ts";

/** A lost datagram is asked for again after a second, and that one waited for two (c-ares doubles): 3 s in all. */
const patience = { timeout: 1_000, tries: 2 };

/** Each question has a socket of its own; hundreds of names may move in one second. */
const questionsAtOnce = 40;

/** c-ares' codes for a server's word that there is no such name, or no such record of the name. */
const noRecord: readonly unknown[] = ["ENOTFOUND", "ENODATA"];

const queries: Record<RecordSet["type"], (resolver: Resolver, name: string) => Promise<readonly string[]>> = {
  A: (resolver, name) => resolver.resolve4(name),
  AAAA: (resolver, name) => resolver.resolve6(name),
  CNAME: (resolver, name) => resolver.resolveCname(name),
  TXT: async (resolver, name) => (await resolver.resolveTxt(name)).map((texts) => `"${texts.join("")}"`),
};

/**
 * Asks name servers themselves, one by one, by IPv4: a resolver between would answer what it remembers, and a
 * resolver of ours that is used again may remember as well, so that each question has its own.
 *
 * @param elsewhere `host:port` that is asked instead of every server, as an endpoint URL stands in for an AWS service
 */
export function openNameServers(elsewhere: string | undefined): World["answers"] {
  const limit = pLimit(questionsAtOnce);
  const addressOf = askedOnce((server: string) => server, findAddress);
  return (server, { name, type }, signal) =>
    limit(async () => {
      signal.throwIfAborted();
      const address = elsewhere ?? (await addressOf(server));
      signal.throwIfAborted();
      return ask(address, (resolver) => queries[type](resolver, name), signal);
    });
}

async function ask(
  address: string,
  query: (resolver: Resolver) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const resolver = new Resolver(patience);
  resolver.setServers([address]);
  const cancel = () => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await query(resolver);
  } catch (error) {
    if (noRecord.includes(codeOf(error))) return [];
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

/** Where a server is: by the system's resolver, unless it is an address itself. */
async function findAddress(server: string): Promise<string> {
  if (isIPv4(server)) return server;
  const [address] = await new Resolver(patience).resolve4(server);
  if (address === undefined) throw new Error(`${server} has no IPv4 address`);
  return address;
}

/**
 * The name servers of the zone that a name is in, by DNS alone: the closest name above it that has some.
 *
 * @param elsewhere as of `openNameServers`
 */
export const findNameServers = (
  elsewhere: string | undefined,
): ((name: string) => Promise<readonly string[]>) =>
  askedOnce(
    (name) => name,
    async (name) => {
      for (let zone = parentOf(name); zone.includes("."); zone = parentOf(zone)) {
        const servers = await serversAt(zone, elsewhere);
        if (servers.length > 0) return servers;
      }
      throw new Error(`no zone above ${name} has name servers`);
    },
  );

const parentOf = (name: string): string => name.slice(name.indexOf(".") + 1);

async function serversAt(zone: string, elsewhere: string | undefined): Promise<readonly string[]> {
  const resolver = new Resolver(patience);
  if (elsewhere !== undefined) resolver.setServers([elsewhere]);
  try {
    return await resolver.resolveNs(zone);
  } catch (error) {
    if (noRecord.includes(codeOf(error))) return [];
    throw error;
  }
}
