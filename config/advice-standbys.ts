import { hostOf, normalHost } from "./address.ts";
import type { Draft } from "./draft.ts";
import type { Path, Problem } from "./finding.ts";
import { type Entry, type Probed, servicesOf, targetProbes, targetsOf } from "./probes.ts";
import type { FileConfig, FileService, FileTarget } from "./schema.ts";

/** A name that a wildcard record answers for. */
const isUnder = (host: string, name: string): boolean =>
  name.startsWith("*.") && host.endsWith(name.slice(1)) && host !== name.slice(2);

const asItself = "leave it out: the service's own name is asked for by default";
const byPath = "write the path alone, and connect for another address: the service's own name is asked for";

/** What in the file says which name is asked for. */
function placeOfName(service: Entry<Draft<FileService>>, target: Entry<Draft<FileTarget>>): [Path, string] {
  const own = target.value.check;
  const scheme = (["https", "http"] as const).find((one) => own?.[one]?.startsWith("/") === false);
  if (scheme !== undefined) return [[...target.path, "check", scheme], byPath];
  if (own?.host !== undefined) return [[...target.path, "check", "host"], asItself];
  return [[...service.path, "check", "host"], asItself];
}

/** The name that is asked for in the URL, or by SNI where there is none. */
const nameAsked = ({ url, name }: Probed): string | undefined => (url === undefined ? name : hostOf(url));

const isEncrypted = ({ url, name }: Probed): boolean =>
  url === undefined ? name !== undefined : ["https:", "wss:"].includes(url.protocol);

/**
 * A standby that is asked for another name than the one its users would come with: that its certificate is not valid
 * for that, or that it does not know it, would show when the name is moved there.
 */
export const otherNameAsked = (file: Draft<FileConfig>): Problem[] =>
  servicesOf(file).flatMap((service) => {
    const name = service.value.dns?.name;
    if (name === undefined) return [];
    const other = (asked: string) => asked !== normalHost(name) && !isUnder(asked, normalHost(name));
    const problems = targetsOf(service)
      .slice(1)
      .flatMap((target) =>
        targetProbes(service.value, target.value, target.path).flatMap(({ probed }): Problem[] => {
          const asked = probed && nameAsked(probed);
          if (probed === undefined || asked === undefined || !other(asked)) return [];
          const [path, hint] = placeOfName(service, target);
          const what = isEncrypted(probed) ? "its certificate is not valid for" : "it does not serve";
          const message = `standby ${target.id} is asked for ${asked}: that ${what} ${normalHost(name)} would show when the name is moved there`;
          return [{ path, message, hint }];
        }),
      );
    // What the service's check says is said once, however many standbys it is about.
    return problems.filter(({ path }, i) => problems.findIndex((one) => `${one.path}` === `${path}`) === i);
  });
