import { expect, test } from "vitest";
import { alike, chunks } from "../../lambda/core/chunks.ts";

test.each<[number[], number, number[][]]>([
  [[], 2, []],
  [[1, 2], 2, [[1, 2]]],
  [[1, 2, 3, 4, 5], 2, [[1, 2], [3, 4], [5]]],
])("%j in pieces of %i: %j", (list, size, pieces) => expect(chunks(list, size)).toEqual(pieces));

test("what is alike stays in order, and so do the parts", () => {
  expect(alike([5, 2, 3, 8, 7], (n) => n % 2)).toEqual([
    [5, 3, 7],
    [2, 8],
  ]);
  expect(alike([], () => 0)).toEqual([]);
});
