import type { Path } from "./finding.ts";
import { schemesOfOptions } from "./schema.ts";
import { type Combination, combinations, type Scheme, schemes } from "./schemes.ts";

/** The schemes a check names; in a valid one that combines none, exactly one. */
export const schemesIn = (check: object | undefined): Scheme[] =>
  check === undefined ? [] : schemes.filter((scheme) => Object.hasOwn(check, scheme));

/** How a check combines others; undefined for one that stands alone. */
export const combinationIn = (check: object): Combination | undefined =>
  combinations.find((one) => Object.hasOwn(check, one));

/** Whatever a check names where it should name one: schemes, combinations. */
export const waysIn = (check: object): (Scheme | Combination)[] => [
  ...schemesIn(check),
  ...combinations.filter((one) => Object.hasOwn(check, one)),
];

type Combining = {
  readonly all?: readonly (object | undefined)[] | undefined;
  readonly any?: readonly (object | undefined)[] | undefined;
  readonly connect?: string | undefined;
  readonly host?: string | undefined;
};

/** A check with one scheme, and where it and its `connect` stand. */
export type Part<Check> = { readonly check: Check; readonly path: Path; readonly connectPath: Path };

/** The checks that are combined, as they were written; none of a check that stands alone. */
export const writtenParts = <Check extends Combining>(check: Check, path: Path): Part<Check>[] => {
  const way = combinationIn(check);
  if (way === undefined) return [];
  return (check[way] ?? []).flatMap((part, index) => {
    if (part === undefined) return [];
    const at = [...path, way, index];
    // A part has the keys of a check that stands alone, but for a few.
    return [{ check: part as Check, path: at, connectPath: [...at, "connect"] }];
  });
};

/**
 * The checks a check consists of: itself, or those it combines. What stands beside a combination counts for each:
 * `connect`, and `host` where there is a name to ask for.
 */
export const partsOf = <Check extends Combining>(check: Check, path: Path): Part<Check>[] => {
  const connectPath = [...path, "connect"];
  if (combinationIn(check) === undefined) return [{ check, path, connectPath }];
  const { connect, host } = check;
  return writtenParts(check, path).map((part) => {
    const [scheme] = schemesIn(part.check);
    const hasName = scheme !== undefined && schemesOfOptions.get("host")?.includes(scheme);
    const shared = {
      ...(connect !== undefined && { connect }),
      ...(host !== undefined && hasName && { host }),
    };
    const own = Object.hasOwn(part.check, "connect");
    return {
      ...part,
      check: { ...shared, ...part.check },
      connectPath: own ? part.connectPath : connectPath,
    };
  });
};
