import { Resolver } from "node:dns/promises";
import type { Service } from "../../lambda/core/config.ts";
import { loopback } from "../route53/listen.ts";

export type Resolved = { readonly values: readonly string[]; readonly error?: string };

/** Asks the DNS server on this machine as any program would, by the system's resolver library. */
export function openResolver(port: number): {
  ask(name: string, type: Service["dns"]["type"]): Promise<Resolved>;
  close(): void;
} {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([`${loopback}:${port}`]);
  const asking = {
    A: (name: string) => resolver.resolve4(name),
    AAAA: (name: string) => resolver.resolve6(name),
    CNAME: (name: string) => resolver.resolveCname(name),
  };
  return {
    ask: async (name, type) => {
      try {
        return { values: await asking[type](name) };
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
        return { values: [], error: code };
      }
    },
    close: () => resolver.cancel(),
  };
}
