import { hostOf, normalHost } from "./address.ts";
import type { Draft } from "./draft.ts";
import type { Path, Problem } from "./finding.ts";
import { type Entry, servicesOf, targetProbe, targetsOf } from "./probes.ts";
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

/**
 * A standby that is asked for another name than the one its users would come with: that its certificate is not valid
 * for that, or that it does not know it, would show when the name is moved there.
 */
export const otherNameAsked = (file: Draft<FileConfig>): Problem[] =>
  servicesOf(file).flatMap((service) => {
    const name = service.value.dns?.name;
    if (name === undefined) return [];
    const problems = targetsOf(service)
      .slice(1)
      .flatMap((target): Problem[] => {
        const url = targetProbe(service.value, target.value, target.path)?.url;
        const asked = url === undefined ? undefined : hostOf(url);
        if (asked === undefined || asked === normalHost(name) || isUnder(asked, normalHost(name))) return [];
        const [path, hint] = placeOfName(service, target);
        const what = url?.protocol === "https:" ? "its certificate is not valid for" : "it does not serve";
        const message = `standby ${target.id} is asked for ${asked}: that ${what} ${normalHost(name)} would show when the name is moved there`;
        return [{ path, message, hint }];
      });
    // What the service's check says is said once, however many standbys it is about.
    return problems.filter(({ path }, i) => problems.findIndex((one) => `${one.path}` === `${path}`) === i);
  });
