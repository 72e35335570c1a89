import { promises as dns } from "node:dns";
import { calledOff, codeOf, type Failure } from "./failure.ts";

/** A name's addresses, one at least, IPv4 if it has any; or why there is none. */
export type Resolve = (name: string) => Promise<readonly string[] | Failure>;

export type Resolver = {
  readonly resolve: Resolve;
  /** Drops every open query, so that none outlives the request it was for. */
  readonly close: () => void;
};

// A lost datagram is asked again well within a probe's time-out of 3 s; c-ares doubles the wait each time.
const queryTimeoutMs = 1000;
const queryTries = 3;

/** c-ares' codes, as Node names them. */
const byCode: ReadonlyMap<string, Failure> = new Map(
  Object.entries({
    ENOTFOUND: { reason: "dns-nxdomain", what: "is not known to DNS (no such name)" },
    ENODATA: { reason: "dns-no-address", what: "has no address in DNS" },
    ESERVFAIL: { reason: "dns-servfail", what: "could not be resolved: the DNS server failed" },
    EREFUSED: { reason: "dns-refused", what: "could not be resolved: the DNS server refused" },
    ETIMEOUT: { reason: "dns-timeout", what: "could not be resolved: no answer from the DNS server" },
    ECONNREFUSED: {
      reason: "dns-unreachable",
      what: "could not be resolved: no DNS server is reachable from here",
    },
    ECANCELLED: calledOff,
    EDESTRUCTION: calledOff,
  } satisfies Record<string, Failure>),
);

const dnsFailure = (code: string): Failure =>
  byCode.get(code) ?? { reason: "dns-failed", what: `could not be resolved (${code})` };

/**
 * Asks DNS itself (c-ares) rather than `dns.lookup`: getaddrinfo runs on libuv's four threads and has no
 * time-out, so with a dead resolver four names block every other probe of the process. The price is that
 * /etc/hosts and search domains are not consulted. That is wanted: all locations must mean the same by a name,
 * and a probe must see what the users' resolvers see. One resolver serves a whole request, because each one
 * holds a socket of its own. `servers` is for tests; the system's are the default.
 */
export function openResolver(servers?: readonly string[]): Resolver {
  let opened: dns.Resolver | undefined;
  const open = () => {
    const resolver = new dns.Resolver({ timeout: queryTimeoutMs, tries: queryTries });
    if (servers) resolver.setServers(servers);
    return resolver;
  };
  return {
    resolve: async (name) => {
      opened ??= open();
      return await addressesOf(opened, name);
    },
    close: () => opened?.cancel(),
  };
}

async function addressesOf(resolver: dns.Resolver, name: string): Promise<readonly string[] | Failure> {
  const v4 = await ask(() => resolver.resolve4(name));
  if (typeof v4 !== "string") return v4;
  if (v4 !== "ENODATA") return dnsFailure(v4);
  const v6 = await ask(() => resolver.resolve6(name));
  return typeof v6 === "string" ? dnsFailure(v6) : v6;
}

/** The addresses, or the code of the failure. */
async function ask(query: () => Promise<string[]>): Promise<string[] | string> {
  try {
    const addresses = await query();
    return addresses.length > 0 ? addresses : "ENODATA";
  } catch (error) {
    // Also a name that is no name at all (EBADNAME), which c-ares refuses before asking anybody.
    return error instanceof Error ? codeOf(error) : String(error);
  }
}
