import { partsOf, type RecordSet } from "./records.ts";

/**
 * When the weight of each target was last changed, after a change from `now` to `want`, whoever made it. Of what is seen
 * for the first time nobody knows: it counts as changed then.
 */
export function stepped(
  now: RecordSet | null,
  want: RecordSet,
  before: Readonly<Record<string, number>>,
  atMs: number,
): Record<string, number> {
  const weightsOf = (record: RecordSet) =>
    partsOf(record).flatMap(({ weighted }) =>
      weighted ? [[weighted.setIdentifier, weighted.weight] as const] : [],
    );
  const was = new Map(now === null ? [] : weightsOf(now));
  return Object.fromEntries(
    weightsOf(want).map(([id, weight]) => [id, was.get(id) === weight ? (before[id] ?? 0) : atMs]),
  );
}
