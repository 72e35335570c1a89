import { type Change, isAtPlace, isSameSlot, isThere, partsOf, type RecordSet } from "./records.ts";

/**
 * The changes of one atomic batch that turn `now` into `want`: compare-and-set of each of their records, since Route 53
 * refuses the whole batch when a DELETE does not match or a CREATE finds something. What stands beside `now` and is not
 * wanted any more is left as it is, unless it shares a name and type with what is wanted. All DELETEs come first: a batch
 * is validated in its order, and a weighted set is refused beside one that has another TTL still, or another policy.
 *
 * @throws RangeError rather than leave a name without a record
 */
export function swap(now: RecordSet | null, want: RecordSet | null): Change[] {
  const before = now === null ? [] : partsOf(now).filter(isThere);
  const after = want === null ? [] : partsOf(want);
  const old = (part: RecordSet) => before.find((one) => isSameSlot(one, part));
  const emptied = after.find((part) => !isThere(part) && old(part) !== undefined);
  if (emptied !== undefined || !after.some(isThere)) {
    const name = (emptied ?? now)?.name ?? "a name";
    throw new RangeError(`a change must not leave ${name} without a record`);
  }
  const gone = before.filter(
    (one) => after.some((part) => isAtPlace(part, one)) && !after.some((part) => isSameSlot(part, one)),
  );
  const left = after.filter(isThere);
  const replaced = left.flatMap((record) => old(record) ?? []);
  return [
    ...[...gone, ...replaced].map((record): Change => ({ action: "DELETE", record })),
    ...left.map((record): Change => ({ action: "CREATE", record })),
  ];
}
