import type { Path } from "./finding.ts";

/**
 * What is left of a value when everything that is wrong has been taken out: any part may be undefined. A key
 * that is there with undefined was written and is wrong; a key that is not there was not written.
 */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

type Branch = { wrong: boolean; readonly next: Map<string | number, Branch> };

const plant = (): Branch => ({ wrong: false, next: new Map() });

const prune = (value: unknown, branch: Branch | undefined): unknown => {
  if (!branch) return value;
  if (branch.wrong) return undefined;
  if (Array.isArray(value)) return value.map((item, index) => prune(item, branch.next.get(index)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, prune(item, branch.next.get(key))]),
  );
};

/** The value with undefined at every given path; lists keep their indexes. Parts without one are shared. */
export const blank = (value: unknown, paths: readonly Path[]): unknown => {
  const root = plant();
  for (const path of paths) {
    let branch = root;
    for (const step of path) {
      const next = branch.next.get(step) ?? plant();
      branch.next.set(step, next);
      branch = next;
    }
    branch.wrong = true;
  }
  return prune(value, root);
};

/** What stands at a path, own keys only; undefined when nothing does. */
export const valueAt = (value: unknown, path: Path): unknown => {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
};
