/** A list in pieces of `size` items at most, in order. */
export const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

/** The items of a list that have something in common, together and in order. */
export function alike<T>(list: readonly T[], common: (item: T) => number): T[][] {
  const parts = new Map<number, T[]>();
  for (const item of list) {
    const key = common(item);
    const part = parts.get(key);
    if (part) part.push(item);
    else parts.set(key, [item]);
  }
  return [...parts.values()];
}
